// Holds every exchange of a run against the invariants.

import ConformanceModel
import HTTPModel
import Redaction
import RunEvents

/// What has been seen of each invariant. The lock protects it: cases are played on several threads.
final class InvariantMonitor: Sendable {
  /// So many exchanges that broke an invariant are shown whole; the others are counted.
  private static let shown = 5

  private struct Seen {
    var judged = 0
    var broken = 0
    var findings: [Finding] = []
  }

  private let plan: Plan
  private let seen: Locked<[Seen]>
  /// For each kind of operation the invariants that are about it.
  private let byKind: [StepActionKind: [Int]]

  init(_ plan: Plan) {
    self.plan = plan
    seen = Locked(Array(repeating: Seen(), count: plan.invariants.count))
    var byKind: [StepActionKind: [Int]] = [:]
    for (index, invariant) in plan.invariants.enumerated() {
      for kind in invariant.operations.isEmpty ? StepActionKind.sending : invariant.operations {
        byKind[kind, default: []].append(index)
      }
    }
    self.byKind = byKind
  }

  /// Judges one exchange.
  ///
  /// - Parameter exchange: The exchange as the log keeps it.
  func judge(
    _ answer: StepResult, _ step: Step, _ judging: ResponseEvaluator, of planned: PlannedCase,
    at instant: SimulatedInstant, _ exchange: ExchangeRecord
  ) {
    // what speaks no HTTP has no answer that could be judged
    guard let indices = byKind[step.operation.kind], answer.exchange.request.method != "RUN" else { return }
    for index in indices {
      let invariant = plan.invariants[index]
      var findings: [Finding] = []
      /// The differences; `nil` where it cannot be judged.
      func mismatches(_ expectation: Expectation) -> [Mismatch]? {
        do { return try judging.mismatches(expectation.subject) } catch {
          // a name that is not known here is none of its business; what could not be searched might have been found
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
          findings += CaseRunner.shown(mismatches).map {
            finding($0, expectation, plan.level(of: invariant), step, planned)
          }
        }
      } else if findings.isEmpty {
        continue
      }
      seen.withLock { seen in
        seen[index].judged += 1
        guard !findings.isEmpty else { return }
        seen[index].broken += 1
        guard seen[index].broken <= InvariantMonitor.shown else { return }
        for var finding in findings {
          finding.exchange = exchange
          finding.simulated = instant
          finding.wall = WallClock.now
          finding.requirements = plan.requirementNames(of: invariant)
          // it is told at the end of the run, when the case has let go of its secrets
          seen[index].findings.append(finding.redacted(by: judging.scope.session.redactor))
        }
      }
    }
  }

  private func finding(
    _ mismatch: Mismatch, _ expectation: Expectation, _ level: Level, _ step: Step, _ planned: PlannedCase
  ) -> Finding {
    let subject = expectation.subject.title + (mismatch.path.hasPrefix("/") ? ", \(mismatch.path)" : mismatch.path)
    let verdict: Verdict = expectation.level(under: level) == .must ? .failed : .warned
    var finding = Finding(
      verdict, .assertion,
      "\(subject): expected \(mismatch.expected), got \(mismatch.actual); in \(planned.id), \(step.place.file):\(step.place.line)",
      place: expectation.place)
    finding.subject = subject
    finding.expected = mismatch.expected
    finding.actual = mismatch.actual
    finding.step = step.sentence
    return finding
  }

  /// How each invariant stands at the end of a run.
  ///
  /// - Parameter unfinished: Why the run ended before its end.
  func records(
    startedAt: SimulatedInstant, simulatedStart: SimulatedInstant, at end: SimulatedInstant, unfinished: String?
  ) -> [CaseRecord] {
    let seen = seen.withLock { $0 }
    return plan.invariantCases.enumerated().map { index, planned in
      var record = CaseRecord(
        planned: planned, verdict: .passed, startedAt: startedAt, seconds: 0, simulatedStart: simulatedStart,
        simulatedEnd: end,
        exchanges: 0, findings: seen[index].findings)
      let place = plan.invariants[index].place
      if let hardest = [Verdict.failed, .errored, .warned].first(where: record.findings.map(\.verdict).contains) {
        record.verdict = hardest
        if seen[index].broken > InvariantMonitor.shown {
          var more = Finding(
            hardest, hardest == .errored ? .internal : .assertion,
            "\(seen[index].broken) of \(seen[index].judged) exchanges broke it; the first \(InvariantMonitor.shown) are shown",
            place: place)
          more.requirements = planned.covers
          record.findings.append(more)
        }
      } else if let unfinished {
        record.verdict = .errored
        var finding = Finding(.errored, .internal, unfinished, place: place)
        finding.requirements = planned.covers
        record.findings = [finding]
      } else if seen[index].judged == 0 {
        record.verdict = .skipped
        record.reason = "no exchange of this run is of its kind"
      }
      return record
    }
  }
}

extension Finding {
  /// Without secrets, as long as these are known.
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
