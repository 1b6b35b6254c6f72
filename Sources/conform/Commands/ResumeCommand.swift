// conform resume: plays what was pending and is due now.

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
    abstract: "Plays the rest of the cases that wait for the wall clock, as far as they are due.",
    discussion:
      "As often as needed, also on another machine if run.jsonl and pending.jsonl are carried over. The reports are written anew, beside the log."
  )

  @Argument(help: "The run log.")
  var log = "Reports/run.jsonl"

  @Option(name: .long, help: "The target file. Default: that of the run.")
  var target: String?

  @OptionGroup var playing: RunArguments

  func validate() throws { try playing.check(log: log) }

  func run() async throws {
    let status: Status
    do {
      status = try await resume()
    } catch let error as ReportError {
      Output.error(error.description)
      throw Status.usageError.exitCode
    }
    if status != .conforms { throw status.exitCode }
  }

  private func resume() async throws -> Status {
    var lock: ReportsLock?
    if access(log, F_OK) == 0 {
      do throws(ReportError) { lock = try ReportsLock(folder: Path.folder(of: log)) } catch {
        Output.error(error.description)
        return .couldNotRun
      }
    }
    // before anything is read: another may be playing what is due
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
        next.map { "nothing is due yet: the next of \(states.count) pending cases is due at \($0)" }
          ?? "no case is pending")
      return .conforms
    }
    for index in due.indices { due[index].findings = try record.record(due[index].number).findings }
    var files: [String] = []
    for state in states {
      let path = try record.record(state.number).planned.file
      if !files.contains(path) { files.append(path) }
    }
    let plan = try SelectionOptions.plan(paths: files, target: target ?? record.run.targetFile)
    var playing = RunSession(
      plan: plan, arguments: playing, logPath: log, options: try playing.options(packVersion: nil))
    playing.resumed = due
    playing.later = later
    playing.lock = lock
    return try await playing.play()
  }
}

extension [PendingState] {
  fileprivate func split(_ isFirst: (PendingState) -> Bool) -> ([PendingState], [PendingState]) {
    (filter(isFirst), filter { !isFirst($0) })
  }
}
