// conform render: any report from any run log.

import ArgumentParser
import ConformanceModel
import Foundation
import Reporting
import RunEvents

struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Makes reports from a run log, also from one of a run that was killed.",
    discussion:
      "Cases that had not ended are reported as errored. Exit status 0 when the reports are written, whatever they say."
  )

  @Argument(help: "The run log.")
  var log = "Reports/run.jsonl"

  @OptionGroup var report: ReportOptions

  @Option(name: .long, help: "The folder for the reports. Default: that of the log.")
  var reports: String?

  private var folder: String { reports ?? Path.folder(of: log) }

  func validate() throws { try report.check(in: folder, keeping: []) }

  func run() throws {
    let record: RunLog
    do throws(ReportError) { record = try RunLog(path: log) } catch {
      Output.error(error.description)
      throw Status.usageError.exitCode
    }
    // only now: whoever names a report in place of a log is told so
    try report.check(in: folder, keeping: [log])
    do {
      try ReportFolder.make(folder)
      let (files, failures) = report.write(
        record, history: try report.readHistory(record), in: folder.isEmpty ? "." : folder)
      for file in files { Output.error("report: \(file)") }
      for failure in failures { Output.error(failure.description) }
      if !failures.isEmpty { throw Status.couldNotRun.exitCode }
    } catch let status as ExitCode {
      throw status
    } catch {
      Output.error((error as? ReportError)?.description ?? "\(error)")
      throw Status.couldNotRun.exitCode
    }
    if record.isCut { Output.error("note: the log's last line was cut off; what it told is missing") }
  }
}
