// Deliberate deviations of the service, to test a pack: one small deviation at a time.

import ConformanceModel

/// A single named deviation from the documented behaviour.
public struct Fault: Sendable {
  public enum Area: String, Sendable, CaseIterable {
    case expiry, secrets, clients, isolation, tokens, assertions, certificates, state, bearer, payload, concurrency,
      connections, combined
  }

  public enum Severity: String, Sendable, CaseIterable {
    /// Accepts what it must refuse, discloses a secret, or loses a payload that it accepted.
    case critical
    /// Violates a requirement with the level `must`.
    case major
    /// Violates a requirement with the level `should`.
    case minor
  }

  public let name: String
  public let severity: Severity
  public let area: Area
  /// What the service does wrong, in one sentence.
  public let sentence: String
  /// Changes the decisions of the correct service.
  let apply: @Sendable (inout Policy) -> Void

  init(
    _ name: String, _ severity: Severity, _ area: Area, _ sentence: String,
    _ apply: @escaping @Sendable (inout Policy) -> Void
  ) {
    self.name = name
    self.severity = severity
    self.area = area
    self.sentence = sentence
    self.apply = apply
  }

  /// All faults, by area. Names never change.
  public static let all: [Fault] =
    expiry + secrets + clients + isolation + tokens + assertions + certificates + state + bearer + payload + concurrency
    + connections + combined + ofSecondConnector

  public static func named(_ name: String) -> Fault? { all.first { $0.name == name } }
}
