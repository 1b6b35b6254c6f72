// Holds every exchange of a run against the invariants.

import Conformance

/// What has been seen of each invariant. The lock protects it: cases are played on several threads.
final class InvariantWatch: Sendable {
  /// So many exchanges that broke an invariant are shown whole; the others are counted.
  private static let shown = 5

  private struct Seen {
    var judged = 0
    var broken = 0
    var problems: [Problem] = []
  }

  private let plan: Plan
  private let seen: Locked<[Seen]>
  /// For each kind of operation the invariants that are about it.
  private let byKind: [OperationKind: [Int]]

  init(_ plan: Plan) {
    self.plan = plan
    seen = Locked(Array(repeating: Seen(), count: plan.invariants.count))
    var byKind: [OperationKind: [Int]] = [:]
    for (index, invariant) in plan.invariants.enumerated() {
      for kind in invariant.operations.isEmpty ? OperationKind.sending : invariant.operations { byKind[kind, default: []].append(index) }
    }
    self.byKind = byKind
  }

  /// Judges one exchange.
  ///
  /// - Parameter exchange: The exchange as the log keeps it.
  func judge(_ answer: Answer, _ step: Step, _ judging: Judging, of planned: PlannedCase, at instant: Instant, _ exchange: ExchangeRecord) {
    // what speaks no HTTP has no answer that could be judged
    guard let indices = byKind[step.operation.kind], answer.exchange.request.method != "RUN" else { return }
    for index in indices {
      let invariant = plan.invariants[index]
      var problems: [Problem] = []
      /// The differences; `nil` where it cannot be judged.
      func mismatches(_ expectation: Expectation) -> [Mismatch]? {
        do { return try judging.mismatches(expectation.subject) } catch {
          // a name that is not known here is none of its business; what could not be searched might have been found
          guard let unresolved = error as? UnresolvedReference, unresolved.isPattern else { return nil }
          var problem = Problem(.errored, .internal, "\(unresolved); in \(planned.id), \(step.place.file):\(step.place.line)", place: expectation.place)
          problem.step = step.sentence
          problems.append(problem)
          return nil
        }
      }
      if invariant.condition.allSatisfy({ mismatches($0)?.isEmpty == true }) {
        for expectation in invariant.expectations {
          guard let mismatches = mismatches(expectation) else { continue }
          problems += CasePlayer.shown(mismatches).map { problem($0, expectation, plan.level(of: invariant), step, planned) }
        }
      } else if problems.isEmpty {
        continue
      }
      seen.withLock { seen in
        seen[index].judged += 1
        guard !problems.isEmpty else { return }
        seen[index].broken += 1
        guard seen[index].broken <= InvariantWatch.shown else { return }
        for var problem in problems {
          problem.exchange = exchange
          problem.simulated = instant
          problem.wall = WallClock.now
          problem.requirements = plan.requirementNames(of: invariant)
          // it is told at the end of the run, when the case has let go of its secrets
          seen[index].problems.append(problem.redacted(by: judging.scope.session.redactor))
        }
      }
    }
  }

  private func problem(_ mismatch: Mismatch, _ expectation: Expectation, _ level: Level, _ step: Step, _ planned: PlannedCase) -> Problem {
    let subject = expectation.subject.title + (mismatch.path.hasPrefix("/") ? ", \(mismatch.path)" : mismatch.path)
    let verdict: Verdict = expectation.level(under: level) == .must ? .failed : .warned
    var problem = Problem(
      verdict, .assertion, "\(subject): expected \(mismatch.expected), got \(mismatch.actual); in \(planned.id), \(step.place.file):\(step.place.line)",
      place: expectation.place)
    problem.subject = subject
    problem.expected = mismatch.expected
    problem.actual = mismatch.actual
    problem.step = step.sentence
    return problem
  }

  /// How each invariant stands at the end of a run.
  ///
  /// - Parameter unfinished: Why the run ended before its end.
  func records(startedAt: Instant, simulatedStart: Instant, at end: Instant, unfinished: String?) -> [CaseRecord] {
    let seen = seen.withLock { $0 }
    return plan.invariantCases.enumerated().map { index, planned in
      var record = CaseRecord(
        planned: planned, verdict: .passed, startedAt: startedAt, seconds: 0, simulatedStart: simulatedStart, simulatedEnd: end,
        exchanges: 0, problems: seen[index].problems)
      let place = plan.invariants[index].place
      if let hardest = [Verdict.failed, .errored, .warned].first(where: record.problems.map(\.verdict).contains) {
        record.verdict = hardest
        if seen[index].broken > InvariantWatch.shown {
          var more = Problem(
            hardest, hardest == .errored ? .internal : .assertion,
            "\(seen[index].broken) of \(seen[index].judged) exchanges broke it; the first \(InvariantWatch.shown) are shown", place: place)
          more.requirements = planned.covers
          record.problems.append(more)
        }
      } else if let unfinished {
        record.verdict = .errored
        var problem = Problem(.errored, .internal, unfinished, place: place)
        problem.requirements = planned.covers
        record.problems = [problem]
      } else if seen[index].judged == 0 {
        record.verdict = .skipped
        record.reason = "no exchange of this run is of its kind"
      }
      return record
    }
  }
}

extension Problem {
  /// Without secrets, as long as these are known.
  fileprivate func redacted(by redactor: Redactor) -> Problem {
    var problem = self
    problem.message = redactor.redact(message)
    problem.expected = expected.map { redactor.redact($0) }
    problem.actual = actual.map { redactor.redact($0) }
    problem.exchange = exchange?.redacted(by: redactor)
    return problem
  }
}

extension ExchangeRecord {
  fileprivate func redacted(by redactor: Redactor) -> ExchangeRecord {
    func clean(_ fields: [HeaderField]) -> [HeaderField] { fields.map { HeaderField($0.name, redactor.redact($0.value)) } }
    var record = self
    record.url = redactor.redact(url)
    record.requestHeaders = clean(requestHeaders)
    record.responseHeaders = clean(responseHeaders)
    record.requestBody.text = redactor.redact(requestBody.text)
    record.responseBody.text = redactor.redact(responseBody.text)
    return record
  }
}
