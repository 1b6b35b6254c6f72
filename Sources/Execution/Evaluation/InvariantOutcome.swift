// What the exchanges of a run show of one invariant.

import ConformanceModel
import HTTPModel
import Redaction
import RunEvents

/// The number of violations, and the first of them with their findings.
struct InvariantOutcome: Sendable {
  /// The number of exchanges of each verdict, and of each expected deviation, whose findings are listed.
  static let maxListed = 5

  private struct Violation {
    var verdict: Verdict
    var connection: ConnectionUse?
    /// The deviation that the findings show; `nil` if they are not expected.
    var deviation: Target.ExpectedDeviation?
    /// The findings of this verdict, if the violation is listed.
    var listed: [Finding] = []
    /// The case has failed for the same already.
    var isKnown = false
  }

  /// What is listed apart from each other.
  private struct Kind: Hashable {
    var verdict: Verdict
    var isKnown: Bool
  }

  /// The expected deviations of the invariant: each is listed for itself, and hides no other violation.
  private let deviations: [Target.ExpectedDeviation]

  /// The number of exchanges to which the invariant applied.
  private(set) var evaluated = 0
  /// One entry for each exchange and verdict.
  private var violations: [Violation] = []
  private var listedCounts: [Kind: Int] = [:]
  private var deviationCounts: [Target.ExpectedDeviation: Int] = [:]

  private static let gravestFirst: [Verdict] = [.failed, .errored, .warned]

  init(_ deviations: [Target.ExpectedDeviation] = []) { self.deviations = deviations }

  /// Adds what one exchange shows.
  ///
  /// - Parameters:
  ///   - known: What the case has found in the exchange.
  ///   - completed: Completes a finding that is listed, or compared with the expected deviations.
  mutating func add(
    _ findings: [Finding], on connection: ConnectionUse?, known: [Finding] = [], _ completed: (Finding) -> Finding
  ) {
    evaluated += 1
    // nearly always
    if findings.isEmpty { return }
    for verdict in InvariantOutcome.gravestFirst {
      var found = findings.filter { $0.verdict == verdict }
      if !deviations.isEmpty, !found.isEmpty { found = withoutDeviations(found.map(completed), on: connection) }
      guard !found.isEmpty else { continue }
      let isKnown = found.allSatisfy { one in
        one.seen != nil && known.contains { $0.verdict == verdict && $0.seen == one.seen }
      }
      let kind = Kind(verdict: verdict, isKnown: isKnown)
      let isListed = listedCounts[kind, default: 0] < InvariantOutcome.maxListed
      if isListed { listedCounts[kind, default: 0] += 1 }
      // completed above
      let listed = deviations.isEmpty ? found.map(completed) : found
      violations.append(
        Violation(verdict: verdict, connection: connection, listed: isListed ? listed : [], isKnown: isKnown))
    }
  }

  /// Adds those findings that show an expected deviation.
  ///
  /// - Returns: The others.
  private mutating func withoutDeviations(_ findings: [Finding], on connection: ConnectionUse?) -> [Finding] {
    findings.filter { finding in
      guard let deviation = deviations.first(where: { $0.describes(finding) }) else { return true }
      if deviationCounts[deviation, default: 0] < InvariantOutcome.maxListed {
        deviationCounts[deviation, default: 0] += 1
        violations.append(
          Violation(verdict: finding.verdict, connection: connection, deviation: deviation, listed: [finding]))
      }
      return false
    }
  }

  /// Removes the violations by exchanges whose responses are in doubt.
  mutating func remove(inDoubt surpluses: [ConnectionSurplus]) {
    violations.removeAll { violation in
      guard let use = violation.connection else { return false }
      return surpluses.contains { $0.connection == use.id && use.index >= $0.firstIndex }
    }
  }

  /// The findings, the gravest first, and for each verdict the number of violations if not all are listed. Those that no
  /// case has failed for are listed before the others.
  func findings(_ requirements: [Finding.RequirementName], _ place: Place) -> [Finding] {
    InvariantOutcome.gravestFirst.flatMap { verdict -> [Finding] in
      let expected = violations.filter { $0.verdict == verdict && $0.deviation != nil }
      let all = violations.filter { $0.verdict == verdict && $0.deviation == nil }
      let first = (all.filter { !$0.isKnown } + all.filter(\.isKnown)).filter { !$0.listed.isEmpty }
        .prefix(InvariantOutcome.maxListed)
      var findings = (expected + first).flatMap(\.listed)
      let listed = first.count
      if listed < all.count {
        var more = Finding(
          verdict, verdict == .errored ? .internal : .assertion,
          "\(all.count) of \(evaluated.counted("exchange")) have findings of this kind; \(listed) are listed",
          place: place)
        more.requirements = requirements
        findings.append(more)
      }
      return findings
    }
  }
}

/// What the exchanges of a run show of the built-in invariant: a request gets its response.
struct LostResponses: Sendable {
  /// A server may close a kept connection at any time (RFC 9112 section 9.5), but not again and again with requests in
  /// progress: this number of times warns.
  static let maxOnKeptConnections = 2

  /// The number of requests that got a response.
  var requests = 0
  private var onNew = Listed()
  private var onKept = Listed()
  /// Whether there was no response is not known: it may have come later.
  private var unusable = Listed()

  /// The first findings of a kind, and the number of all.
  private struct Listed {
    var first: [Finding] = []
    var count = 0

    mutating func add(_ finding: Finding) {
      count += 1
      if first.count < InvariantOutcome.maxListed { first.append(finding) }
    }

    /// The first ones, and one that counts all if there are more.
    func findings(_ verdict: Verdict, _ what: String) -> [Finding] {
      count == first.count
        ? first : first + [Finding(verdict, .connection, "\(count) requests \(what); \(first.count) are listed")]
    }
  }

  mutating func add(unusable finding: Finding) {
    requests += 1
    unusable.add(finding)
  }

  mutating func add(_ finding: Finding, isReused: Bool) {
    requests += 1
    if isReused { onKept.add(finding) } else { onNew.add(finding) }
  }

  var findings: [Finding] {
    let certain = onNew.findings(.failed, "on new connections got no response")
    let others = unusable.findings(.errored, "got no whole response")
    guard onKept.count > LostResponses.maxOnKeptConnections else { return certain + others }
    return certain + others + onKept.findings(.warned, "on kept connections got no response")
  }
}

extension Finding {
  /// The finding without secrets.
  func redacted(by redactor: SecretRedactor) -> Finding {
    var finding = self
    finding.statement = statement.map { redactor.redact($0) }
    finding.origin = origin.map { redactor.redact($0) }
    finding.subject = subject.map { redactor.redact($0) }
    finding.path = path.map { redactor.redact($0) }
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
