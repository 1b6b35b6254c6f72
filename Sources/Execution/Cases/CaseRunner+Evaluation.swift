// What came back, judged and told.

import ConformanceModel
import HTTPModel
import JSONValue
import Redaction
import RunEvents

extension CaseRunner {
  /// - Returns: Whether the case can go on.
  func judge(_ answer: StepResult, _ step: Step) throws -> Bool {
    var answer = answer
    answer.disclosedSecrets += try conceal(answer)
    if let name = step.savedAs, let saved = answer.saved { scope.save(name, saved) }
    let judging = ResponseEvaluator(answer: answer, scope: scope, patterns: session.patterns)
    var checks: [CheckRecord] = []
    var found: [Finding] = []
    var unjudged: [(reason: UnresolvedReference, finding: Finding)] = []
    for expectation in step.expectations {
      let mismatches: [Mismatch]
      do {
        mismatches = try judging.mismatches(expectation.subject)
      } catch let unresolved as UnresolvedReference {
        unjudged.append((unresolved, Finding(.errored, .internal, unresolved.description, place: expectation.place)))
        continue
      }
      checks.append(
        CheckRecord(subject: expectation.subject.title, severity: expectation.severity, holds: mismatches.isEmpty))
      found += CaseRunner.shown(mismatches).map { finding($0, expectation) }
    }
    // what this step should have saved is not there for its other checks then, and why is said already
    let hasFailed = found.contains { $0.verdict != .warned }
    found += unjudged.filter { !hasFailed || $0.reason.isPattern }.map(\.finding)
    let exchange = ExchangeRecord(answer.exchange, redactor: session.redactor)
    environment.invariants?.judge(answer, step, judging, of: planned, at: environment.timeline.now, exchange)
    record(step, exchange, checks)
    for var finding in found {
      finding.exchange = exchange
      note(finding, of: step)
    }
    guard found.allSatisfy({ $0.verdict == .warned }) else { return false }
    try save(step.savings, of: answer)
    return try applies(judging, step)
  }

  /// So many differences of one expectation are told; an answer can have one for every two bytes.
  private static let maxMismatches = 10

  static func shown(_ mismatches: [Mismatch]) -> [Mismatch] {
    guard mismatches.count > maxMismatches + 1, let last = mismatches.last else { return mismatches }
    let more = mismatches.count - maxMismatches
    let rest = Mismatch(
      path: "", expected: "what was said of it",
      actual: "\(more) more differences, the last at \(Matching.start(of: last.path))")
    return mismatches.prefix(maxMismatches) + [rest]
  }

  /// Whether the rest of the case is about a service that answers like this.
  private func applies(_ judging: ResponseEvaluator, _ step: Step) throws -> Bool {
    for condition in step.condition {
      guard let mismatch = try judging.mismatches(condition.subject).first else { continue }
      endsEarly =
        "is about services that go on otherwise: \(step.sentence): \(condition.subject.title): \(mismatch.actual), and not \(mismatch.expected)"
      return false
    }
    return true
  }

  private func finding(_ mismatch: Mismatch, _ expectation: Expectation) -> Finding {
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
    var finding = Finding(
      verdict, .assertion, preparing ? "the preparation failed: \(message)" : message, place: expectation.place)
    finding.subject = subject
    finding.expected = mismatch.expected
    finding.actual = mismatch.actual
    return finding
  }

  private func save(_ savings: [Saving], of answer: StepResult) throws {
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
    environment.stream.emit(
      .stepFinished(
        StepRecord(
          number: planned.number, line: step.place.line, sentence: step.sentence, wall: WallClock.now,
          simulated: environment.timeline.now, exchange: exchange, checks: checks)))
  }

  func note(_ finding: Finding, of step: Step) {
    var finding = finding
    finding.step = step.sentence
    finding.place = finding.place ?? step.place
    note(finding)
  }

  func note(_ finding: Finding) {
    var finding = finding
    finding.requirements = planned.covers
    finding.simulated = environment.timeline.now
    finding.wall = WallClock.now
    findings.append(finding)
  }
}
