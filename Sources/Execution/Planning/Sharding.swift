// Splits a plan, so that several machines play it at the same time.

import ConformanceModel
public import RunEvents

/// Which of the shards of a plan plays which case: each case is in exactly one, the same on every machine that has the same files
/// and the same durations.
public struct Sharding: Sendable {
  /// The shard that is played here, from 1.
  public let index: Int
  public let count: Int
  /// The shard of each case, by its number.
  private let shards: [Int32]

  /// Deals the cases out, the longest first, each to the shard that has least to do by then.
  ///
  /// - Parameters:
  ///   - index: From 1 to `count`.
  ///   - seconds: How long cases took in former runs, by their ids. One that is unknown counts as the median of those that are known;
  ///     one that the target lacks something for counts nothing. Without any, all count the same.
  public init(_ plan: Plan, index: Int, of count: Int, seconds: [String: Double] = [:]) {
    self.index = index
    self.count = max(1, count)
    // whole numbers: sums of them are the same in every order
    let known = seconds.mapValues { Int64(min(max(0, $0), 1e6) * 1_000_000) }
    let ascending = known.values.sorted()
    let usual = ascending.isEmpty ? 1 : ascending[ascending.count / 2]
    var costs: [(number: Int, cost: Int64)] = []
    for one in plan.cases {
      let isRun = one.entry.skipReason == nil
      costs.append((one.number, isRun ? known[one.planned.id] ?? usual : 0))
    }
    var queue = ShardQueue(count: self.count)
    var shards = [Int32](repeating: 1, count: costs.count)
    for one in costs.sorted(by: { ($1.cost, $0.number) < ($0.cost, $1.number) }) {
      shards[one.number] = queue.take(one.cost)
    }
    self.shards = shards
  }

  /// The shard that plays the case with this number; `nil` for an invariant, which is judged in every shard.
  func shard(of number: Int) -> Int? { shards.indices.contains(number) ? Int(shards[number]) : nil }

  func plays(_ number: Int) -> Bool { shard(of: number).map { $0 == index } ?? true }

  /// How many cases this shard has.
  public var caseCount: Int { shards.count { $0 == Int32(index) } }
}

extension Plan {
  /// The cases that other shards play; none where the plan was not split.
  public var casesOfOtherShards: some Sequence<PlannedCase> {
    cases.lazy.filter { sharding?.plays($0.number) == false }.map(\.planned)
  }
}

/// The shards by what they have to do: a heap, since there may be thousands of them and hundred thousands of cases.
private struct ShardQueue {
  private struct Load {
    var cost: Int64 = 0
    var cases = 0
    var shard: Int32
  }

  private var heap: [Load]

  init(count: Int) { heap = (1...count).map { Load(shard: Int32($0)) } }

  /// Gives the case to the shard that has least to do; among equals to the one with fewest cases, and among those to the first.
  mutating func take(_ cost: Int64) -> Int32 {
    let shard = heap[0].shard
    heap[0].cost += cost
    heap[0].cases += 1
    sink()
    return shard
  }

  private mutating func sink() {
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < heap.count && isLess(heap[child], heap[least]) {
        least = child
      }
      guard least != place else { return }
      heap.swapAt(place, least)
      place = least
    }
  }

  private func isLess(_ a: Load, _ b: Load) -> Bool {
    (a.cost, a.cases, Int64(a.shard)) < (b.cost, b.cases, Int64(b.shard))
  }
}
