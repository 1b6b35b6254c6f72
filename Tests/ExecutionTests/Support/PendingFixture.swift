// Runs that stop at a long wait, and the runs that continue them.

import ConformanceModel
import JSONValue
import RunEvents
import TestSupport

@testable import Execution

/// A run at a target with the wall clock: what it emitted and sent, and the states of its pending cases.
struct PendingFixture {
  var result: RunResult
  var states: [PendingState]
  /// The lines of the run log, with masked secrets.
  var lines: [String] = []

  /// A wait that makes a case pending.
  static let day = Step.make(.wait(.span(WaitLength(SimulatedDuration(milliseconds: 86_400_000)))))

  static var target: Target {
    var target = Fixture.target
    target.clock = .wall
    return target
  }

  static func plan(_ scenarios: [Scenario], on target: Target = PendingFixture.target) -> Plan {
    Plan(
      scenarios: scenarios, requirements: [Requirement(id: "TST-01", level: .must, source: "here", text: "It holds.")],
      target: target, allowsSideEffects: true)
  }

  /// - Parameters:
  ///   - states: The cases to continue; `nil` runs the whole plan.
  ///   - stop: Receives a closure that stops the run, before it starts.
  static func run(
    _ scenarios: [Scenario], from states: [PendingState]? = nil, on target: Target = PendingFixture.target,
    stop: (@escaping @Sendable () -> Void) -> Void = { _ in }, _ respond: @escaping ScriptedTransport.Respond
  ) async throws -> PendingFixture {
    let transport = ScriptedTransport(respond: respond)
    let log = EventLog()
    let lines = LineLog()
    let parked = Locked<[PendingState]>([])
    var options = RunOptions()
    options.jobs = 1
    let runner = Runner(
      plan: plan(scenarios, on: target), session: try Fixture.session(target, transport), options: options,
      clock: InstantClock(), listeners: [log, lines])
    stop { runner.stop("Ctrl-C") }
    let park: @Sendable (PendingState) -> Void = { state in parked.withLock { $0.append(state) } }
    let unusable = if let states { await runner.resume(states, park: park) } else { await runner.run(park: park) }
    if let unusable { throw unusable }
    return PendingFixture(
      result: RunResult(events: log.events, sent: transport.sent), states: parked.withLock { $0 }, lines: lines.lines)
  }
}

/// Keeps the lines of the run log.
private final class LineLog: EventListener {
  private let log = Locked<[String]>([])
  var lines: [String] { log.withLock { $0 } }
  var readsLines: Bool { true }
  func handle(_ event: Event, line: [UInt8]) { log.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
}
