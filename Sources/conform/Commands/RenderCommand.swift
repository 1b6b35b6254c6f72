// conform render: writes reports from a run log.

import ArgumentParser
import ConformanceModel
import Reporting
import RunEvents

struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Writes reports from a run log, also from the log of a killed run.",
    discussion: """
      Cases that had not ended are reported as errored. The exit status is 0 if the reports were written, whatever the \
      result of the run.
      """
  )

  @Argument(help: "The run log.")
  var log = "Reports/run.jsonl"

  @OptionGroup var report: ReportOptions

  @Option(name: .long, help: "The folder for the reports. Default: the folder of the log.")
  var reports: String?

  private var folder: String { reports ?? Path.folder(of: log) }

  func validate() throws { try report.check(in: folder, keeping: []) }

  func run() throws {
    let record: RunLog
    do throws(ReportError) { record = try RunLog(path: log, isSkimmed: true) } catch {
      Output.error(error.description)
      throw ExitStatus.usageError.exitCode
    }
    // after the log was read: a report in its place then has the better message
    try report.check(in: folder, keeping: [log])
    do {
      try ReportFolder.make(folder)
      let (files, failures) = report.write(
        record, history: try report.readHistory(record), in: folder.isEmpty ? "." : folder)
      for file in files { Output.error("report: \(file)") }
      for failure in failures { Output.error(failure.description) }
      if !failures.isEmpty { throw ExitStatus.couldNotRun.exitCode }
    } catch let status as ExitCode {
      throw status
    } catch {
      Output.error((error as? ReportError)?.description ?? "\(error)")
      throw ExitStatus.couldNotRun.exitCode
    }
    if let note = record.missingEndNote { Output.error("note: \(note)") }
  }
}
