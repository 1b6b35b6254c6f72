import ConformanceModel
import Testing

@testable import Exploration

@Suite("Histories of overlapping operations") struct HistoryTests {
  private static let ok = Observation(succeeded: true, status: 200)
  private static let refused = Observation(succeeded: false, status: 401, error: "invalid_client")
  private static let unauthorized = Observation(succeeded: false, status: 401)

  private func create(_ name: String) -> ModelAction { .create(CreateCall(name: name)) }
  private func request(_ client: String, _ name: String) -> ModelAction {
    .token(TokenCall(client: client, name: name))
  }
  private func delete(_ client: String) -> ModelAction { .manage(ManageCall(client: client, action: .delete)) }
  private func replace(_ client: String, _ name: String) -> ModelAction {
    .manage(ManageCall(client: client, replacement: name, action: .replace))
  }
  private func post(_ token: String, _ name: String, size: Int = 2000) -> ModelAction {
    .post(PostCall(name: name, token: token, client: "erp", size: size))
  }

  /// Operations that follow one another, those in the inner array at the same time.
  private func history(_ groups: [[(ModelAction, Observation)]], _ model: Model = Model(Sample.facts)) -> String? {
    var entries: [HistoryEntry] = []
    for group in groups {
      let (start, end) = (entries.count, entries.count + group.count - 1)
      entries += group.map { HistoryEntry($0.0, $0.1, start: start, end: end) }
    }
    return History(entries).contradiction(in: model)
  }

  private func token(_ text: String) -> Observation {
    var observation = Self.ok
    observation.token = text
    return observation
  }

  private func inbox(_ counts: [String: Int]) -> Observation {
    var observation = Self.ok
    observation.deliveries = counts
    return observation
  }

  @Test("what follows one another has one order")
  func sequential() {
    let created = [(create("erp"), Self.ok)]
    #expect(history([created, [(request("erp", "token"), Self.ok)], [(post("token", "order"), Self.ok)]]) == nil)
    #expect(history([created, [(request("erp", "token"), Self.refused)]]) != nil)
    #expect(history([created, [(delete("erp"), Self.ok)], [(request("erp", "token"), Self.ok)]]) != nil)
    #expect(history([created, [(delete("erp"), Self.ok)], [(request("erp", "token"), Self.refused)]]) == nil)
  }

  @Test("of two sets that replace one at the same time, a service with one secret for each client keeps one")
  func twoReplacements() {
    var facts = Sample.facts
    facts.oldSetStays = false
    func after(_ first: Observation, _ second: Observation) -> String? {
      history(
        [
          [(create("erp"), Self.ok)], [(replace("erp", "a"), Self.ok), (replace("erp", "b"), Self.ok)],
          [(request("a", "one"), first)], [(request("b", "two"), second)],
        ], Model(facts))
    }
    #expect(after(Self.ok, Self.refused) == nil)
    #expect(after(Self.refused, Self.ok) == nil)
    #expect(after(Self.ok, Self.ok) == nil)
    #expect(after(Self.refused, Self.refused) != nil)
  }

  @Test("a token request that overlaps the deletion of its client may come before or after it")
  func deletionAgainstIssue() {
    func after(_ issued: Observation, _ later: Observation, used: Observation?) -> String? {
      history(
        [[(create("erp"), Self.ok)], [(delete("erp"), Self.ok), (request("erp", "token"), issued)]]
          + (used.map { [[(post("token", "order"), $0)]] } ?? []) + [[(request("erp", "later"), later)]])
    }
    #expect(after(Self.ok, Self.refused, used: Self.unauthorized) == nil)
    #expect(after(Self.refused, Self.refused, used: nil) == nil)
    // in neither order does the token outlive its client
    #expect(after(Self.ok, Self.refused, used: Self.ok)?.contains("no order of the operations") == true)
    // in neither order does the client
    #expect(after(Self.ok, Self.ok, used: Self.unauthorized) != nil)
  }

  @Test("what ended before another operation began cannot come after it")
  func realTime() {
    #expect(
      history([
        [(create("erp"), Self.ok)], [(request("erp", "token"), Self.refused)], [(delete("erp"), Self.ok)],
      ]) != nil)
    #expect(
      history([
        [(create("erp"), Self.ok)], [(request("erp", "token"), Self.refused), (delete("erp"), Self.ok)],
      ]) == nil)
  }

  @Test("of two replacements at once both work")
  func replacements() {
    func after(_ first: Observation, _ second: Observation) -> String? {
      history([
        [(create("erp"), Self.ok)], [(replace("erp", "one"), Self.ok), (replace("erp", "two"), Self.ok)],
        [(request("one", "token-1"), first)], [(request("two", "token-2"), second)],
      ])
    }
    #expect(after(Self.ok, Self.ok) == nil)
    #expect(after(Self.refused, Self.ok) != nil)
    #expect(after(Self.ok, Self.refused) != nil)
  }

  @Test("each of several posts at once is delivered once, and the same bytes as often as they were accepted")
  func posts() {
    let before = [[(create("erp"), Self.ok)], [(request("erp", "token"), Self.ok)]]
    func after(_ sizes: [Int], _ counts: [String: Int]) -> String? {
      history(
        before + [sizes.enumerated().map { (post("token", "order-\($0.offset)", size: $0.element), Self.ok) }]
          + [[(.inbox(.first), inbox(counts))]])
    }
    #expect(after([2001, 2002], ["order-0": 1, "order-1": 1]) == nil)
    #expect(after([2001, 2002], ["order-0": 1, "order-1": 0]) != nil)
    #expect(after([2001, 2002], ["order-0": 2, "order-1": 1]) != nil)
    #expect(after([2001, 2001], ["order-0": 2, "order-1": 2]) == nil)
    #expect(after([2001, 2001], ["order-0": 1, "order-1": 1]) != nil)
  }

  @Test("no two clients get one token, and what is left out of a history contradicts nothing")
  func tokens() {
    func after(_ first: String, _ second: String) -> String? {
      history([
        [(create("erp"), Self.ok)], [(create("shop"), Self.ok)],
        [(request("erp", "token-1"), token(first)), (request("shop", "token-2"), token(second))],
      ])
    }
    #expect(after("a", "b") == nil)
    #expect(after("a", "a") == "erp and shop got the same token")
    #expect(history([]) == nil)
  }

  @Test("a list shows the clients that are there in some order")
  func lists() {
    func listed(_ names: [String: Bool]) -> Observation {
      var observation = Self.ok
      observation.listed = names
      return observation
    }
    func after(_ isListed: Bool, isTogether: Bool) -> String? {
      let list = (ModelAction.list(.first, .manager), listed(["erp": isListed, "shop": true]))
      let deletion = (delete("erp"), Self.ok)
      return history(
        [[(create("erp"), Self.ok)], [(create("shop"), Self.ok)]]
          + (isTogether ? [[deletion, list]] : [[deletion], [list]]))
    }
    #expect(after(true, isTogether: true) == nil)
    #expect(after(false, isTogether: true) == nil)
    #expect(after(false, isTogether: false) == nil)
    #expect(after(true, isTogether: false) != nil)
    let list = (ModelAction.list(.first, .manager), listed(["erp": false]))
    #expect(history([[(create("erp"), Self.ok)], [list]]) != nil)
  }

  @Test("six operations at once are judged in all their orders")
  func many() {
    let requests = (0..<5).map { (request("erp", "token-\($0)"), $0 < 3 ? Self.ok : Self.refused) }
    #expect(history([[(create("erp"), Self.ok)], requests + [(delete("erp"), Self.ok)]]) == nil)
    #expect(history([[(create("erp"), Self.ok)], requests]) != nil)
  }

  @Test("the same seed makes the same overlaps, of no more operations than asked for")
  func seeds() {
    func overlaps(_ seed: UInt64) -> [Overlap] {
      var plan = ExplorationPlan()
      (plan.runs, plan.seed) = (60, seed)
      return OverlapExplorer(Model(Sample.facts), plan, concurrency: 4) { _ in [:] }.overlaps
    }
    #expect(overlaps(1) == overlaps(1))
    #expect(overlaps(1) != overlaps(2))
    #expect(overlaps(1).allSatisfy { (2...4).contains($0.overlapping.count) })
    // each of the kinds of the guide
    let kinds = overlaps(1).map { Set($0.overlapping.map(\.kind)) }
    for kind in [Set([ModelAction.Kind.manage]), [.manage, .token], [.post], [.create], [.token]] {
      #expect(kinds.contains(kind))
    }
  }
}
