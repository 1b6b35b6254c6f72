// conform merge: joins the logs of shards.

import ArgumentParser
import ConformanceModel
import Glibc
import Reporting
import RunEvents

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Joins the run logs of shards into one, and writes its reports.",
    discussion: """
      The order of the logs does not matter, and the truncated log of a killed run is accepted. If a shard is missing, \
      it is named and its cases are errored; the merged log can be merged again with the missing one. The exit status \
      is that of the merged run, as of 'conform run'.
      """)

  @Argument(help: "The run logs, one for each shard.")
  var logs: [String]

  @OptionGroup var report: ReportOptions

  @Option(name: .long, help: "The folder for run.jsonl and the reports.")
  var reports = "Reports"

  @Flag(help: "Warnings fail the run.")
  var strict = false

  func validate() throws { try report.check(in: reports, keeping: [Path.join(reports, "run.jsonl")]) }

  func run() throws {
    let merge: LogMerge
    do throws(ReportError) { merge = try LogMerge(logs) } catch {
      Output.error(error.description)
      throw ExitStatus.usageError.exitCode
    }
    try report.check(in: reports, keeping: logs)
    for note in merge.notes { Output.error("note: \(note)") }
    let path = Path.join(reports, "run.jsonl")
    let status: ExitStatus
    do {
      try ReportFolder.make(reports)
      let lock = try ReportsLock(folder: reports)
      defer { withExtendedLifetime(lock) {} }
      try merge.write(to: path)
      status = try show(RunLog(path: path), path)
    } catch {
      let reason = (error as? ReportError)?.description ?? "\(error)"
      Output.error("\(reason); choose another folder with --reports")
      throw ExitStatus.couldNotRun.exitCode
    }
    if status != .conforms { throw status.exitCode }
  }

  private func show(_ log: RunLog, _ path: String) throws -> ExitStatus {
    let output = report.takesOutput ? STDERR_FILENO : STDOUT_FILENO
    let (history, files, failures) = report.publish(log, in: reports)
    let console = Console(style: .init(isTerminal: false, hasColours: Output.wantsColours)) {
      Output.emit($0, to: output)
    }
    try console.finish(log, history: history, reports: files + [path])
    for failure in failures { Output.error(failure.description) }
    return failures.isEmpty ? ExitStatus(log, isStrict: strict) : .couldNotRun
  }
}
