// Evaluates the invariants on every exchange of a run.

import ConformanceModel
import HTTPModel
import Redaction
import RunEvents

/// Collects the violations of each invariant. The lock protects them: cases run on several threads.
///
/// Every exchange is evaluated and every violation counts for the verdict; only the list of findings is limited.
final class InvariantMonitor: Sendable {
  private let plan: Plan
  private let redactor: SecretRedactor
  private let outcomes: Locked<[InvariantOutcome]>
  private let lostResponses = Locked(LostResponses())
  /// The indices of the invariants that apply to each kind of action.
  private let byKind: [StepActionKind: [Int]]

  init(_ plan: Plan, redactor: SecretRedactor) {
    self.plan = plan
    self.redactor = redactor
    let deviations = Dictionary(grouping: plan.target.expectedDeviations, by: \.id)
    outcomes = Locked(plan.invariants.map { InvariantOutcome(deviations[$0.id] ?? []) })
    var byKind: [StepActionKind: [Int]] = [:]
    for (index, invariant) in plan.invariants.enumerated() {
      for kind in invariant.operations.isEmpty ? StepActionKind.sending : invariant.operations {
        byKind[kind, default: []].append(index)
      }
    }
    self.byKind = byKind
  }

  /// Evaluates the invariants on one exchange.
  ///
  /// - Parameters:
  ///   - exchange: The exchange as the log stores it.
  ///   - known: What the case has found in it.
  func evaluate(
    _ step: Step, _ evaluator: ResponseEvaluator, of planned: PlannedCase, at instant: SimulatedInstant,
    _ exchange: ExchangeRecord, known: [Finding] = []
  ) {
    // the output of a program or a person is not an HTTP response
    guard evaluator.result.exchange.request.method != "RUN" else { return }
    lostResponses.withLock { $0.requests += 1 }
    // another URL is not the endpoint that the operation is about
    let kind = step.operation.hasOtherURL ? .http : step.operation.kind
    for index in byKind[kind] ?? [] {
      let invariant = plan.invariants[index]
      guard let findings = findings(invariant, evaluator, step, planned) else { continue }
      outcomes.withLock {
        $0[index].add(findings, on: evaluator.result.exchange.connection, known: known) { finding in
          completed(finding, plan.requirementNames(of: invariant), step, planned, instant, exchange)
        }
      }
    }
  }

  /// What an invariant finds in one exchange; `nil` if it does not apply.
  private func findings(
    _ invariant: Invariant, _ evaluator: ResponseEvaluator, _ step: Step, _ planned: PlannedCase
  ) -> [Finding]? {
    var findings: [Finding] = []
    /// The mismatches; `nil` if the expectation cannot be evaluated.
    func mismatches(_ expectation: Expectation) -> [Mismatch]? {
      do { return try evaluator.mismatches(expectation.subject) } catch {
        // a name that is unknown in this case makes the invariant inapplicable; a failed search does not
        if let unresolved = error as? UnresolvedReference, !unresolved.isPattern { return nil }
        let subject = error is TruncatedResponse ? "\(expectation.subject.title): not evaluated: " : ""
        findings.append(Finding(.errored, .internal, "\(subject)\(error)", place: expectation.place))
        return nil
      }
    }
    for condition in invariant.condition {
      guard let mismatches = mismatches(condition) else { return findings.isEmpty ? nil : findings }
      if !mismatches.isEmpty { return nil }
    }
    var isEvaluated = false
    for expectation in invariant.expectations {
      guard let mismatches = mismatches(expectation) else { continue }
      isEvaluated = true
      if mismatches.isEmpty { continue }
      let level = plan.level(of: invariant)
      let verdict: Verdict = expectation.level(under: level) == .must ? .failed : .warned
      findings += mismatches.listed.map { Finding($0, verdict, place: expectation.place) }
    }
    return isEvaluated || !findings.isEmpty ? findings : nil
  }

  /// Notes an exchange that could not be evaluated.
  func missed(_ step: Step, of planned: PlannedCase, _ reason: String) {
    // another URL is not the endpoint that the operation is about
    let kind = step.operation.hasOtherURL ? .http : step.operation.kind
    for index in byKind[kind] ?? [] {
      let invariant = plan.invariants[index]
      let finding = Finding(.errored, .internal, "not evaluated: \(reason)", place: invariant.place)
      let requirements = plan.requirementNames(of: invariant)
      outcomes.withLock {
        $0[index].add([finding], on: nil) { completed($0, requirements, step, planned, nil, nil) }
      }
    }
  }

  /// Notes a request whose connection closed without a response.
  func lost(_ exchange: ExchangeRecord, isReused: Bool, _ step: Step, of planned: PlannedCase) {
    let finding = Finding(
      isReused ? .warned : .failed, .connection,
      "no response: \(exchange.failure ?? "the connection closed") "
        + (isReused ? "(on a kept connection)" : "(on a new connection)"),
      place: step.place)
    lostResponses.withLock {
      $0.add(completed(finding, planned.covers, step, planned, nil, exchange), isReused: isReused)
    }
  }

  /// Notes a request whose response did not come in time, or cannot be read.
  func unusable(_ exchange: ExchangeRecord, _ step: Step, of planned: PlannedCase) {
    let finding = Finding(
      .errored, .connection, "no whole response: \(exchange.failure ?? "the exchange failed")", place: step.place)
    lostResponses.withLock { $0.add(unusable: completed(finding, planned.covers, step, planned, nil, exchange)) }
  }

  /// A finding with all that a report shows of it, and without secrets: it is reported at the end of the run, after its
  /// case has released them.
  private func completed(
    _ finding: Finding, _ requirements: [Finding.RequirementName], _ step: Step, _ planned: PlannedCase,
    _ instant: SimulatedInstant?, _ exchange: ExchangeRecord?
  ) -> Finding {
    var finding = finding
    let place = step.usedAt ?? step.place
    finding.origin = "\(planned.id), \(place.file):\(place.line)"
    finding.exchange = exchange
    finding.step = step.sentence
    finding.simulated = instant
    finding.wall = WallClock.now
    finding.requirements = requirements
    return finding.redacted(by: redactor)
  }

  /// Removes the violations by exchanges whose responses are in doubt.
  func remove(inDoubt surpluses: [ConnectionSurplus]) {
    outcomes.withLock { outcomes in
      for index in outcomes.indices { outcomes[index].remove(inDoubt: surpluses) }
    }
  }

  /// The records of the invariants at the end of a run.
  ///
  /// - Parameters:
  ///   - unfinished: Why the run ended early.
  ///   - former: The records of the run that this one resumes.
  func records(
    startedAt: SimulatedInstant, simulatedStart: SimulatedInstant, at end: SimulatedInstant, unfinished: String?,
    former: [CaseRecord] = []
  ) -> [CaseRecord] {
    let former = Dictionary(former.map { ($0.planned.id, $0) }, uniquingKeysWith: { $1 })
    func record(_ planned: PlannedCase, _ findings: [Finding], isApplicable: Bool, _ place: Place?) -> CaseRecord {
      var record = CaseRecord(
        planned: planned, verdict: .skipped, startedAt: startedAt, seconds: 0, simulatedStart: simulatedStart,
        simulatedEnd: end, exchanges: 0, findings: findings)
      let verdict = CaseLedger.verdict(of: findings, gaps: unfinished.map { [$0] } ?? [])
      if let unfinished, verdict == .errored {
        var finding = Finding(.errored, .internal, unfinished, place: place)
        finding.requirements = planned.covers
        record.findings.append(finding)
      }
      if isApplicable || !record.findings.isEmpty {
        record.verdict = verdict
      } else {
        record.reason = "not applicable: no matching request in this run"
      }
      return former[planned.id].map { record.resuming($0) } ?? record
    }
    let outcomes = outcomes.withLock { $0 }
    var cases = plan.invariantCases.makeIterator()
    var records: [CaseRecord] = []
    for (invariant, outcome) in zip(plan.invariants, outcomes) {
      guard let planned = cases.next() else { break }
      let findings = outcome.findings(planned.covers, invariant.place)
      records.append(record(planned, findings, isApplicable: outcome.evaluated > 0, invariant.place))
    }
    if let planned = cases.next() {
      let lost = lostResponses.withLock { $0 }
      records.append(record(planned, lost.findings, isApplicable: lost.requests > 0, nil))
    }
    return records
  }
}

extension CaseRecord {
  /// The record of an invariant over the exchanges of a run and of the run that it resumes.
  fileprivate func resuming(_ former: CaseRecord) -> CaseRecord {
    var record = self
    record.planned = former.planned
    record.startedAt = former.startedAt
    record.simulatedStart = min(former.simulatedStart, simulatedStart)
    if former.verdict == .skipped, former.findings.isEmpty { return record }
    // an expected deviation is skipped with its findings, and weighed again with those of both runs
    record.findings = former.findings + findings
    record.verdict = CaseLedger.verdict(of: record.findings, gaps: [])
    record.reason = nil
    return record
  }
}
