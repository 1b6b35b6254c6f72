// What a step expects of its answer.

import JSONValue

/// A condition on one part of an answer.
public struct Expectation: Sendable, Hashable {
  public var subject: Subject
  /// A broken `should` warns; a broken `must` takes the level of the requirement that the scenario covers.
  public var severity: Level
  /// It fails where it does not hold, however weak the clause is.
  public var binds: Bool
  public var place: Place

  public init(_ subject: Subject, severity: Level = .must, binds: Bool = false, place: Place) {
    self.subject = subject
    self.severity = severity
    self.binds = binds
    self.place = place
  }

  /// How strongly it binds where the strongest clause of its scenario has this level.
  public func level(under clause: Level) -> Level { binds ? .must : min(severity, clause) }

  /// The part of the answer, with what it must be like.
  public enum Subject: Sendable, Hashable {
    /// The operation did what it is for: the word of success of its kind.
    case success(StepActionKind)
    case status(Matcher)
    case header(String, Matcher)
    case json(Matcher)
    /// An XPath expression (libxml2), and what its text must be like.
    case xml(String, Matcher)
    case text(Matcher)
    /// Seconds until the whole answer was there.
    case duration(Matcher)
    /// The error code of a token error answer (RFC 6749 section 5.2), with all that the section asks for beside it.
    case error(Matcher)
    /// The challenge of one scheme in WWW-Authenticate (RFC 9110 section 11.6.1), its parameters as members.
    case challenge(scheme: String, Matcher)
    /// Clients that the list must show, by the names under which they were saved.
    case listed([String])
    case unlisted([String])
    /// How often each saved payload lies in the inbox.
    case delivered([Delivery])
    /// What the operation saves: a client's id and secret, a token's value.
    case saved(Matcher)
    /// The statuses of the interim answers (RFC 9110 section 15.2) before the final one.
    case interim(Matcher)
    /// No secret and no token of the run stands in the answer, but for what it hands out.
    case noSecrets
  }

  public struct Delivery: Sendable, Hashable {
    public var payload: String
    public var times: Matcher

    public init(payload: String, times: Matcher) {
      self.payload = payload
      self.times = times
    }
  }
}

extension Expectation.Subject {
  public var references: [Reference] {
    switch self {
    case .success, .listed, .unlisted, .noSecrets: []
    case .status(let m), .json(let m), .text(let m), .duration(let m), .error(let m), .saved(let m), .interim(let m),
      .header(_, let m), .xml(_, let m),
      .challenge(_, let m):
      m.references
    case .delivered(let deliveries): deliveries.flatMap(\.times.references)
    }
  }

  /// The names of saved values that it looks at.
  public var names: [String] {
    switch self {
    case .listed(let names), .unlisted(let names): names
    case .delivered(let deliveries): deliveries.map(\.payload)
    default: []
    }
  }

  /// How a report calls the part of the answer.
  public var title: String {
    switch self {
    case .success(let kind): kind.activity
    case .status: "status"
    case .header(let name, _): "header \(name)"
    case .json: "body as JSON"
    case .xml(let path, _): "body as XML, \(path)"
    case .text: "body"
    case .duration: "duration in seconds"
    case .error: "token error"
    case .challenge(let scheme, _): "\(scheme) challenge"
    case .listed: "listed clients"
    case .unlisted: "listed clients"
    case .delivered: "inbox"
    case .saved: "what is saved"
    case .interim: "interim answers"
    case .noSecrets: "secrets"
    }
  }
}
