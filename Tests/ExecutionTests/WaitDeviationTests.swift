// A wait that the target's clock made longer or shorter than requested is an error of its case.

import ConformanceModel
import Testing

@testable import Execution

@Suite("The length of a wait")
struct WaitDeviationTests {
  private static let day = SimulatedDuration(milliseconds: 86_400_000)
  private static let second = SimulatedDuration(milliseconds: 1000)

  /// Runs cases that each wait for one day, and returns what each of them threw.
  private static func waitOneDay(
    cases: Int = 1, flows: Bool = false, read: @escaping Timeline.Read = { nil },
    advance: @escaping Timeline.Advance
  ) async -> [String?] {
    let outcomes = Locked([String?](repeating: nil, count: cases))
    let timeline = Timeline(
      start: .documented, jobs: 4, flows: flows, read: read, advance: advance, wall: { .documented },
      advanced: { _ in })
    var rest = Array(0..<cases)[...]
    await timeline.run(on: nil) {
      rest.popFirst()
    } run: { number in
      do { try await timeline.wait(until: timeline.now + day, number: number) } catch {
        outcomes.withLock { $0[number] = "\(error)" }
      }
    }
    return outcomes.withLock { $0 }
  }

  @Test("a clock that stands still and shows the requested time makes no error")
  func exact() async {
    let outcomes = await WaitDeviationTests.waitOneDay(cases: 3) { instant in
      ClockReadings(before: .documented, after: instant)
    }
    #expect(outcomes == [nil, nil, nil])
  }

  @Test("a clock that cannot be read makes no error")
  func unreadable() async {
    #expect(await WaitDeviationTests.waitOneDay { _ in ClockReadings() } == [nil])
  }

  @Test("an advance by too much fails every case that wakes")
  func tooFar() async {
    let outcomes = await WaitDeviationTests.waitOneDay(cases: 3) { instant in
      ClockReadings(before: .documented, after: instant + SimulatedDuration(milliseconds: 3000))
    }
    for outcome in outcomes {
      #expect(
        outcome?.hasPrefix(
          "waited 1d 3s of simulated time instead of 1d: the target's clock showed 2022-07-20T10:03:08Z when the wait "
            + "began and 2022-07-21T10:03:11Z when it ended") == true)
    }
  }

  @Test("a clock that runs before the advance, although it should stand still, makes the waits of that time too short")
  func drift() async {
    let outcomes = await WaitDeviationTests.waitOneDay { instant in
      ClockReadings(before: SimulatedInstant.documented + WaitDeviationTests.second, after: instant)
    }
    #expect(outcomes[0]?.hasPrefix("waited 23h 59m 59s of simulated time instead of 1d: ") == true)
  }

  @Test("a wait that began after a drift was noticed is not blamed for it")
  func laterWait() async {
    let first = SimulatedInstant.documented + WaitDeviationTests.day
    let readings = Locked([
      ClockReadings(before: SimulatedInstant.documented + WaitDeviationTests.second, after: first),
      ClockReadings(before: first, after: first + WaitDeviationTests.day),
    ])
    let messages = Locked([String]())
    let timeline = Timeline(
      start: .documented, jobs: 1, advance: { _ in readings.withLock { $0.removeFirst() } }, wall: { .documented },
      advanced: { _ in })
    var starts = true
    await timeline.run(on: nil) {
      defer { starts = false }
      return starts ? 0 : nil
    } run: { number in
      for _ in 0..<2 {
        do { try await timeline.wait(until: timeline.now + WaitDeviationTests.day, number: number) } catch {
          messages.withLock { $0.append("\(error)") }
        }
      }
    }
    #expect(messages.withLock { $0.count } == 1)
  }

  @Test("on a clock that runs, each wait is measured by the target's own clock, within its resolution")
  func flowing() async {
    for (shown, fails) in [(86_399, false), (86_400, false), (86_398, true), (86_500, true)] {
      let end = SimulatedInstant.documented + SimulatedDuration(milliseconds: Int64(shown) * 1000)
      let readings = Locked([SimulatedInstant.documented, end])
      let read: Timeline.Read = { readings.withLock { $0.removeFirst() } }
      let outcomes = await WaitDeviationTests.waitOneDay(flows: true, read: read) { _ in ClockReadings() }
      #expect((outcomes[0] != nil) == fails, "\(shown) s: \(outcomes[0] ?? "no error")")
    }
  }

  @Test("a deviation is compared with the tolerance, in both directions")
  func tolerance() {
    for (actual, fails) in [(8999, true), (9000, false), (10_000, false), (11_000, false), (11_001, true)] {
      let outcome = Result {
        try WaitDeviation.check(
          SimulatedDuration(milliseconds: 10_000), from: .documented,
          to: SimulatedInstant.documented + SimulatedDuration(milliseconds: Int64(actual)), tolerance: 1000)
      }
      if case .failure = outcome { #expect(fails, "\(actual)") } else { #expect(!fails, "\(actual)") }
    }
  }
}
