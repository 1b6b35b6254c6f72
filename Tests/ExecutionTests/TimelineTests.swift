import ConformanceModel
import RunEvents
import Testing

@testable import Execution

@Suite("The timeline")
struct TimelineTests {
  /// What happened on a timeline: the advances of its clock, and what each case saw.
  private struct Record: Sendable {
    var advances: [SimulatedInstant] = []
    var seen: [Int: [SimulatedInstant]] = [:]
    var failures: [Int] = []
    var maxUnfinished = 0
    var unfinished = 0
  }

  private static func run(
    cases: Int, jobs: Int, order: [Int]? = nil,
    advance: @escaping Timeline.Advance = { _ in ClockReadings() },
    _ body: @escaping @Sendable (Int, Timeline, @Sendable (SimulatedInstant) -> Void) async throws -> Void
  ) async throws -> Record {
    let record = Locked(Record())
    let timeline = Timeline(
      start: .documented, jobs: jobs, advance: advance, wall: { SimulatedInstant(seconds: 0) },
      advanced: { advance in record.withLock { $0.advances.append(advance.to) } })
    var rest = (order ?? Array(0..<cases))[...]
    await timeline.run(on: nil) {
      rest.popFirst()
    } run: { number in
      record.withLock {
        $0.unfinished += 1
        $0.maxUnfinished = max($0.maxUnfinished, $0.unfinished)
      }
      do {
        try await body(number, timeline) { instant in record.withLock { $0.seen[number, default: []].append(instant) } }
      } catch {
        record.withLock { $0.failures.append(number) }
      }
      record.withLock { $0.unfinished -= 1 }
    }
    return record.withLock { $0 }
  }

  /// Waits of a case that add up to 24 hours, in steps of its own.
  private static func waits(_ number: Int) -> [SimulatedDuration] {
    let hour: Int64 = 3_600_000
    return switch number % 4 {
    case 0: [SimulatedDuration(milliseconds: 24 * hour)]
    case 1: [SimulatedDuration(milliseconds: 12 * hour), SimulatedDuration(milliseconds: 12 * hour)]
    case 2: [SimulatedDuration(milliseconds: 24 * hour - 1000), SimulatedDuration(milliseconds: 1000)]
    default:
      [
        SimulatedDuration(milliseconds: 6 * hour), SimulatedDuration(milliseconds: 6 * hour),
        SimulatedDuration(milliseconds: 12 * hour),
      ]
    }
  }

  private static func runWaits(jobs: Int, order: [Int]? = nil) async throws -> Record {
    try await run(cases: 100, jobs: jobs, order: order) { number, timeline, see in
      for span in waits(number) {
        try await timeline.wait(until: timeline.now + span, number: number)
        see(timeline.now)
      }
    }
  }

  @Test(
    "100 cases that each wait 24 hours in steps advance the clock once for each distinct wake time",
    arguments: [1, 3, 16, 256])
  func advancesOncePerWakeTime(jobs: Int) async throws {
    let record = try await TimelineTests.runWaits(jobs: jobs)
    let hour: Int64 = 3_600_000
    let expected = [6 * hour, 12 * hour, 24 * hour - 1000, 24 * hour].map {
      SimulatedInstant.documented + SimulatedDuration(milliseconds: $0)
    }
    #expect(record.advances == expected)
    for number in 0..<100 {
      var now = SimulatedInstant.documented
      let own = TimelineTests.waits(number).map { span -> SimulatedInstant in
        now = now + span
        return now
      }
      #expect(record.seen[number] == own)
    }
  }

  @Test("the clock never goes back")
  func neverBackwards() async throws {
    let record = try await TimelineTests.runWaits(jobs: 7)
    #expect(record.advances == record.advances.sorted())
    for seen in record.seen.values { #expect(seen == seen.sorted()) }
  }

  @Test("what each case sees does not depend on the number of jobs or on the order")
  func independentOfJobsAndOrder() async throws {
    let one = try await TimelineTests.runWaits(jobs: 1)
    for (jobs, order) in [
      (16, nil), (5, Array((0..<100).reversed())), (64, (0..<100).sorted { ($0 * 37) % 101 < ($1 * 37) % 101 }),
    ] {
      let other = try await TimelineTests.runWaits(jobs: jobs, order: order)
      #expect(other.seen == one.seen)
      #expect(other.advances == one.advances)
    }
  }

  @Test("a case that fails while others wait blocks none of them")
  func failureBlocksNobody() async throws {
    struct Broken: Error {}
    let record = try await TimelineTests.run(cases: 10, jobs: 2) { number, timeline, see in
      if number == 3 { throw Broken() }
      try await timeline.wait(until: .documented + SimulatedDuration(milliseconds: 1000), number: number)
      if number == 5 { throw Broken() }
      try await timeline.wait(until: .documented + SimulatedDuration(milliseconds: 2000), number: number)
      see(timeline.now)
    }
    #expect(record.failures.sorted() == [3, 5])
    #expect(record.seen.count == 8)
    #expect(record.advances.count == 2)
  }

  @Test("at most as many cases are active as there are jobs, though all can wait at once")
  func jobsAreKept() async throws {
    let active = Locked((now: 0, max: 0))
    let record = try await TimelineTests.run(cases: 50, jobs: 4) { number, timeline, see in
      for step in 1...3 {
        active.withLock {
          $0.now += 1
          $0.max = max($0.max, $0.now)
        }
        await Task.yield()
        active.withLock { $0.now -= 1 }
        try await timeline.wait(
          until: .documented + SimulatedDuration(milliseconds: Int64(step) * 1000), number: number)
      }
      see(timeline.now)
    }
    #expect(active.withLock { $0.max } <= 4)
    #expect(record.maxUnfinished == 50)
    #expect(record.seen.count == 50)
  }

  @Test("a clock that cannot be advanced fails every case that waits, and no other")
  func brokenClock() async throws {
    struct Stuck: Error {}
    let record = try await TimelineTests.run(cases: 6, jobs: 3, advance: { _ in throw Stuck() }) {
      number, timeline, see in
      if number.isMultiple(of: 2) {
        try await timeline.wait(until: .documented + SimulatedDuration(milliseconds: 1000), number: number)
      }
      see(timeline.now)
    }
    #expect(record.failures.sorted() == [0, 2, 4])
    #expect(record.seen.keys.sorted() == [1, 3, 5])
    #expect(record.advances.isEmpty)
  }

  @Test("a stopped run wakes the waiting cases, and starts no other")
  func stop() async throws {
    let record = try await TimelineTests.run(cases: 20, jobs: 1) { number, timeline, see in
      if number == 4 { timeline.stop(RunStopped(reason: "test")) }
      try await timeline.wait(until: .documented + SimulatedDuration(milliseconds: 1000), number: number)
      see(timeline.now)
    }
    #expect(record.failures.sorted() == [0, 1, 2, 3, 4])
    #expect(record.seen.isEmpty)
  }

  @Test("waits that are ended wake the waiting cases, and neither start another nor stop an active one")
  func endWaits() async throws {
    struct Enough: Error {}
    let record = try await TimelineTests.run(cases: 20, jobs: 2) { number, timeline, see in
      guard number == 4 else {
        return try await timeline.wait(until: .documented + SimulatedDuration(milliseconds: 1000), number: number)
      }
      timeline.endWaits(Enough())
      see(timeline.now)
      await #expect(throws: Enough.self) {
        try await timeline.wait(until: .documented + SimulatedDuration(milliseconds: 1000), number: number)
      }
    }
    #expect(record.seen.keys.sorted() == [4] && record.failures.sorted().starts(with: [0, 1, 2, 3]))
    #expect(!record.failures.contains { $0 > 5 } && record.advances.isEmpty)
  }

  @Test("a wait for an instant in the past ends at once")
  func alreadyThere() async throws {
    let record = try await TimelineTests.run(cases: 1, jobs: 1) { number, timeline, see in
      try await timeline.wait(until: timeline.now, number: number)
      see(timeline.now)
    }
    #expect(record.advances.isEmpty)
    #expect(record.seen[0] == [.documented])
  }
}
