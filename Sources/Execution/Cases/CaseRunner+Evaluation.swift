// Evaluates the response of a step, and records both.

import ConformanceModel
import HTTPModel
import JSONValue
import Redaction
import RunEvents

extension CaseRunner {
  /// Evaluates the expectations of a step and the invariants, and saves what later steps use.
  ///
  /// - Returns: Whether the case goes on.
  func evaluate(_ result: StepResult, _ step: Step) throws -> Bool {
    var result = result
    let disclosed = try registerSecrets(of: result)
    if !disclosed.isEmpty { result.disclosedSecrets += disclosed }
    unrecorded = result
    if !result.statusMeansSuccess || result.missingReason != nil { hasRefusals = true }
    if planned.suite == PlannedCase.probeSuite { probed = result }
    if let name = step.savedAs, let saved = result.saved { scope.save(name, saved) }
    let evaluator = ResponseEvaluator(result, scope: scope, patterns: session.patterns)
    var checks: [CheckRecord] = []
    var found: [Finding] = []
    var consequences: [Finding] = []
    var unevaluated: [(reason: UnresolvedReference, finding: Finding)] = []
    for expectation in step.expectations {
      let mismatches: [Mismatch]
      do {
        mismatches = try evaluator.mismatches(expectation.subject)
      } catch let unresolved as UnresolvedReference where scope.excuses(unresolved) {
        ledger.enter(.evaluated, at: slot)
        continue
      } catch let unresolved as UnresolvedReference {
        unevaluated.append((unresolved, Finding(.errored, .internal, unresolved.description, place: expectation.place)))
        continue
      } catch let truncated as TruncatedResponse {
        let message = "\(expectation.subject.title): not evaluated: \(truncated)"
        found.append(Finding(.errored, .internal, message, place: expectation.place))
        continue
      } catch let slip as TargetFileSlip {
        // several expectations may need what one locator finds
        if !found.contains(where: { $0.message == slip.description }) {
          found.append(Finding(.errored, .internal, slip.description, place: slip.place ?? expectation.place))
        }
        continue
      }
      ledger.enter(.evaluated, at: slot)
      checks.append(
        CheckRecord(subject: expectation.subject.title, severity: expectation.severity, holds: mismatches.isEmpty))
      for mismatch in mismatches.listed {
        let finding = finding(mismatch, expectation)
        if expectation.followsFromStatus(mismatch) { consequences.append(finding) } else { found.append(finding) }
      }
    }
    found += CaseRunner.independent(consequences, of: found, isSuccess: result.statusMeansSuccess)
    // a failed step may not have saved its names: that they are unknown needs no finding of its own
    let hasFailed = found.contains { $0.verdict != .warned }
    found += unevaluated.filter { !hasFailed || $0.reason.isPattern }.map(\.finding)
    explain(&found, result, step)
    let exchange = ExchangeRecord(result.exchange, redactor: session.redactor)
    monitor(evaluator, step, exchange, found: found)
    record(step, exchange, checks)
    ledger.enter(.recorded, at: slot)
    unrecorded = nil
    for var finding in found {
      finding.exchange = exchange
      note(finding, of: step)
    }
    guard found.allSatisfy({ $0.verdict == .warned }) else { return false }
    // another recommendation that fails explains no missing value
    if let name = step.savedAs, result.saved == nil, found.contains(where: { $0.mismatch == .outcome }) {
      scope.excuse(name)
    }
    try save(step.savings, of: result)
    return try applies(evaluator, step)
  }

  /// The findings that the status does not explain: a response without success has one finding, its status.
  private static func independent(_ consequences: [Finding], of found: [Finding], isSuccess: Bool) -> [Finding] {
    func isAboutStatus(_ finding: Finding) -> Bool {
      finding.verdict != .warned
        && (finding.mismatch == .outcome || !isSuccess && finding.subject == Expectation.Subject.statusTitle)
    }
    if found.contains(where: isAboutStatus) { return [] }
    return consequences.first(where: isAboutStatus).map { [$0] } ?? consequences
  }

  /// Whether the rest of the case applies to this target.
  func applies(_ evaluator: ResponseEvaluator, _ step: Step) throws -> Bool {
    for condition in step.condition {
      guard let mismatch = try evaluator.mismatches(condition.subject).first else { continue }
      skipReason =
        "applies only to services that respond differently: \(step.sentence): \(condition.subject.title): "
        + "expected \(mismatch.expected), got \(mismatch.actual)"
      return false
    }
    return true
  }

  func finding(_ mismatch: Mismatch, _ expectation: Expectation) -> Finding {
    // what a service does before or after what the case verifies is no verdict on it
    guard part == .main else { return Finding(mismatch, .errored, of: part, place: expectation.place) }
    let level = expectation.level(under: planned.covers.map(\.level).max() ?? .must)
    return Finding(mismatch, level == .must ? .failed : .warned, place: expectation.place)
  }

  private func save(_ savings: [Saving], of result: StepResult) throws {
    let response = result.exchange.response
    for saving in savings {
      let value: JSON?
      switch saving.source {
      case .status: value = .int(response.status)
      case .text:
        if response.isCut { throw TruncatedResponse(response) }
        value = .string(String(decoding: response.body, as: UTF8.self))
      case .header(let name): value = response.headers.first(name).map { .string($0) }
      case .json(let pointer):
        if response.isCut { throw TruncatedResponse(response) }
        value = result.body.flatMap { pointer.value(in: $0) }
      }
      guard let value else {
        throw TargetError("the response has no part to save as '\(saving.name)'", kind: .protocol)
      }
      scope.save(saving.name, value)
    }
  }

  func record(_ step: Step, _ exchange: ExchangeRecord?, _ checks: [CheckRecord], notRun: String? = nil) {
    let id = recordNumbers.next()
    recordID = id
    var record = StepRecord(
      number: planned.number, id: id, line: (step.usedAt ?? step.place).line, sentence: step.sentence,
      wall: WallClock.now,
      simulated: environment.timeline.now, exchange: exchange, checks: checks)
    record.notRun = notRun
    environment.stream.emit(.stepFinished(record))
  }

  func note(_ finding: Finding, of step: Step) {
    var finding = finding
    finding.step = step.sentence
    finding.stepID = recordID
    finding.isCleanup = part == .cleanup
    finding.place = finding.place ?? step.place
    finding.usedAt = step.usedAt
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

extension Expectation {
  /// Whether a response without success has this mismatch because of its status: it lacks what a success has, or is not
  /// of its form. What it must not contain is a finding of its own.
  fileprivate func followsFromStatus(_ mismatch: Mismatch) -> Bool {
    switch subject {
    case .mediaType: !binds
    case .listed, .unlisted, .delivered, .received: mismatch.kind == .outcome
    case .json, .xml, .header, .saved: !binds && [.missing, .unreadable].contains(mismatch.kind)
    default: false
    }
  }
}

extension Finding {
  /// - Parameter part: The part of the scenario that the step is in.
  init(_ mismatch: Mismatch, _ verdict: Verdict, of part: CasePart = .main, place: Place?) {
    self.init(verdict, .assertion, place: place)
    self.mismatch = mismatch.kind
    isSetup = part == .setup
    isCleanup = part == .cleanup
    subject = mismatch.subject
    path = mismatch.path.isEmpty ? nil : Matching.start(of: mismatch.path)
    expected = mismatch.expected.isEmpty ? nil : mismatch.expected
    actual = mismatch.actual
    hint = mismatch.hint
    message = self.part.map { "\($0) failed: \(sentence())" } ?? sentence()
  }
}
