// conform render: any report from any run log.

import ArgumentParser
import Conformance
import Foundation
import Reporting

struct Render: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes reports from a run log, also from one of a run that was killed.",
    discussion: "Cases that had not ended are reported as errored. Exit status 0 when the reports are written, whatever they say.")

  @Argument(help: "The run log.")
  var log = "Reports/run.jsonl"

  @OptionGroup var report: ReportArguments

  @Option(name: .long, help: "The folder for the reports. Default: that of the log.")
  var reports: String?

  private var folder: String { reports ?? Path.folder(of: log) }

  func validate() throws { try report.check(in: folder, keeping: []) }

  func run() throws {
    let record: RunLog
    do throws(ReportError) { record = try RunLog(path: log) } catch {
      Output.complain(error.description)
      throw Status.wrongFiles.exitCode
    }
    // only now: whoever names a report in place of a log is told so
    try report.check(in: folder, keeping: [log])
    do {
      try ReportFolder.make(folder)
      let (files, failures) = report.write(record, history: try report.readHistory(record), in: folder.isEmpty ? "." : folder)
      for file in files { Output.complain("report: \(file)") }
      for failure in failures { Output.complain(failure.description) }
      if !failures.isEmpty { throw Status.couldNotRun.exitCode }
    } catch let status as ExitCode {
      throw status
    } catch {
      Output.complain((error as? ReportError)?.description ?? "\(error)")
      throw Status.couldNotRun.exitCode
    }
    if record.isCut { Output.complain("note: the log's last line was cut off; what it told is missing") }
  }
}
