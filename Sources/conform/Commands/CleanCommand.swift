// conform clean: deletes the clients that a crashed run left at its target.

import ArgumentParser
import ConformanceModel
import Execution
import Foundation
import HTTPTransport
import JSONValue
import Redaction
import Reporting
import RunEvents
import ScenarioFiles

struct CleanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean",
    abstract: "Deletes the clients that a run made at its target and could not delete.",
    discussion:
      "A run on a live target deletes them itself at its end, also after Ctrl-C. This is for one that crashed.")

  @Argument(help: "The run log.")
  var log = "Reports/run.jsonl"

  @Option(name: .long, help: "The target file. Default: that of the run.")
  var target: String?

  @OptionGroup var transport: TransportOptions

  func validate() throws { try transport.check() }

  func run() async throws {
    do {
      // before anything is read: a run that still goes on needs its clients
      let lock = try access(log, F_OK) == 0 ? lockFolder() : nil
      defer { withExtendedLifetime(lock) {} }
      let record = try RunLog(path: log)
      let pending = PendingFile(beside: log)
      let needed = Set(pending.exists ? try pending.read().flatMap(\.clientIDs) : [])
      let left = record.clientsLeft().filter { !needed.contains($0.id) }
      if !needed.isEmpty { Output.write("kept for pending cases: \(needed.sorted().joined(separator: ", "))") }
      guard !left.isEmpty else { return Output.write("no client is left of that run") }
      try await delete(left, target ?? record.run.targetFile)
    } catch let error as ReportError {
      Output.error(error.description)
      throw Status.usageError.exitCode
    } catch let error as TargetError {
      Output.error(error.message)
      throw Status.couldNotRun.exitCode
    }
  }

  private func lockFolder() throws -> ReportsLock {
    do throws(ReportError) { return try ReportsLock(folder: Path.folder(of: log)) } catch {
      throw TargetError(error.description)
    }
  }

  private func delete(_ left: [ClientIdentity], _ path: String) async throws {
    let target = try SelectionOptions.target(path)
    try SelectionOptions.requireVariables(of: target)
    let client = try HTTPClient(transport.options)
    let session = try TargetSession(
      target: target, client: client, redactor: SecretRedactor(), environment: ProcessInfo.processInfo.environment,
      runID: "clean")
    let log = try RunLogWriter(path: log, continuing: true)
    var failures = 0
    for trace in left {
      do {
        try await session.delete(
          ["id": .string(trace.id), "connector": .string(trace.connector.rawValue)], trace.connector)
        var line: [UInt8] = []
        Event.clientDeleted(trace).encode(to: &line)
        log.append(line, flush: true)
        Output.write("deleted: \(trace.id)")
      } catch {
        failures += 1
        Output.error(
          "the client \(trace.id) on the \(trace.connector.rawValue) connector could not be deleted: \(error)")
      }
    }
    await client.shutdown()
    try log.close()
    if failures > 0 { throw Status.couldNotRun.exitCode }
  }
}
