// The cases of a plan in the order in which they start: the plan's own, shuffled, or only those that are resumed.

import RunEvents

/// Returns each case once. A class, since only the timeline's coordinator takes from it while a run is under way.
final class CaseQueue {
  struct Item: Sendable {
    var planned: Plan.Case
    /// The state from which it continues, if an earlier run began it.
    var state: PendingState?
  }

  private let plan: Plan
  private var inOrder: Plan.CaseSequence
  /// The numbers in another order; `nil` for the plan's own.
  private let shuffled: [Int]?
  private let resumed: [PendingState]?
  /// How many of `shuffled` or `resumed` were taken.
  private var taken = 0

  init(_ plan: Plan, shuffle seed: UInt64?, resumed: [PendingState]? = nil) {
    self.plan = plan
    self.resumed = resumed
    inOrder = plan.cases
    shuffled = resumed == nil ? seed.map(plan.shuffled(seed:)) : nil
  }

  func next() -> Item? {
    if let resumed {
      while taken < resumed.count {
        defer { taken += 1 }
        if let planned = plan.makeCase(id: resumed[taken].id, number: resumed[taken].number) {
          return Item(planned: planned, state: resumed[taken])
        }
      }
      return nil
    }
    guard let shuffled else {
      while let planned = inOrder.next() {
        if plan.runs(planned.number) { return Item(planned: planned) }
      }
      return nil
    }
    while taken < shuffled.count {
      defer { taken += 1 }
      if plan.runs(shuffled[taken]) { return plan.makeCase(number: shuffled[taken]).map { Item(planned: $0) } }
    }
    return nil
  }
}
