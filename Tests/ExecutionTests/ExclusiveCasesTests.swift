// Cases that must not overlap others.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("Cases that exclude others") struct ExclusiveCasesTests {
  private static let day = Step.make(.wait(.span(WaitLength(SimulatedDuration(milliseconds: 86_400_000)))))

  /// Runs scenarios, each with a request, a wait and a request, and records which were under way at each request.
  private func run(_ exclusions: [Exclusion?], jobs: Int = 16, waits: Bool = true, maxFailures: Int? = nil) async throws
    -> (overlaps: [Set<Int>], order: [Int], verdicts: [Verdict])
  {
    let scenarios = exclusions.enumerated().map { index, exclusion in
      let path = Template.literal(.string("/\(index)"))
      var scenario = Fixture.scenario(
        named: "case-\(index)",
        [.http("PUT", path)] + (waits ? [ExclusiveCasesTests.day] : []) + [.http("DELETE", path)])
      scenario.exclusion = exclusion
      return scenario
    }
    let seen = Locked<(active: Set<Int>, overlaps: [Set<Int>], order: [Int])>(([], [], []))
    let transport = ScriptedTransport { sent in
      guard let number = Int(sent.path.dropFirst()) else { return WireResponse(200) }
      seen.withLock { seen in
        if sent.request.method == "PUT" {
          seen.active.insert(number)
          seen.order.append(number)
        }
        seen.overlaps.append(seen.active)
        if sent.request.method == "DELETE" { seen.active.remove(number) }
      }
      return WireResponse(200)
    }
    var target = Fixture.target
    target.clock = .process(.init(library: .own))
    let plan = Plan(
      scenarios: scenarios, requirements: [Requirement(id: "TST-01", level: .must, source: "s", text: "t")],
      target: target, allowsSideEffects: true)
    var options = RunOptions()
    options.jobs = jobs
    let log = EventLog()
    let runner = Runner(
      plan: plan, session: try Fixture.session(target, transport), options: options, clock: InstantClock(),
      listeners: [log])
    if let unusable = await runner.run() { throw unusable }
    let result = RunResult(events: log.events)
    let verdicts = try exclusions.indices.map { try result.record("case-\($0)").verdict }
    return seen.withLock { ($0.overlaps, $0.order, verdicts) }
  }

  @Test("of one resource do not overlap, also while they wait; others do", arguments: [1, 2, 16], [true, false])
  func resource(jobs: Int, waits: Bool) async throws {
    let key = Exclusion.resource("tab")
    let exclusions: [Exclusion?] = [key, nil, key, .resource("other"), key, nil, .resource("other")]
    let (overlaps, order, verdicts) = try await run(exclusions, jobs: jobs, waits: waits)
    #expect(verdicts.allSatisfy { $0 == .passed } && order.sorted() == Array(0..<7))
    #expect(overlaps.allSatisfy { $0.intersection([0, 2, 4]).count <= 1 && $0.intersection([3, 6]).count <= 1 })
    #expect(order.filter { [0, 2, 4].contains($0) } == [0, 2, 4])
    // the first of each resource and the two others wait for the same time
    if waits { #expect(overlaps.contains([0, 1, 3, 5])) }
  }

  @Test("of all run alone, after the others", arguments: [1, 16], [true, false])
  func serial(jobs: Int, waits: Bool) async throws {
    let exclusions: [Exclusion?] = [.all, nil, .all, .resource("tab"), nil, .resource("tab")]
    let (overlaps, order, verdicts) = try await run(exclusions, jobs: jobs, waits: waits)
    #expect(verdicts.allSatisfy { $0 == .passed })
    #expect(order.suffix(2) == [0, 2] && order.count == 6)
    #expect(overlaps.allSatisfy { $0.isDisjoint(with: [0, 2]) || $0.count == 1 })
  }

  @Test("are all reported if nothing can run")
  func stopped() async throws {
    var scenario = Fixture.scenario([.http()])
    scenario.exclusion = .all
    var other = Fixture.scenario(named: "other", [.http()])
    other.exclusion = .resource("tab")
    let part = try await PendingFixture.run([scenario, other], stop: { $0() }) { _ in WireResponse(200) }
    #expect(try part.result.record().verdict == .errored)
    #expect(try part.result.record("other").verdict == .errored)
  }
}
