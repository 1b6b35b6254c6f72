// What was wrong in a case.

public import ConformanceModel

/// Something that is wrong in a case.
public struct Finding: Sendable, Hashable {
  /// failed, warned or errored.
  public var verdict: Verdict
  public var kind: Kind
  /// One sentence; `nil` if `subject`, `path`, `expected` and `actual` say it all.
  public var statement: String?
  public var requirements: [RequirementName]
  public var place: Place?
  /// The step of the scenario that uses the fragment, if the place is in one.
  public var usedAt: Place?
  /// The case and the place of the step, `case, scenario.yaml:7`, if an invariant found it.
  public var origin: String?
  /// The step as a sentence.
  public var step: String?
  /// The `id` of the record of that step; `nil` if the step was not recorded, and in the findings of invariants.
  public var stepID: Int?
  /// The part of the response: `status`, `body as JSON`; or the action that did not succeed: `creating the client`.
  public var subject: String?
  /// Where in that part: a JSON Pointer (RFC 6901) such as `/error`, an XPath, the name of a header field.
  public var path: String?
  public var expected: String?
  public var actual: String?
  /// What to write into the target file if the target is right.
  public var hint: String?
  /// What kind of mismatch it is, if it is one.
  public var mismatch: Mismatch.Kind?
  /// Whether the step is one of `given`.
  public var isSetup = false
  /// Whether the step is one of `finally`: the finding says nothing about what the case verifies.
  public var isCleanup = false
  public var exchange: ExchangeRecord?
  public var simulated: SimulatedInstant?
  public var wall: SimulatedInstant?

  /// The closed list of types that JUnit shows.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case assertion, timeout, connection, `protocol`, `internal`
  }

  /// A requirement and how strongly it binds.
  public struct RequirementName: Sendable, Hashable {
    public var id: String
    public var level: Level

    public init(id: String, level: Level) {
      self.id = id
      self.level = level
    }
  }

  /// What failed, if the step is one of `given` or `finally`: `setup` or `cleanup`.
  public var part: String? { isSetup ? "setup" : isCleanup ? "cleanup" : nil }

  public init(_ verdict: Verdict, _ kind: Kind, _ statement: String? = nil, place: Place? = nil) {
    self.verdict = verdict
    self.kind = kind
    self.statement = statement
    self.place = place
    requirements = []
  }

  /// What explains other failures, so that reports have it first. The statement begins with the raw value.
  package enum Cause: String, CaseIterable {
    /// A token was refused before its lifetime was over, as all that were older.
    case earlyDeath = "the token died early: it was accepted "
    /// The same, without an age up to which tokens are accepted.
    case earlyRefusal = "the token died early: it was refused "
    /// A token was accepted after its lifetime was over.
    case lateAcceptance = "the token outlived its lifetime: "

    /// What all failures of one group have in common: their ages differ.
    package var group: String { self == .lateAcceptance ? rawValue : "the token died early" }

    /// The cause that says the most comes first.
    package var rank: Int { self == .earlyRefusal ? 1 : 0 }
  }

  package var cause: Cause? {
    statement.flatMap { text in Cause.allCases.first { text.hasPrefix($0.rawValue) } }
  }

  /// One sentence: the statement, or one that is made of subject, path, expected and actual.
  public var message: String {
    get { statement ?? composed }
    set { statement = newValue }
  }

  private var composed: String { sentence() }

  /// What is wrong in one sentence, made of subject, path, expected and actual. All reports take their words from here.
  ///
  /// - Parameters:
  ///   - cause: What to say instead of the actual value, if more is known about it.
  ///   - note: What follows the actual value.
  public func sentence(cause: String? = nil, note: String = "") -> String {
    let part = [subject, path].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ", ")
    let expected = expected ?? "", actual = cause ?? actual ?? ""
    switch mismatch {
    case .value: return "\(part): expected \(expected), got \(actual)\(note)"
    case .missing: return "\(part): missing (expected \(expected))\(note)"
    case .unexpected: return "\(part): expected to be absent, got \(actual)"
    case .outcome: return "\(part) failed: \(actual)\(note) (expected \(expected))"
    case .incomplete: return "\(part) failed: \(actual)\(note)"
    case .tokenIssued: return "a token was issued (expected \(expected))"
    case .unreadable: return "\(part): \(actual)\(note)"
    case .secretShown: return "\(part) shows a secret: \(actual)"
    case .more: return "\(part): \(actual)"
    case nil:
      let difference = [expected.isEmpty ? "" : "expected \(expected)", actual.isEmpty ? "" : "got \(actual)"]
      return [part, difference.filter { !$0.isEmpty }.joined(separator: ", ")].filter { !$0.isEmpty }
        .joined(separator: ": ")
    }
  }
}
