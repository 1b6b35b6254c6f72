// Cases are woken in the order of their wake times, and those of one time in the order of the plan.

import ConformanceModel
import Testing

@testable import Execution

@Suite("The wake queue")
struct WakeQueueTests {
  /// Adds a waiter for each pair, then takes the waiters in steps.
  private func order(_ pairs: [(wake: Int, number: Int)], until instants: [Int]) async throws -> [[Int]] {
    try await withThrowingTaskGroup(of: [[Int]].self) { group in
      let (arrivals, arrive) = AsyncStream.makeStream(of: WakeQueue.Waiter.self)
      for (wake, number) in pairs {
        group.addTask {
          try await withCheckedThrowingContinuation { continuation in
            arrive.yield(
              .init(
                wake: SimulatedInstant(seconds: Int64(wake)), requested: SimulatedDuration(milliseconds: 0),
                began: .documented, number: number, continuation: continuation))
          }
          return []
        }
      }
      var waiters = WakeQueue()
      var count = 0
      for await waiter in arrivals {
        waiters.add(waiter)
        count += 1
        if count == pairs.count { break }
      }
      var woken: [[Int]] = []
      for instant in instants {
        #expect(waiters.earliest != nil)
        let taken = waiters.take(until: SimulatedInstant(seconds: Int64(instant)))
        woken.append(taken.map(\.number))
        for waiter in taken { waiter.continuation.resume() }
      }
      for waiter in waiters.takeAll() { waiter.continuation.resume() }
      #expect(waiters.earliest == nil)
      try await group.waitForAll()
      return woken
    }
  }

  @Test("waiters wake by time, then by number, in whatever order they were added")
  func sorted() async throws {
    let pairs = (0..<300).map { number in (wake: number * 7919 % 23, number: number) }.shuffled()
    let woken = try await order(pairs, until: [4, 4, 22])
    let expected = pairs.sorted { ($0.wake, $0.number) < ($1.wake, $1.number) }
    #expect(woken[0] == expected.filter { $0.wake <= 4 }.map(\.number))
    #expect(woken[1].isEmpty)
    #expect(woken[2] == expected.filter { $0.wake > 4 }.map(\.number))
  }

  @Test("waiters whose time has not come stay in the queue")
  func later() async throws {
    #expect(try await order([(5, 1), (3, 2), (9, 3)], until: [2, 3, 6]) == [[], [2], [1]])
  }
}
