import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("The end of a run, drafted while late responses are awaited")
struct EndDraftTests {
  /// Keeps what it was asked to do.
  private final class Drafter: EndDrafter {
    let calls = Locked<[String]>([])
    let onDraft: @Sendable () -> Void

    init(onDraft: @escaping @Sendable () -> Void = {}) { self.onDraft = onDraft }

    func draft(lastLine: [UInt8]) async {
      calls.withLock { $0.append(String(decoding: lastLine, as: UTF8.self)) }
      onDraft()
    }

    func discard() { calls.withLock { $0.append("discard") } }
  }

  private struct Outcome {
    var events: [Event]
    var calls: [String]

    var ends: [RunSummary] { events.compactMap { if case .runFinished(let end) = $0 { end } else { nil } } }

    /// The last event, encoded.
    var lastLine: String {
      var bytes: [UInt8] = []
      events.last?.encode(to: &bytes)
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  private static let suspected = [ConnectionSurplus(connection: 1, firstIndex: 1, start: [])]

  private static func run(
    surpluses: [ConnectionSurplus] = [], invariants: [Invariant] = [], defers: Bool = true,
    stopsMeanwhile: Bool = false
  ) async throws -> Outcome {
    let plan = Plan(
      scenarios: [Fixture.scenario([.http()])],
      requirements: [Requirement(id: "TST-01", level: .must, source: "here", text: "It holds.")],
      invariants: invariants, target: Fixture.target, allowsSideEffects: true)
    let transport = ScriptedTransport(surpluses: surpluses) { _ in WireResponse(200) }
    let log = EventLog()
    var options = RunOptions()
    options.jobs = 1
    options.defersEvents = defers
    let runner = Locked<Runner?>(nil)
    let drafter = Drafter { if stopsMeanwhile { runner.withLock { $0?.stop("interrupted by SIGINT") } } }
    let made = Runner(
      plan: plan, session: try Fixture.session(Fixture.target, transport), options: options, listeners: [log],
      drafter: drafter)
    runner.withLock { $0 = made }
    #expect(await made.run() == nil)
    runner.withLock { $0 = nil }
    return Outcome(events: log.events, calls: drafter.calls.withLock { $0 })
  }

  @Test("is the event with which the log then ends")
  func clean() async throws {
    let outcome = try await EndDraftTests.run()
    #expect(outcome.calls == [outcome.lastLine])
    #expect(outcome.ends.count == 1)
  }

  @Test("is thrown away if a late response arrives, and the run goes on")
  func surplus() async throws {
    let outcome = try await EndDraftTests.run(surpluses: EndDraftTests.suspected)
    #expect(outcome.calls.count == 2 && outcome.calls.last == "discard")
    #expect(outcome.ends.count == 1)
    #expect(outcome.ends.first?.notes.first?.contains("1 case ran again on new connections") == true)
    #expect(outcome.calls.first?.contains("ran again") == false)
  }

  @Test("is thrown away if the run is stopped meanwhile")
  func stopped() async throws {
    let outcome = try await EndDraftTests.run(stopsMeanwhile: true)
    #expect(outcome.calls.count == 2 && outcome.calls.last == "discard")
    #expect(outcome.ends.map(\.aborted) == ["interrupted by SIGINT"])
  }

  @Test("is not drafted if an invariant does not hold: its record would be reported twice if the run went on")
  func brokenInvariant() async throws {
    let broken = Fixture.invariant([.must(.status(.equal(204)))])
    let outcome = try await EndDraftTests.run(surpluses: EndDraftTests.suspected, invariants: [broken])
    #expect(outcome.calls == [])
    let records = outcome.events.filter {
      if case .caseFinished(let record) = $0 { record.planned.id == "invariant" } else { false }
    }
    #expect(records.count == 1)
  }

  @Test("is not drafted if a kill must find in the log what was sent")
  func live() async throws {
    let outcome = try await EndDraftTests.run(defers: false)
    #expect(outcome.calls == [])
    #expect(outcome.ends.count == 1)
  }
}
