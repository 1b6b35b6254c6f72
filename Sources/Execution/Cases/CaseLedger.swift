// The account of one case: what it owes, and what of it was done.

import ConformanceModel
import RunEvents

/// Every step that a case has to run, with its repetitions and branches, and what is still open of each.
///
/// A case owes the end of every step, the evaluation of every expectation, and for every exchange its record in the run
/// log and its evaluation by the invariants. `passed` is granted here alone, by a ledger without gaps.
struct CaseLedger: Sendable {
  /// What is done of one step.
  enum Entry {
    case reached
    /// A response arrived.
    case received
    /// An exchange was written to the run log.
    case recorded
    /// The invariants were evaluated on an exchange.
    case monitored
    /// One of the expectations of the step was evaluated.
    case evaluated
    case ended
  }

  private struct Account {
    var isReached = false
    var hasEnded = false
    /// Why it does not have to run.
    var leftOut: String?
    /// Whether one of its expectations decides the case.
    var isJudging = false
    var openExpectations: Int
    var unrecorded = 0
    var unmonitored = 0

    var isSettled: Bool { hasEnded && openExpectations == 0 && unrecorded == 0 && unmonitored == 0 }
  }

  private let steps: [Step]
  private var accounts: [Account]

  init(_ steps: [Step]) {
    self.steps = steps
    accounts = CaseLedger.accounts(steps)
  }

  private static func accounts(_ steps: [Step]) -> [Account] {
    var accounts: [Account] = []
    for step in steps {
      switch step.operation {
      case .repeat(let count, let inner):
        let once = CaseLedger.accounts(inner)
        for _ in 0..<count { accounts += once }
      case .concurrently(let branches):
        for branch in branches { accounts += CaseLedger.accounts(branch) }
        // what is expected of all of them
        if !step.expectations.isEmpty { accounts.append(account(step)) }
      default: accounts.append(account(step))
      }
    }
    return accounts
  }

  private static func account(_ step: Step) -> Account {
    Account(isJudging: step.isJudging && !step.expectations.isEmpty, openExpectations: step.expectations.count)
  }

  /// The number of accounts that a step takes, one for each time that an action or a wait runs. What is expected of all
  /// branches together has the last one.
  static func width(_ step: Step) -> Int {
    switch step.operation {
    case .repeat(let count, let inner): count * width(inner)
    case .concurrently(let branches): branches.reduce(step.expectations.isEmpty ? 0 : 1) { $0 + width($1) }
    default: 1
    }
  }

  static func width(_ steps: some Sequence<Step>) -> Int { steps.reduce(0) { $0 + width($1) } }

  mutating func enter(_ entry: Entry, at slot: Int) {
    guard accounts.indices.contains(slot) else { return }
    switch entry {
    case .reached: accounts[slot].isReached = true
    case .received:
      accounts[slot].unrecorded += 1
      accounts[slot].unmonitored += 1
    case .recorded: accounts[slot].unrecorded -= 1
    case .monitored: accounts[slot].unmonitored -= 1
    case .evaluated: accounts[slot].openExpectations -= 1
    case .ended: accounts[slot].hasEnded = true
    }
  }

  /// Takes over the accounts of a branch, whose first step has this slot.
  mutating func take(_ branch: CaseLedger, at slot: Int) {
    guard slot >= 0, slot + branch.accounts.count <= accounts.count else { return }
    accounts.replaceSubrange(slot..<slot + branch.accounts.count, with: branch.accounts)
  }

  /// Settles the steps that ran before the case was pending: the run that it is resumed from recorded them.
  ///
  /// - Parameter leftOut: Why some of them were left out, by their accounts.
  mutating func settle(first count: Int, leftOut: [Int: String] = [:]) {
    for slot in 0..<min(CaseLedger.width(steps.prefix(count)), accounts.count) {
      settle(at: slot)
      accounts[slot].leftOut = leftOut[slot]
    }
  }

  /// The actions of the steps before this one, in their order.
  func steps(before step: Step) -> [Step] { Array(steps.flatMap(\.leaves).prefix { $0.place != step.place }) }

  /// Settles a step whose outcome is not owed.
  mutating func settle(at slot: Int) {
    guard accounts.indices.contains(slot) else { return }
    accounts[slot].isReached = true
    accounts[slot].hasEnded = true
    accounts[slot].openExpectations = 0
  }

  /// Settles a step that does not have to run, with all that is nested in it.
  mutating func leaveOut(_ step: Step, at slot: Int, _ reason: String) {
    for slot in slot..<slot + CaseLedger.width(step) where accounts.indices.contains(slot) {
      settle(at: slot)
      accounts[slot].leftOut = reason
    }
  }

  /// Why steps were left out, by their accounts.
  var leftOut: [Int: String] {
    Dictionary(
      accounts.indices.compactMap { slot in accounts[slot].leftOut.map { (slot, $0) } }, uniquingKeysWith: { $1 })
  }

  /// Why none of these steps judged anything, if all that would have were left out: the case shows nothing then.
  func unjudgedReason(in slots: Range<Int>) -> String? {
    let judging = accounts[slots.clamped(to: accounts.indices)].filter(\.isJudging)
    guard let reason = judging.first?.leftOut, judging.allSatisfy({ $0.leftOut != nil }) else { return nil }
    return "none of its expectations applies: not run: \(reason)"
  }

  /// How many exchanges are not in the run log.
  var unrecorded: Int { accounts.reduce(0) { $0 + max(0, $1.unrecorded) } }

  // MARK: - The verdict

  /// The verdict of a case, from the gravest of its findings.
  ///
  /// - Parameter gaps: What was not done; a case with gaps has not passed.
  static func verdict(of findings: [Finding], gaps: [String]) -> Verdict {
    if findings.contains(where: { $0.verdict == .failed }) { return .failed }
    if !gaps.isEmpty || findings.contains(where: { $0.verdict == .errored }) { return .errored }
    return findings.isEmpty ? .passed : .warned
  }

  /// What is open of the case.
  ///
  /// - Parameter isSkipped: The rest of the case does not apply: steps that were not reached are not owed.
  func gaps(isSkipped: Bool) -> [String] {
    if steps.isEmpty { return ["it has no step"] }
    return summary {
      !$0.isSettled && ($0.isReached || !isSkipped)
    } words: { account in
      if !account.isReached { return "not run" }
      if account.unrecorded != 0 { return "with an exchange that was not recorded" }
      if account.unmonitored != 0 { return "with an exchange that the invariants were not evaluated on" }
      return account.openExpectations == 0
        ? "not finished" : "with \(account.openExpectations.counted("expectation")) not evaluated"
    }
  }

  /// The steps that were not reached or left out, as sentences.
  var notRun: [String] {
    summary {
      !$0.isReached || $0.leftOut != nil
    } words: {
      $0.leftOut ?? ""
    }
  }

  /// The number of steps that are listed.
  private static let maxListed = 50

  /// The steps for which a condition holds; equal neighbours are counted.
  private func summary(_ condition: (Account) -> Bool, words: (Account) -> String) -> [String] {
    guard accounts.contains(where: condition) else { return [] }
    var lines: [(text: String, count: Int)] = []
    var slot = 0
    func visit(_ steps: [Step]) {
      for step in steps {
        switch step.operation {
        case .repeat(let count, let inner): for _ in 0..<count { visit(inner) }
        case .concurrently(let branches):
          branches.forEach(visit)
          if !step.expectations.isEmpty { add(step) }
        default: add(step)
        }
      }
    }
    func add(_ step: Step) {
      if condition(accounts[slot]) {
        let words = words(accounts[slot])
        let text = words.isEmpty ? step.sentence : "\(step.sentence): \(words)"
        if lines.last?.text == text { lines[lines.count - 1].count += 1 } else { lines.append((text, 1)) }
      }
      slot += 1
    }
    visit(steps)
    let rest = lines.count - CaseLedger.maxListed
    return lines.prefix(CaseLedger.maxListed).map { $0.count == 1 ? $0.text : "\($0.text) (\($0.count) times)" }
      + (rest > 0 ? ["\(rest.counted("more step"))"] : [])
  }
}
