// Splits a plan, so that several machines run it at the same time.

import ConformanceModel
public import RunEvents

/// Assigns each case of a plan to exactly one shard, the same on every machine with the same files and durations.
public struct Sharding: Sendable {
  /// The shard that runs here, from 1.
  public let index: Int
  public let count: Int
  /// The shard of each case, by its number.
  private let shards: [Int32]

  /// Assigns the cases in descending order of duration, each to the shard with the least total.
  ///
  /// - Parameters:
  ///   - index: From 1 to `count`.
  ///   - seconds: The durations of cases in former runs, by their ids. An unknown case counts as the median of the
  ///     known ones, a skipped one as zero. Without any durations all cases count the same.
  public init(_ plan: Plan, index: Int, of count: Int, seconds: [String: Double] = [:]) {
    self.index = index
    self.count = max(1, count)
    // integers: their sums are the same in every order
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

  /// The shard of the case with this number; `nil` for an invariant, which every shard evaluates.
  func shard(of number: Int) -> Int? { shards.indices.contains(number) ? Int(shards[number]) : nil }

  func runs(_ number: Int) -> Bool { shard(of: number).map { $0 == index } ?? true }

  /// The shard of each case, the same in all shards of one run.
  var assignment: String { shards.map { String($0) }.joined(separator: ",") }

  /// How many cases this shard has.
  public var caseCount: Int { shards.count { $0 == Int32(index) } }
}

extension Plan {
  /// The cases of other shards; none if the plan was not split.
  public var casesOfOtherShards: some Sequence<PlannedCase> {
    cases.lazy.filter { sharding?.runs($0.number) == false }.map(\.planned)
  }
}

/// The shards by their total cost: a heap, since there may be thousands of shards and hundreds of thousands of cases.
private struct ShardQueue {
  private struct Load {
    var cost: Int64 = 0
    var cases = 0
    var shard: Int32
  }

  private var heap: [Load]

  init(count: Int) { heap = (1...count).map { Load(shard: Int32($0)) } }

  /// Gives the case to the shard with the least total cost; if equal, with the fewest cases; if equal, to the first.
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
