// What the service can be told to do wrong, to test a pack: one small deviation at a time.

import ConformanceModel

/// A single named deviation from the documented behaviour.
public struct Fault: Sendable {
  public enum Area: String, Sendable, CaseIterable {
    case expiry, secrets, clients, isolation, tokens, state, bearer, payload, concurrency, connections
  }

  public enum Severity: String, Sendable, CaseIterable {
    /// Lets in whom it must not, shows what it must not, or loses what it has accepted.
    case critical
    /// Breaks a clause that binds.
    case major
    /// Breaks a clause that only should hold.
    case minor
  }

  public let name: String
  public let severity: Severity
  public let area: Area
  /// What the service does, in one sentence.
  public let sentence: String
  /// Puts the deviation in its place.
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

  /// All that there are, in the order of their areas. Names are for ever.
  public static let all: [Fault] =
    expiry + secrets + clients + isolation + tokens + state + bearer + payload + concurrency + connections

  public static func named(_ name: String) -> Fault? { all.first { $0.name == name } }
}
