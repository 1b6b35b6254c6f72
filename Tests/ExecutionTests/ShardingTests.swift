// Every case in exactly one shard, the same on every machine, and no shard with much more to do than the others.

import ConformanceModel
import JSONValue
import RunEvents
import Testing

@testable import Execution

@Suite("The shards of a plan")
struct ShardingTests {
  private static let place = Place(file: "a.yaml", line: 1, column: 1)

  /// Scenarios with so many cases each; those with a negative number need what the target lacks.
  static func plan(_ counts: [Int]) -> Plan {
    let scenarios = counts.enumerated().map { index, count in
      Scenario(
        id: "s\(index)", suite: "area", place: place, title: "", needs: count < 0 ? [.moveClock] : [],
        cases: .product([Cases.Column(name: "n", values: .range(1...abs(count)))]))
    }
    let target = Target(
      name: "t", place: place, baseURL: .literal(.string("http://127.0.0.1")),
      token: Target.TokenBinding(url: .literal(.string("/token"))),
      connectors: [Target.Connector(name: "one", inboundURL: .literal(.string("/in")))])
    return Plan(scenarios: scenarios, requirements: [], target: target)
  }

  private static func numbers(_ plan: Plan, _ index: Int, of count: Int, _ seconds: [String: Double] = [:]) -> [Int] {
    let sharding = Sharding(plan, index: index, of: count, seconds: seconds)
    return (0..<plan.caseCount).filter { sharding.runs($0) }
  }

  @Test("have each case exactly once, as many as evenly as can be", arguments: [1, 2, 3, 7, 50, 200])
  func even(count: Int) {
    let plan = ShardingTests.plan([1, 40, 3, 57])
    let shards = (1...count).map { ShardingTests.numbers(plan, $0, of: count) }
    #expect(shards.flatMap { $0 }.sorted() == Array(0..<101))
    let sizes = shards.map(\.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
  }

  @Test("divide the cases that run, and those that are skipped")
  func skipped() {
    let plan = ShardingTests.plan([10, -10, 10])
    for index in 1...2 {
      let numbers = ShardingTests.numbers(plan, index, of: 2)
      #expect(numbers.count { (10..<20).contains($0) } == 5)
      #expect(numbers.count == 15)
    }
  }

  @Test("take about as long as each other where it is known how long the cases took")
  func durations() {
    let plan = ShardingTests.plan([20])
    // one case takes as long as all others together; one is unknown and counts the median
    var seconds: [String: Double] = [:]
    for number in 1...18 { seconds["s0/n=\(number)"] = 1 }
    seconds["s0/n=19"] = 19
    let ids = Dictionary(uniqueKeysWithValues: plan.cases.map { ($0.number, $0.planned.id) })
    #expect(Set(seconds.keys).isSubset(of: ids.values))
    let shards = (1...2).map { ShardingTests.numbers(plan, $0, of: 2, seconds) }
    #expect(shards.map(\.count).sorted() == [1, 19])
    #expect(shards.contains([18]))
  }

  @Test("odd durations make no odd split", arguments: [Double.infinity, -1, 1e300, 0])
  func oddDurations(value: Double) {
    let plan = ShardingTests.plan([8])
    let shards = (1...3).map { ShardingTests.numbers(plan, $0, of: 3, ["s0/n=1": value, "s0/n=2": 1]) }
    #expect(shards.flatMap { $0 }.sorted() == Array(0..<8))
  }

  @Test("name themselves in the plan, and are handed out alone, in order and shuffled", arguments: [nil, 7 as UInt64?])
  func feed(seed: UInt64?) {
    var plan = ShardingTests.plan([5, 30])
    plan.sharding = Sharding(plan, index: 2, of: 3)
    let feed = CaseQueue(plan, shuffle: seed)
    var numbers: [Int] = []
    while let item = feed.next() { numbers.append(item.planned.number) }
    #expect(numbers.sorted() == ShardingTests.numbers(plan, 2, of: 3))
    #expect(numbers.count < 13)
    #expect((seed == nil) == (numbers == numbers.sorted()))
    #expect(
      plan.cases.allSatisfy {
        numbers.contains($0.number) == ($0.planned.shard == 2) && $0.planned.shard != nil
      })
    #expect(plan.parts.map(\.cases).reduce(0, +) == numbers.count)
  }

  @Test("start with the longest cases, so that the totals are alike")
  func descending() {
    let plan = ShardingTests.plan([9])
    let ids = plan.cases.map(\.planned.id)
    let durations = [5, 1, 9, 3, 7, 2, 8, 4, 6]
    let seconds = Dictionary(uniqueKeysWithValues: zip(ids, durations.map { Double($0) }))
    let totals = (1...3).map { shard in
      ShardingTests.numbers(plan, shard, of: 3, seconds).reduce(0) { $0 + durations[$1] }
    }
    #expect(totals == [16, 15, 14])
  }

  @Test("count an unknown case as a usual one, and a skipped one as nothing")
  func unknown() {
    let plan = ShardingTests.plan([4])
    #expect((1...2).map { ShardingTests.numbers(plan, $0, of: 2, ["s0/n=1": 10]).count } == [2, 2])
    // the duration of the skipped one is of another target
    let skipping = ShardingTests.plan([4, -1])
    var seconds = ["s1/n=1": 100.0]
    for number in 1...4 { seconds["s0/n=\(number)"] = 10 }
    for shard in 1...2 {
      #expect(ShardingTests.numbers(skipping, shard, of: 2, seconds).count { $0 < 4 } == 2)
    }
  }

  @Test("have their own cases, those of the others, and all invariants")
  func others() {
    var plan = ShardingTests.plan([7])
    #expect(Array(plan.casesOfOtherShards).isEmpty)
    let sharding = Sharding(plan, index: 2, of: 3)
    plan.sharding = sharding
    let own = (0..<7).filter { sharding.runs($0) }
    #expect(sharding.caseCount == own.count && !own.isEmpty)
    #expect(plan.casesOfOtherShards.map(\.number) == (0..<7).filter { !own.contains($0) })
    for number in [7, 8, -1] { #expect(sharding.shard(of: number) == nil && sharding.runs(number)) }
  }
}
