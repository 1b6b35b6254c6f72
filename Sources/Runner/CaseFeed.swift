// Hands out the cases of a plan, in its order or shuffled.

/// Gives each case once. A class, since the timeline's coordinator takes from it; nobody else does while a run goes on.
final class CaseFeed {
  private let plan: Plan
  private var inOrder: Plan.CaseSequence
  /// The numbers in another order; `nil` where the plan's own is wanted.
  private let shuffled: [Int]?
  private var given = 0

  init(_ plan: Plan, shuffle seed: UInt64?) {
    self.plan = plan
    inOrder = plan.cases
    shuffled = seed.map(plan.shuffled(seed:))
  }

  func next() -> Plan.Case? {
    guard let shuffled else {
      guard let one = inOrder.next() else { return nil }
      given += 1
      return one
    }
    guard given < shuffled.count else { return nil }
    defer { given += 1 }
    return plan.makeCase(number: shuffled[given])
  }

  /// Whether the case with this number was handed out.
  func hasGiven(_ number: Int) -> Bool {
    guard let shuffled else { return number < given }
    return shuffled[..<given].contains(number)
  }
}
