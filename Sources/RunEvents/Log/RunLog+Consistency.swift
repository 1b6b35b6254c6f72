// What no run writes: a verdict that its findings contradict, a second verdict of a case without a reason, and the end
// of a case that counts more exchanges than its steps have.

import ConformanceModel

extension RunLog {
  /// No text in an event can have these bytes: its quotes are escaped.
  private static let secondEvent = BytePattern(#"}{"event":"#)
  /// The writer leaves `holds` out if it is false.
  private static let brokenChecks = [
    BytePattern(#""severity":"must"}"#), BytePattern(#""severity":"must","holds":false"#),
  ]

  /// Why a log is no evidence whose event run-finished does not have the digest of what is before it.
  func change(of line: [UInt8], _ lineNumber: Int, _ digest: LogDigest) -> ReportError? {
    let reason: String
    switch digest.matches(line) {
    case true?: return nil
    case false?: reason = "the digest is not that of the log up to it; the log was changed after it was written"
    case nil:
      reason = "the event run-finished does not end with a digest; the log was changed, or an earlier version wrote it"
    }
    return ReportError(path: path, message: "line \(lineNumber): \(reason)")
  }

  /// Refuses a line with more than one event.
  func checkLine(_ line: [UInt8], _ lineNumber: Int) throws(ReportError) {
    guard RunLog.secondEvent.occurs(in: line) else { return }
    throw ReportError(path: path, message: "line \(lineNumber) has more than one event; the log was changed")
  }

  /// Remembers a step with an expectation that must hold and does not.
  func noteChecks(_ line: [UInt8], of number: Int, _ lineNumber: Int) {
    if RunLog.brokenChecks.contains(where: { $0.occurs(in: line) }) { brokenChecks[number] = lineNumber }
  }

  /// No text in an event can have these bytes: its quotes are escaped.
  private static let exchange = BytePattern(#","exchange":{"#)

  /// Refuses a line of the plan behind the end of its case, which would be forgotten.
  func checkPlan(of number: Int, _ lineNumber: Int) throws(ReportError) {
    guard hasEnded(number) else { return }
    throw ReportError(
      path: path,
      message: "line \(lineNumber): case \(number) is planned after its end; the log was changed")
  }

  /// Counts a step that has an exchange.
  func noteExchange(_ line: [UInt8], of number: Int) {
    guard RunLog.exchange.occurs(in: line) else { return }
    while recordedExchanges.count <= number { recordedExchanges.append(0) }
    recordedExchanges[number] += 1
  }

  /// Refuses a case of which steps are missing: what they show is what its verdict is believed for.
  func checkExchanges() throws(ReportError) {
    // the exchanges of an invariant are steps of other cases
    let invariants = suiteNumbers[Invariant.suite]
    for number in index.indices where hasEnded(number) && !index[number].isShared && index[number].suite != invariants {
      let counted = index[number].exchanges
      let recorded = number < recordedExchanges.count ? recordedExchanges[number] : 0
      guard recorded < counted else { continue }
      throw ReportError(
        path: path,
        message: "the case '\(try record(number).planned.id)' has \(Int(counted).counted("exchange")), but the log has "
          + "\(recorded) of them; the log was changed")
    }
  }

  /// Refuses a case that passed although one of its expectations does not hold.
  func checkPassedCases() throws(ReportError) {
    for (number, line) in brokenChecks.sorted(by: { $0.key < $1.key })
    where hasEnded(number) && verdict(number) == .passed {
      let record = try record(number)
      // the attempt before may have failed
      guard record.attempts <= 1 else { continue }
      throw ReportError(
        path: path,
        message: "line \(line): the case '\(record.planned.id)' has the verdict passed, which an expectation that does "
          + "not hold contradicts; the log was changed")
    }
  }

  /// Refuses the end of a case that contradicts itself, or an end of the same case before it.
  func check(_ record: CaseRecord, _ lineNumber: Int) throws(ReportError) {
    if let contradiction = record.contradiction ?? repetition(record) {
      throw ReportError(
        path: path, message: "line \(lineNumber): the case '\(record.planned.id)' \(contradiction); the log was changed"
      )
    }
    if record.verdict == .pending { formerlyPending.insert(record.planned.number) }
  }

  /// Why a case cannot end a second time like this. It can if it was pending, if it ran again, if its responses turned
  /// out to be in doubt, and if later cases show that an expected deviation no longer occurs. The invariants are judged
  /// again when pending cases are resumed.
  private func repetition(_ record: CaseRecord) -> String? {
    let number = record.planned.number
    // the logs of the shards were checked before they were merged
    let isResumedInvariant = record.planned.suite == Invariant.suite && !formerlyPending.isEmpty
    guard hasEnded(number), record.attempts <= 1, !isResumedInvariant,
      run.shards?.isMerged != true
    else { return nil }
    let former = verdict(number), now = record.verdict
    if former == .pending || now == .errored { return nil }
    if now == .failed || now == .warned && former != .failed && former != .errored { return nil }
    return "ends twice, as \(former.rawValue) and as \(now.rawValue)"
  }
}

extension CaseRecord {
  /// How the verdict contradicts the findings; `nil` if it is one that they can have.
  ///
  /// Findings that the target's expected deviations describe do not count for the verdict, and stay in the record: a
  /// record with these alone is skipped, with a reason that says so. They are assertions, never errored.
  fileprivate var contradiction: String? {
    func has(_ verdict: Verdict) -> Bool { findings.contains { $0.verdict == verdict } }
    let isConsistent =
      switch verdict {
      case .failed, .pending: true
      case .errored: has(.errored) || !has(.failed)
      case .warned:
        !has(.errored)
          && (!has(.failed) || has(.warned) && findings.allSatisfy { $0.verdict != .failed || $0.kind == .assertion })
      case .skipped:
        findings.isEmpty
          || reason?.hasPrefix(CaseRecord.expectedDeviation) == true
            && findings.allSatisfy { $0.verdict != .errored && $0.kind == .assertion }
      case .passed: findings.isEmpty
      }
    return isConsistent ? nil : "has the verdict \(verdict.rawValue), which its findings contradict"
  }

  /// The start of the reason of a case whose findings are all expected.
  package static let expectedDeviation = "expected deviation: "
  /// The start of the reason of a case that did not start because of the failures of others.
  package static let notRun = "not run: "
  /// The start of the reason of a case that these failures ended before it could be judged.
  package static let notFinished = "not finished: "

  /// Whether only the failures of other cases kept it from being judged.
  package var isCutShort: Bool {
    verdict == .skipped
      && [CaseRecord.notRun, CaseRecord.notFinished].contains { reason?.hasPrefix($0) == true }
  }
}
