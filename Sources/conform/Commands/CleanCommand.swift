// conform clean: deletes the clients that a crashed run left at its target.

import ArgumentParser
import ConformanceModel
import Execution
import FoundationEssentials
import HTTPTransport
import JSONValue
import Redaction
import Reporting
import RunEvents
import ScenarioFiles

struct CleanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean",
    abstract: "Deletes the clients that a run created at its target and could not delete.",
    discussion: "A run on a live target deletes its clients at its end, also after Ctrl-C. Use this after a crash.")

  @Argument(help: "The run log.")
  var log = "Reports/run.jsonl"

  @OptionGroup var target: TrustedTarget

  @OptionGroup var transport: TransportOptions

  func validate() throws { try transport.check() }

  func run() async throws {
    do {
      // before anything is read: a run that has not ended needs its clients
      let lock = try ReportsLock.ofLog(log)
      defer { withExtendedLifetime(lock) {} }
      let record = try RunLog(path: log)
      try target.require(for: record)
      let pending = PendingFile(beside: log, key: try PendingKey(ProcessInfo.processInfo.environment))
      let states = pending.exists ? try pending.read().states.values.map(\.self) : []
      let needed = Set(states.filter { record.verdict($0.number) == .pending }.flatMap(\.clientIDs))
      let left = record.clientsLeft().filter { !needed.contains($0.id) }
      if !needed.isEmpty {
        Output.write(SafeText.forConsole("kept for pending cases: \(needed.sorted().joined(separator: ", "))"))
      }
      guard !left.isEmpty else { return Output.write("that run left no client") }
      try await delete(left, try target.load())
    } catch let error as ReportError {
      Output.error(error.description)
      throw ExitStatus.usageError.exitCode
    } catch let error as TargetError {
      Output.error(error.message)
      throw ExitStatus.couldNotRun.exitCode
    }
  }

  private func delete(_ left: [ClientIdentity], _ target: Target) async throws {
    let environment = try TargetVariables.values(for: target)
    var transport = transport
    transport.adopt(target)
    let client = try HTTPClient(transport.options)
    let session = try TargetSession(
      target: target, transport: client, makeTransport: { try HTTPClient(client.options) }, redactor: SecretRedactor(),
      environment: environment, runID: "clean")
    let log = try RunLogWriter(path: log, continuing: true)
    var failures = 0
    for identity in left {
      do {
        try await session.delete(
          ["id": .string(identity.id), "connector": .string(identity.connector.rawValue)], identity.connector)
        var line: [UInt8] = []
        Event.clientDeleted(identity).encode(to: &line)
        log.append(line)
        log.flush()
        Output.write(SafeText.forConsole("deleted: \(identity.id)"))
      } catch {
        failures += 1
        let place = "on the \(identity.connector.rawValue) connector"
        Output.error(SafeText.forConsole("the client \(identity.id) \(place) could not be deleted: \(error)"))
      }
    }
    await client.shutdown()
    try log.close()
    if failures > 0 { throw ExitStatus.couldNotRun.exitCode }
  }
}
