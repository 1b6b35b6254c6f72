// conform resume: runs the rest of pending cases that are due.

import ArgumentParser
import ConformanceModel
import Execution
import Foundation
import Reporting
import RunEvents
import ScenarioFiles

struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Runs the rest of the cases that wait for the wall clock, as far as they are due.",
    discussion: """
      Can be repeated, and run on another machine with copies of run.jsonl and pending.jsonl. The reports are written \
      anew into the folder of the log.
      """
  )

  @Argument(help: "The run log.")
  var log = "Reports/run.jsonl"

  @Option(name: .long, help: "The target file. Default: that of the run.")
  var target: String?

  @OptionGroup var arguments: RunArguments

  func validate() throws { try arguments.check(log: log) }

  func run() async throws {
    let status: ExitStatus
    do {
      status = try await resume()
    } catch let error as ReportError {
      Output.error(error.description)
      throw ExitStatus.usageError.exitCode
    }
    if status != .conforms { throw status.exitCode }
  }

  private func resume() async throws -> ExitStatus {
    var lock: ReportsLock?
    if access(log, F_OK) == 0 {
      do throws(ReportError) { lock = try ReportsLock(folder: Path.folder(of: log)) } catch {
        Output.error(error.description)
        return .couldNotRun
      }
    }
    // before anything is read: another process may be running what is due
    defer { withExtendedLifetime(lock) {} }
    let record = try RunLog(path: log)
    let file = PendingFile(beside: log)
    let states = try file.read()
    var (due, later) = states.split {
      $0.due <= SimulatedInstant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }
    guard !due.isEmpty else {
      let next = states.map(\.due).min()
      Output.write(
        next.map { "nothing is due yet: the next of \(states.count.counted("pending case")) is due at \($0)" }
          ?? "no case is pending")
      return .conforms
    }
    for index in due.indices { due[index].findings = try record.record(due[index].number).findings }
    var files: [String] = []
    for state in states {
      let path = try record.record(state.number).planned.file
      if !files.contains(path) { files.append(path) }
    }
    let plan = try PackFiles.plan(files, target: target ?? record.run.targetFile)
    var session = RunSession(
      plan: plan, arguments: arguments, logPath: log, options: try arguments.options(packVersion: nil))
    session.resumed = due
    session.later = later
    session.lock = lock
    return try await session.run()
  }
}

extension [PendingState] {
  fileprivate func split(_ isFirst: (PendingState) -> Bool) -> ([PendingState], [PendingState]) {
    (filter(isFirst), filter { !isFirst($0) })
  }
}
