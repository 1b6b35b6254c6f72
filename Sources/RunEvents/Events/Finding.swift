// What a case found to be wrong.

public import ConformanceModel
import JSONValue

/// What was wrong in a case.
public struct Finding: Sendable, Hashable {
  /// failed, warned or errored.
  public var verdict: Verdict
  public var kind: Kind
  /// One sentence.
  public var message: String
  public var requirements: [RequirementName]
  public var place: Place?
  /// The step in words.
  public var step: String?
  public var expected: String?
  public var actual: String?
  /// The part of the response: `status`, `body as JSON`; or the action that did not succeed: `creating the client`.
  public var subject: String?
  /// The JSON Pointer of the value inside the part.
  public var path: String?
  /// What kind of mismatch it is, if it is one.
  public var mismatch: Mismatch.Kind?
  /// Whether the step is one of `given`.
  public var isSetup = false
  public var exchange: ExchangeRecord?
  public var simulated: SimulatedInstant?
  public var wall: SimulatedInstant?

  /// The closed list of types that JUnit shows.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case assertion, timeout, connection, `protocol`, `internal`
  }

  /// A requirement with the strength of its word.
  public struct RequirementName: Sendable, Hashable {
    public var id: String
    public var level: Level

    public init(id: String, level: Level) {
      self.id = id
      self.level = level
    }
  }

  public init(_ verdict: Verdict, _ kind: Kind, _ message: String, place: Place? = nil) {
    self.verdict = verdict
    self.kind = kind
    self.message = message
    self.place = place
    requirements = []
  }
}
