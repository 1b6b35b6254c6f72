// What came back, judged and told.

import Conformance

extension CasePlayer {
  /// - Returns: Whether the case can go on.
  func judge(_ answer: Answer, _ step: Step) throws -> Bool {
    var answer = answer
    answer.handsOut += try conceal(answer)
    if let name = step.savedAs, let saved = answer.saved { scope.save(name, saved) }
    let judging = Judging(answer: answer, scope: scope, patterns: session.patterns)
    var checks: [CheckRecord] = []
    var found: [Problem] = []
    var unjudged: [(reason: UnresolvedReference, problem: Problem)] = []
    for expectation in step.expectations {
      let mismatches: [Mismatch]
      do {
        mismatches = try judging.mismatches(expectation.subject)
      } catch let unresolved as UnresolvedReference {
        unjudged.append((unresolved, Problem(.errored, .internal, unresolved.description, place: expectation.place)))
        continue
      }
      checks.append(CheckRecord(subject: expectation.subject.title, severity: expectation.severity, holds: mismatches.isEmpty))
      found += CasePlayer.shown(mismatches).map { problem($0, expectation) }
    }
    // what this step should have saved is not there for its other checks then, and why is said already
    let hasFailed = found.contains { $0.verdict != .warned }
    found += unjudged.filter { !hasFailed || $0.reason.isPattern }.map(\.problem)
    let exchange = ExchangeRecord(answer.exchange, redactor: session.redactor)
    stage.invariants?.judge(answer, step, judging, of: planned, at: stage.timeline.now, exchange)
    record(step, exchange, checks)
    for var problem in found {
      problem.exchange = exchange
      note(problem, of: step)
    }
    guard found.allSatisfy({ $0.verdict == .warned }) else { return false }
    try save(step.savings, of: answer)
    return try applies(judging, step)
  }

  /// So many differences of one expectation are told; an answer can have one for every two bytes.
  private static let mostMismatches = 10

  static func shown(_ mismatches: [Mismatch]) -> [Mismatch] {
    guard mismatches.count > mostMismatches + 1, let last = mismatches.last else { return mismatches }
    let more = mismatches.count - mostMismatches
    let rest = Mismatch(path: "", expected: "what was said of it", actual: "\(more) more differences, the last at \(Matching.start(of: last.path))")
    return mismatches.prefix(mostMismatches) + [rest]
  }

  /// Whether the rest of the case is about a service that answers like this.
  private func applies(_ judging: Judging, _ step: Step) throws -> Bool {
    for condition in step.condition {
      guard let mismatch = try judging.mismatches(condition.subject).first else { continue }
      endsEarly = "is about services that go on otherwise: \(step.sentence): \(condition.subject.title): \(mismatch.actual), and not \(mismatch.expected)"
      return false
    }
    return true
  }

  private func problem(_ mismatch: Mismatch, _ expectation: Expectation) -> Problem {
    let path = Matching.start(of: mismatch.path)
    let subject = expectation.subject.title + (path.hasPrefix("/") ? ", \(path)" : path)
    let message = "\(subject): expected \(mismatch.expected), got \(mismatch.actual)"
    let verdict: Verdict
    if preparing {
      verdict = .errored
    } else {
      let level = expectation.level(under: planned.covers.map(\.level).max() ?? .must)
      verdict = level == .must ? .failed : .warned
    }
    var problem = Problem(verdict, .assertion, preparing ? "the preparation failed: \(message)" : message, place: expectation.place)
    problem.subject = subject
    problem.expected = mismatch.expected
    problem.actual = mismatch.actual
    return problem
  }

  private func save(_ savings: [Saving], of answer: Answer) throws {
    let response = answer.exchange.response
    for saving in savings {
      let value: JSON?
      switch saving.source {
      case .status: value = .int(response.status)
      case .text: value = .string(String(decoding: response.body, as: UTF8.self))
      case .header(let name): value = response.headers.first(name).map { .string($0) }
      case .json(let pointer): value = answer.body.flatMap { pointer.value(in: $0) }
      }
      guard let value else {
        throw TargetError("nothing could be saved as '\(saving.name)': the answer has no such part", kind: .protocol)
      }
      scope.save(saving.name, value)
    }
  }

  func record(_ step: Step, _ exchange: ExchangeRecord?, _ checks: [CheckRecord]) {
    stage.stream.emit(
      .stepPlayed(
        StepRecord(
          number: planned.number, line: step.place.line, sentence: step.sentence, wall: WallClock.now,
          simulated: stage.timeline.now, exchange: exchange, checks: checks)))
  }

  func note(_ problem: Problem, of step: Step) {
    var problem = problem
    problem.step = step.sentence
    problem.place = problem.place ?? step.place
    note(problem)
  }

  func note(_ problem: Problem) {
    var problem = problem
    problem.requirements = planned.covers
    problem.simulated = stage.timeline.now
    problem.wall = WallClock.now
    problems.append(problem)
  }
}
