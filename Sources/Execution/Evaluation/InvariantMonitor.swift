// Evaluates the invariants on every exchange of a run.

import ConformanceModel
import HTTPModel
import Redaction
import RunEvents

/// Collects the mismatches of each invariant. The lock protects them: cases run on several threads.
final class InvariantMonitor: Sendable {
  /// The number of violations of an invariant that are listed; further ones are counted.
  private static let maxListed = 5

  private struct Outcome {
    var evaluated = 0
    var violated = 0
    var findings: [Finding] = []
  }

  private let plan: Plan
  private let outcomes: Locked<[Outcome]>
  /// The indices of the invariants that apply to each kind of action.
  private let byKind: [StepActionKind: [Int]]

  init(_ plan: Plan) {
    self.plan = plan
    outcomes = Locked(Array(repeating: Outcome(), count: plan.invariants.count))
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
  /// - Parameter exchange: The exchange as the log stores it.
  func evaluate(
    _ step: Step, _ evaluator: ResponseEvaluator, of planned: PlannedCase, at instant: SimulatedInstant,
    _ exchange: ExchangeRecord
  ) {
    // the output of a program or a person is not an HTTP response
    guard let indices = byKind[step.operation.kind], evaluator.result.exchange.request.method != "RUN" else { return }
    for index in indices {
      let invariant = plan.invariants[index]
      var findings: [Finding] = []
      /// The mismatches; `nil` if the expectation cannot be evaluated.
      func mismatches(_ expectation: Expectation) -> [Mismatch]? {
        do { return try evaluator.mismatches(expectation.subject) } catch {
          // a name that is unknown in this case makes the invariant inapplicable; a failed search does not
          guard let unresolved = error as? UnresolvedReference, unresolved.isPattern else { return nil }
          var finding = Finding(
            .errored, .internal, "\(unresolved); in \(planned.id), \(step.place.file):\(step.place.line)",
            place: expectation.place)
          finding.step = step.sentence
          findings.append(finding)
          return nil
        }
      }
      if invariant.condition.allSatisfy({ mismatches($0)?.isEmpty == true }) {
        for expectation in invariant.expectations {
          guard let mismatches = mismatches(expectation) else { continue }
          findings += mismatches.listed.map { finding($0, expectation, plan.level(of: invariant), step, planned) }
        }
      } else if findings.isEmpty {
        continue
      }
      outcomes.withLock { outcomes in
        outcomes[index].evaluated += 1
        guard !findings.isEmpty else { return }
        outcomes[index].violated += 1
        guard outcomes[index].violated <= InvariantMonitor.maxListed else { return }
        for var finding in findings {
          finding.exchange = exchange
          finding.simulated = instant
          finding.wall = WallClock.now
          finding.requirements = plan.requirementNames(of: invariant)
          // it is reported at the end of the run, after the case has released its secrets
          outcomes[index].findings.append(finding.redacted(by: evaluator.scope.session.redactor))
        }
      }
    }
  }

  private func finding(
    _ mismatch: Mismatch, _ expectation: Expectation, _ level: Level, _ step: Step, _ planned: PlannedCase
  ) -> Finding {
    let verdict: Verdict = expectation.level(under: level) == .must ? .failed : .warned
    var finding = Finding(mismatch, verdict, place: expectation.place)
    finding.message += "; in \(planned.id), \(step.place.file):\(step.place.line)"
    finding.step = step.sentence
    return finding
  }

  /// The records of the invariants at the end of a run.
  ///
  /// - Parameter unfinished: Why the run ended early.
  func records(
    startedAt: SimulatedInstant, simulatedStart: SimulatedInstant, at end: SimulatedInstant, unfinished: String?
  ) -> [CaseRecord] {
    let outcomes = outcomes.withLock { $0 }
    return plan.invariantCases.enumerated().map { index, planned in
      var record = CaseRecord(
        planned: planned, verdict: .passed, startedAt: startedAt, seconds: 0, simulatedStart: simulatedStart,
        simulatedEnd: end,
        exchanges: 0, findings: outcomes[index].findings)
      let place = plan.invariants[index].place
      if let gravest = [Verdict.failed, .errored, .warned].first(where: record.findings.map(\.verdict).contains) {
        record.verdict = gravest
        if outcomes[index].violated > InvariantMonitor.maxListed {
          var more = Finding(
            gravest, gravest == .errored ? .internal : .assertion,
            "\(outcomes[index].violated) of \(outcomes[index].evaluated) exchanges violate it; "
              + "\(InvariantMonitor.maxListed) are listed",
            place: place)
          more.requirements = planned.covers
          record.findings.append(more)
        }
      } else if let unfinished {
        record.verdict = .errored
        var finding = Finding(.errored, .internal, unfinished, place: place)
        finding.requirements = planned.covers
        record.findings = [finding]
      } else if outcomes[index].evaluated == 0 {
        record.verdict = .skipped
        record.reason = "not applicable: no matching request in this run"
      }
      return record
    }
  }
}

extension Finding {
  /// The finding without secrets.
  fileprivate func redacted(by redactor: SecretRedactor) -> Finding {
    var finding = self
    finding.message = redactor.redact(message)
    finding.expected = expected.map { redactor.redact($0) }
    finding.actual = actual.map { redactor.redact($0) }
    finding.exchange = exchange?.redacted(by: redactor)
    return finding
  }
}

extension ExchangeRecord {
  fileprivate func redacted(by redactor: SecretRedactor) -> ExchangeRecord {
    func clean(_ fields: [HeaderField]) -> [HeaderField] {
      fields.map { HeaderField($0.name, redactor.redact($0.value)) }
    }
    var record = self
    record.url = redactor.redact(url)
    record.requestHeaders = clean(requestHeaders)
    record.responseHeaders = clean(responseHeaders)
    record.requestBody.text = redactor.redact(requestBody.text)
    record.responseBody.text = redactor.redact(responseBody.text)
    return record
  }
}
