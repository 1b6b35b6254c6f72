// Hands out the cases of a plan that are played here, in its order or shuffled, or only those that are resumed.

import RunEvents

/// Gives each case once. A class, since the timeline's coordinator takes from it; nobody else does while a run goes on.
final class CaseQueue {
  struct Item: Sendable {
    var planned: Plan.Case
    /// Where it goes on, if it was begun in an earlier run.
    var state: PendingState?
  }

  private let plan: Plan
  private var inOrder: Plan.CaseSequence
  /// The numbers in another order; `nil` where the plan's own is wanted.
  private let shuffled: [Int]?
  private let resumed: [PendingState]?
  private var given = 0

  init(_ plan: Plan, shuffle seed: UInt64?, resumed: [PendingState]? = nil) {
    self.plan = plan
    self.resumed = resumed
    inOrder = plan.cases
    shuffled = resumed == nil ? seed.map(plan.shuffled(seed:)) : nil
  }

  func next() -> Item? {
    if let resumed {
      while given < resumed.count {
        defer { given += 1 }
        if let planned = plan.makeCase(id: resumed[given].id, number: resumed[given].number) {
          return Item(planned: planned, state: resumed[given])
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
    while given < shuffled.count {
      defer { given += 1 }
      if plan.runs(shuffled[given]) { return plan.makeCase(number: shuffled[given]).map { Item(planned: $0) } }
    }
    return nil
  }
}
