// Those that rest are woken by their time, and those of one time by their place in the plan.

import Conformance
import Testing

@testable import Runner

@Suite("Cases that rest")
struct SleepersTests {
  /// Rests with a wake time and a number of each pair, and wakes in steps.
  private func order(_ pairs: [(wake: Int, number: Int)], until instants: [Int]) async throws -> [[Int]] {
    try await withThrowingTaskGroup(of: [[Int]].self) { group in
      let (arrivals, arrive) = AsyncStream.makeStream(of: Sleepers.Sleeper.self)
      for (wake, number) in pairs {
        group.addTask {
          try await withCheckedThrowingContinuation { continuation in
            arrive.yield(.init(wake: Instant(seconds: Int64(wake)), number: number, continuation: continuation))
          }
          return []
        }
      }
      var sleepers = Sleepers()
      var count = 0
      for await sleeper in arrivals {
        sleepers.add(sleeper)
        count += 1
        if count == pairs.count { break }
      }
      var woken: [[Int]] = []
      for instant in instants {
        #expect(sleepers.earliest != nil)
        let taken = sleepers.take(until: Instant(seconds: Int64(instant)))
        woken.append(taken.map(\.number))
        for sleeper in taken { sleeper.continuation.resume() }
      }
      for sleeper in sleepers.takeAll() { sleeper.continuation.resume() }
      #expect(sleepers.earliest == nil)
      try await group.waitForAll()
      return woken
    }
  }

  @Test("wake by time, then by number, whatever the order in which they came")
  func sorted() async throws {
    let pairs = (0..<300).map { number in (wake: number * 7919 % 23, number: number) }.shuffled()
    let woken = try await order(pairs, until: [4, 4, 22])
    let expected = pairs.sorted { ($0.wake, $0.number) < ($1.wake, $1.number) }
    #expect(woken[0] == expected.filter { $0.wake <= 4 }.map(\.number))
    #expect(woken[1].isEmpty)
    #expect(woken[2] == expected.filter { $0.wake > 4 }.map(\.number))
  }

  @Test("those whose time has not come rest on")
  func later() async throws {
    #expect(try await order([(5, 1), (3, 2), (9, 3)], until: [2, 3, 6]) == [[], [2], [1]])
  }
}
