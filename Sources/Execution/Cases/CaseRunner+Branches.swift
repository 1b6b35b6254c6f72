// Runs the branches of `concurrently`, and takes over what they saved, found and counted.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents

extension CaseRunner {
  /// Runs branches at the same time; all of them finish before the case goes on.
  ///
  /// A name that one branch saves has its value after the branches. Copies of the same steps save their names with the
  /// suffixes `-1`, `-2`, ...; the plain name must not be in use then.
  ///
  /// - Returns: Whether the case goes on.
  func runBranches(_ branches: [[Step]], of step: Step, at slot: Int) async -> Bool {
    let outcomes = await withTaskGroup(of: (Int, BranchOutcome).self) { group in
      for (index, branch) in makeBranches(branches).enumerated() {
        group.addTask { (index, await branch.run()) }
      }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
    let continues = outcomes.allSatisfy(\.continues)
    var slot = slot
    for (outcome, steps) in zip(outcomes, branches) {
      ledger.take(outcome.ledger, at: slot)
      slot += CaseLedger.width(steps)
      scope.adoptSecrets(of: outcome.scope)
      findings += outcome.findings
      exchanges += outcome.exchanges
      skipReason = skipReason ?? outcome.skipReason
      isCutShort = isCutShort || outcome.isCutShort
      lostResponse = lostResponse ?? outcome.lostResponse
      hasStarted = hasStarted || outcome.hasStarted
      hasWaited = hasWaited || outcome.hasWaited
    }
    waitedSeconds += outcomes.map(\.waitedSeconds).max() ?? 0
    for (role, count) in CaseRunner.clientCounts(branches.joined()) { givenTaken[role, default: 0] += count }
    recordID = nil
    let areCopies = branches.dropFirst().allSatisfy { $0 == branches[0] }
    let isSaved = save(outcomes.map(\.scope), areCopies: areCopies, of: step)
    guard !step.expectations.isEmpty else { return isSaved && continues }
    return evaluate(step, outcomes, at: slot, isComplete: continues) && isSaved && continues
  }

  /// Evaluates what is expected of all branches together.
  ///
  /// - Parameter isComplete: Whether all branches ran to their end. If not, only what they saved is compared.
  /// - Returns: Whether the case goes on.
  private func evaluate(_ step: Step, _ outcomes: [BranchOutcome], at slot: Int, isComplete: Bool) -> Bool {
    let joint = JointEvaluation(
      scopes: outcomes.map(\.scope), succeeded: outcomes.count(where: \.hasSucceeded),
      matching: scope.matching(session.patterns))
    if isComplete { ledger.enter(.reached, at: slot) }
    var goesOn = true
    for expectation in step.expectations {
      do throws(UnresolvedReference) {
        guard let mismatches = try joint.mismatches(expectation.subject, isComplete: isComplete) else { continue }
        ledger.enter(.evaluated, at: slot)
        for mismatch in mismatches {
          let finding = finding(mismatch, expectation)
          note(finding, of: step)
          if finding.verdict != .warned { goesOn = false }
        }
      } catch {
        note(Finding(.errored, .internal, error.description, place: expectation.place), of: step)
        goesOn = false
      }
    }
    if goesOn { ledger.enter(.ended, at: slot) }
    return goesOn
  }

  private func makeBranches(_ branches: [[Step]]) -> [Branch] {
    var taken = givenTaken
    return branches.enumerated().map { index, steps in
      var scope = scope.branch()
      scope.index = .int(index + 1)
      let branch = Branch(
        environment: environment, planned: planned, part: part, steps: steps, scope: scope, givenTaken: taken,
        formerRuns: formerRuns, recordNumbers: recordNumbers)
      for (role, count) in CaseRunner.clientCounts(steps[...]) { taken[role, default: 0] += count }
      return branch
    }
  }

  /// What a branch gets from its case.
  private struct Branch: Sendable {
    var environment: CaseEnvironment
    var planned: PlannedCase
    var part: CasePart
    var steps: [Step]
    var scope: CaseScope
    var givenTaken: [ConnectorRole: Int]
    var formerRuns: Int
    var recordNumbers: RecordNumbers

    func run() async -> BranchOutcome {
      let runner = CaseRunner(
        environment: environment, planned: planned, ledger: CaseLedger(steps), scope: scope, givenTaken: givenTaken,
        formerRuns: formerRuns, recordNumbers: recordNumbers)
      runner.part = part
      let continues = await runner.runSteps(steps, at: 0)
      return runner.outcome(continues: continues)
    }
  }

  /// What a branch leaves to its case.
  private struct BranchOutcome: Sendable {
    /// Whether it ran to its end.
    var continues: Bool
    var scope: CaseScope
    var ledger: CaseLedger
    var findings: [Finding]
    var exchanges: Int
    var skipReason: String?
    var isCutShort: Bool
    var lostResponse: TransportError?
    var hasStarted: Bool
    var hasWaited: Bool
    var waitedSeconds: Double
    /// Whether it sent requests, and each of them succeeded.
    var hasSucceeded: Bool
  }

  private func outcome(continues: Bool) -> BranchOutcome {
    BranchOutcome(
      continues: continues, scope: scope, ledger: ledger, findings: findings, exchanges: exchanges,
      skipReason: skipReason, isCutShort: isCutShort, lostResponse: lostResponse, hasStarted: hasStarted,
      hasWaited: hasWaited, waitedSeconds: waitedSeconds,
      hasSucceeded: exchanges > 0 && !hasRefusals && findings.allSatisfy { $0.verdict == .warned })
  }

  /// Saves the names that the branches saved.
  ///
  /// - Returns: Whether each has one value.
  private func save(_ branches: [CaseScope], areCopies: Bool, of step: Step) -> Bool {
    let former = scope.names
    var savedBy: [String: Int] = [:]
    var ambiguous: Set<String> = []
    for (index, branch) in branches.enumerated() {
      for name in branch.savedNames {
        guard let value = branch.names[name] else { continue }
        if areCopies {
          if former[name] != nil { ambiguous.insert(name) }
          scope.save("\(name)-\(index + 1)", value)
        } else if savedBy.updateValue(index, forKey: name) != nil {
          ambiguous.insert(name)
        } else {
          scope.save(name, value)
        }
      }
    }
    for name in ambiguous.sorted() {
      let message =
        areCopies
        ? "'\(name)' is saved before 'concurrently' and again by each of its copies: use another name inside"
        : "'\(name)' is saved by more than one branch of 'concurrently': use a name for each"
      note(Finding(.errored, .internal, message), of: step)
    }
    return ambiguous.isEmpty
  }

  /// The number of clients that steps create, by connector.
  static func clientCounts(_ steps: some Sequence<Step>) -> [ConnectorRole: Int] {
    var counts: [ConnectorRole: Int] = [:]
    for step in steps {
      switch step.operation {
      case .createClient(_, let role): counts[role, default: 0] += 1
      case .repeat(let count, let inner):
        counts.merge(clientCounts(inner).mapValues { $0 * count }, uniquingKeysWith: +)
      case .concurrently(let branches): counts.merge(clientCounts(branches.joined()), uniquingKeysWith: +)
      default: break
      }
    }
    return counts
  }
}
