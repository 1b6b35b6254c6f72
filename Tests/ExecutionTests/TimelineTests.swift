import ConformanceModel
import HTTPTransport
import RunEvents
import Testing

@testable import Execution

@Suite("The timeline")
struct TimelineTests {
  /// What happened on a timeline: the moves of its clock, and what each case saw.
  private struct Record: Sendable {
    var moves: [SimulatedInstant] = []
    var seen: [Int: [SimulatedInstant]] = [:]
    var failures: [Int] = []
    var maxAtWork = 0
    var atWork = 0
  }

  private static func play(
    cases: Int, jobs: Int, order: [Int]? = nil,
    advance: @escaping @Sendable (SimulatedInstant) async throws -> Void = { _ in },
    _ body: @escaping @Sendable (Int, Timeline, @Sendable (SimulatedInstant) -> Void) async throws -> Void
  ) async throws -> Record {
    let record = Locked(Record())
    let client = try HTTPClient(HTTPClientOptions())
    let timeline = Timeline(
      start: .documented, jobs: jobs, advance: advance, wall: { SimulatedInstant(seconds: 0) },
      moved: { move in record.withLock { $0.moves.append(move.to) } })
    var rest = (order ?? Array(0..<cases))[...]
    await timeline.run(on: client) {
      rest.popFirst()
    } play: { number in
      record.withLock {
        $0.atWork += 1
        $0.maxAtWork = max($0.maxAtWork, $0.atWork)
      }
      do {
        try await body(number, timeline) { instant in record.withLock { $0.seen[number, default: []].append(instant) } }
      } catch {
        record.withLock { $0.failures.append(number) }
      }
      record.withLock { $0.atWork -= 1 }
    }
    await client.shutdown()
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
    try await play(cases: 100, jobs: jobs, order: order) { number, timeline, see in
      for span in waits(number) {
        try await timeline.wait(until: timeline.now + span, number: number)
        see(timeline.now)
      }
    }
  }

  @Test(
    "100 cases that each wait 24 hours in steps move the clock once for each distinct wake time",
    arguments: [1, 3, 16, 256])
  func movesOncePerWakeTime(jobs: Int) async throws {
    let record = try await TimelineTests.runWaits(jobs: jobs)
    let hour: Int64 = 3_600_000
    let expected = [6 * hour, 12 * hour, 24 * hour - 1000, 24 * hour].map {
      SimulatedInstant.documented + SimulatedDuration(milliseconds: $0)
    }
    #expect(record.moves == expected)
    for number in 0..<100 {
      var now = SimulatedInstant.documented
      let own = TimelineTests.waits(number).map { span -> SimulatedInstant in
        now = now + span
        return now
      }
      #expect(record.seen[number] == own)
    }
  }

  @Test("time never moves backwards")
  func neverBackwards() async throws {
    let record = try await TimelineTests.runWaits(jobs: 7)
    #expect(record.moves == record.moves.sorted())
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
      #expect(other.moves == one.moves)
    }
  }

  @Test("a case that fails while others rest blocks nobody")
  func failureBlocksNobody() async throws {
    struct Broken: Error {}
    let record = try await TimelineTests.play(cases: 10, jobs: 2) { number, timeline, see in
      if number == 3 { throw Broken() }
      try await timeline.wait(until: .documented + SimulatedDuration(milliseconds: 1000), number: number)
      if number == 5 { throw Broken() }
      try await timeline.wait(until: .documented + SimulatedDuration(milliseconds: 2000), number: number)
      see(timeline.now)
    }
    #expect(record.failures.sorted() == [3, 5])
    #expect(record.seen.count == 8)
    #expect(record.moves.count == 2)
  }

  @Test("no more cases are at work than there are jobs, though all can rest at once")
  func jobsAreKept() async throws {
    let atWork = Locked((now: 0, most: 0))
    let record = try await TimelineTests.play(cases: 50, jobs: 4) { number, timeline, see in
      for step in 1...3 {
        atWork.withLock {
          $0.now += 1
          $0.most = max($0.most, $0.now)
        }
        await Task.yield()
        atWork.withLock { $0.now -= 1 }
        try await timeline.wait(
          until: .documented + SimulatedDuration(milliseconds: Int64(step) * 1000), number: number)
      }
      see(timeline.now)
    }
    #expect(atWork.withLock { $0.most } <= 4)
    #expect(record.maxAtWork == 50)
    #expect(record.seen.count == 50)
  }

  @Test("a clock that cannot be moved fails every case that waits, and no other")
  func brokenClock() async throws {
    struct Stuck: Error {}
    let record = try await TimelineTests.play(cases: 6, jobs: 3, advance: { _ in throw Stuck() }) {
      number, timeline, see in
      if number.isMultiple(of: 2) {
        try await timeline.wait(until: .documented + SimulatedDuration(milliseconds: 1000), number: number)
      }
      see(timeline.now)
    }
    #expect(record.failures.sorted() == [0, 2, 4])
    #expect(record.seen.keys.sorted() == [1, 3, 5])
    #expect(record.moves.isEmpty)
  }

  @Test("a stopped run wakes those that rest, and starts no other")
  func stop() async throws {
    let record = try await TimelineTests.play(cases: 20, jobs: 1) { number, timeline, see in
      if number == 4 { timeline.stop(RunStopped(reason: "test")) }
      try await timeline.wait(until: .documented + SimulatedDuration(milliseconds: 1000), number: number)
      see(timeline.now)
    }
    #expect(record.failures.sorted() == [0, 1, 2, 3, 4])
    #expect(record.seen.isEmpty)
  }

  @Test("a wait for an instant that has come already ends at once")
  func alreadyThere() async throws {
    let record = try await TimelineTests.play(cases: 1, jobs: 1) { number, timeline, see in
      try await timeline.wait(until: timeline.now, number: number)
      see(timeline.now)
    }
    #expect(record.moves.isEmpty)
    #expect(record.seen[0] == [.documented])
  }
}
