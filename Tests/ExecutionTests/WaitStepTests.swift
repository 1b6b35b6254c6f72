import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("A step that waits") struct WaitStepTests {
  private func run(_ steps: [Step], given: [Step] = [], token: String = "") async throws -> RunResult {
    var target = Fixture.target
    target.clock = .process(.init(library: .own))
    let transport = ScriptedTransport { WireResponse(200, $0.path == "/token" ? token : "") }
    return try await Fixture.run(
      [Fixture.scenario(given: given, steps)], on: target, transport, clock: InstantClock())
  }

  private static func until(_ seconds: Int64) -> Step {
    .make(.wait(.until(.documented + SimulatedDuration(milliseconds: seconds * 1000), later: .none)))
  }

  private static let second = Step.make(.wait(.span(WaitLength(SimulatedDuration(milliseconds: 1000)))))

  @Test("until an instant that has passed by then is an error", arguments: [0, 1, 2] as [Int64])
  func until(seconds: Int64) async throws {
    let record = try await run([WaitStepTests.second, WaitStepTests.until(seconds), .http()]).record()
    #expect(record.verdict == (seconds == 0 ? .errored : .passed))
    if seconds == 0 { #expect(record.findings.first?.message.contains("the target's clock is already at") == true) }
  }

  @Test("is in the log, and so is the advance of the clock")
  func log() async throws {
    let result = try await run([WaitStepTests.second, WaitStepTests.second])
    let sentences = result.events.compactMap { if case .stepFinished(let step) = $0 { step.sentence } else { nil } }
    #expect(sentences == ["wait 1s", "wait 1s"])
    let advances = result.events.compactMap { if case .runFinished(let end) = $0 { end.clockAdvances } else { nil } }
    #expect(advances == [2])
  }

  @Test(
    "for the expiry of a token needs a lifetime that a clock can have",
    arguments: [("-1", Verdict.errored), ("0", .passed), ("1000000000", .passed), ("1000000001", .errored)])
  func expiry(seconds: String, verdict: Verdict) async throws {
    let wait = Step.make(.wait(.expiry(of: "t", later: .none)))
    let record = try await run(
      [wait, .http()], given: [.client("erp"), .token("t", of: "erp")],
      token: #"{"access_token":"a-token-of-the-test","expires_in":\#(seconds)}"#
    ).record()
    #expect(record.verdict == verdict)
    #expect(verdict == .passed || record.findings.first?.message.contains("the expiry of 't' is unknown") == true)
  }

  @Test("fails once more if its clock cannot be advanced, without another attempt")
  func broken() async throws {
    struct Stuck: Error {}
    let advances = Locked(0)
    let timeline = Timeline(
      start: .documented, jobs: 1,
      advance: { _ in
        advances.withLock { $0 += 1 }
        throw Stuck()
      }, wall: { .documented }, advanced: { _ in })
    var rest = [0][...]
    await timeline.run(on: nil) {
      rest.popFirst()
    } run: { number in
      for _ in 0..<2 {
        await #expect(throws: Stuck.self) {
          try await timeline.wait(until: timeline.now + SimulatedDuration(milliseconds: 1000), number: number)
        }
      }
    }
    #expect(advances.withLock { $0 } == 1 && timeline.advances == 0)
  }

  @Test("on a clock that runs is measured by its readings, unless it takes no time")
  func flows() async throws {
    let day = SimulatedDuration(milliseconds: 86_400_000)
    let reading = Locked(SimulatedInstant.documented)
    let timeline = Timeline(
      start: .documented, jobs: 1, flows: true,
      // each reading is a day after the one before
      read: {
        reading.withLock { reading in
          reading = reading + day
          return reading
        }
      }, advance: { ClockReadings(after: $0 + day) }, wall: { .documented }, advanced: { _ in })
    var rest = [0][...]
    await timeline.run(on: nil) {
      rest.popFirst()
    } run: { number in
      await #expect(throws: Never.self) { try await timeline.wait(until: .documented, number: number) }
      await #expect(throws: Never.self) { try await timeline.wait(until: timeline.now + day, number: number) }
    }
    #expect(timeline.advances == 1 && timeline.now >= .documented + day && timeline.now < .documented + day + day)
  }

  @Test("ends if another case that woke at the same instant stops the run before it continues")
  func stoppedWhileReady() async throws {
    let failed = Locked<[Int]>([])
    let timeline = Timeline(
      start: .documented, jobs: 1, advance: { _ in ClockReadings() }, wall: { .documented }, advanced: { _ in })
    var rest = [0, 1, 2][...]
    await timeline.run(on: nil) {
      rest.popFirst()
    } run: { number in
      do {
        try await timeline.wait(until: .documented + SimulatedDuration(milliseconds: 1000), number: number)
        timeline.stop(RunStopped(reason: "test"))
      } catch {
        failed.withLock { $0.append(number) }
      }
    }
    #expect(failed.withLock { $0.sorted() } == [1, 2])
  }

  @Test("ends with the first reason for which the run is stopped")
  func stoppedTwice() async throws {
    let timeline = Timeline(
      start: .documented, jobs: 1, advance: { _ in ClockReadings() }, wall: { .documented }, advanced: { _ in })
    timeline.stop(RunStopped(reason: "first"))
    timeline.stop(RunStopped(reason: "second"))
    #expect((timeline.stopped as? RunStopped)?.reason == "first")
  }
}
