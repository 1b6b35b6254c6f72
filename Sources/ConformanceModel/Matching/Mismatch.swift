// What an evaluation finds, as data. Reports turn it into a sentence.

/// A difference between what was expected and what a response has.
public struct Mismatch: Sendable, Hashable {
  public var kind: Kind
  /// The part of the response: `status`, `header Cache-Control`, `body as JSON`; for an action that did not succeed,
  /// the action: `creating the client`. Empty until the evaluation of a response sets it.
  public var subject: String
  /// The JSON Pointer of the value inside the part; empty for the part itself.
  public var path: String
  /// What was expected, as an expression: `401`, `text that matches /^a/`.
  public var expected: String
  /// What the response has instead.
  public var actual: String
  /// What to write into the target file if the service is right: a behaviour that no document fixes.
  public var hint: String?

  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The value is a different one.
    case value
    /// There is no value.
    case missing
    /// There is a value that must not be there.
    case unexpected
    /// The action did not succeed: `actual` is the status.
    case outcome
    /// The status is that of success, but the response lacks a part: `actual` says which.
    case incomplete
    /// A token was issued for a request that had to be refused.
    case tokenIssued = "token-issued"
    /// The body cannot be read as JSON or XML: `actual` says why.
    case unreadable
    /// The response shows a secret: `actual` is the text around it.
    case secretShown = "secret-shown"
    /// Further mismatches of the same expectation that are not listed: `actual` says how many.
    case more
  }

  public init(_ kind: Kind = .value, subject: String = "", path: String = "", expected: String, actual: String) {
    self.kind = kind
    self.subject = subject
    self.path = path
    self.expected = expected
    self.actual = actual
  }

  /// The same mismatch as one of this part of a response.
  public func of(_ subject: String) -> Mismatch {
    var mismatch = self
    mismatch.subject = subject
    return mismatch
  }
}

extension [Mismatch] {
  /// An expectation lists no more; a body can differ at every second byte.
  public static let maxListed = 10

  /// The first mismatches, and one that counts the rest.
  public var listed: [Mismatch] {
    guard count > [Mismatch].maxListed + 1, let last else { return self }
    let rest = count - [Mismatch].maxListed
    let more = Mismatch(
      .more, subject: last.subject, expected: "",
      actual: "\(rest) more mismatches, the last at \(Matching.start(of: last.path))")
    return prefix([Mismatch].maxListed) + [more]
  }
}

extension StepActionKind {
  /// The action as the subject of a sentence: `creating the client`.
  public var activity: String {
    switch self {
    case .createClient: "creating the client"
    case .listClients: "listing the clients"
    case .showClient: "showing the client"
    case .replaceClient: "replacing the client"
    case .deleteClient: "deleting the client"
    case .requestToken: "requesting the token"
    case .postPayload: "posting the payload"
    case .showReceipt: "looking up the receipt"
    case .readInbox: "reading the inbox"
    case .http: "the request"
    case .wait: "the wait"
    case .restartTarget: "the restart"
    case .repeat, .concurrently: "the steps"
    }
  }
}
