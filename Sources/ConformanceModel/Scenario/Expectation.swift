// What a step expects of its response.

import JSONValue

/// A condition on one part of a response.
public struct Expectation: Sendable, Hashable {
  public var subject: Subject
  /// A broken `should` warns; a broken `must` has the level of the strongest requirement that the scenario covers.
  public var severity: Level
  /// Whether it fails if it does not hold, even if the requirement is weaker.
  public var binds: Bool
  public var place: Place

  public init(_ subject: Subject, severity: Level = .must, binds: Bool = false, place: Place) {
    self.subject = subject
    self.severity = severity
    self.binds = binds
    self.place = place
  }

  /// The level of the expectation, if the strongest requirement of its scenario has this level.
  public func level(under requirement: Level) -> Level { binds ? .must : min(severity, requirement) }

  /// The part of the response, with its matcher.
  public enum Subject: Sendable, Hashable {
    /// The operation succeeded: the success word of its kind.
    case success(StepActionKind)
    case status(Matcher)
    case header(String, Matcher)
    /// The media type of the response without its parameters, such as `application/json` (RFC 9110 section 8.3.1).
    case mediaType(String)
    case json(Matcher)
    /// An XPath expression (libxml2), with a matcher for its text.
    case xml(String, Matcher)
    case text(Matcher)
    /// One of the texts in the body, as values: the strings of JSON, the text and attributes of XML, or the whole body if
    /// it is neither. With `not`, none of them.
    case someText(Matcher)
    /// The duration of the exchange in seconds.
    case duration(Matcher)
    /// The error code of a token error response, with everything else that RFC 6749 section 5.2 requires.
    case error(Matcher)
    /// The challenge of one scheme in WWW-Authenticate (RFC 9110 section 11.6.1), its parameters as members.
    case challenge(scheme: String, Matcher)
    /// Clients that the list must contain, by their saved names.
    case listed([String])
    case unlisted([String])
    /// How often the inbox contains each saved payload.
    case delivered([Delivery])
    /// What the inbox shows of saved payloads besides their bytes.
    case received([ReceivedPayload])
    /// The result that the operation saves: a client's id and secret, a token's value.
    case saved(Matcher)
    /// The statuses of the interim responses (RFC 9110 section 15.2) before the final one.
    case interim(Matcher)
    /// The response contains no secret and no token of the run, except those that it issues.
    case noSecrets
    /// The number of branches of `concurrently` in which each request succeeded.
    case succeeded(Matcher)
    /// A value that the copies of `concurrently` saved: no two have the same.
    case different(Reference)
    /// A value that the copies of `concurrently` saved: all have the same.
    case equal(Reference)
  }

  /// How often the inbox must contain a saved payload.
  public struct Delivery: Sendable, Hashable {
    public var payload: String
    public var times: Matcher

    public init(payload: String, times: Matcher) {
      self.payload = payload
      self.times = times
    }
  }
}

extension Expectation {
  /// What the inbox must show of a saved payload. The names of the members are those of `Target.InboxDetail`.
  public struct ReceivedPayload: Sendable, Hashable {
    public var payload: String
    public var details: [Matcher.Member]

    public init(payload: String, details: [Matcher.Member]) {
      self.payload = payload
      self.details = details
    }
  }
}

extension Expectation.Subject {
  /// The references of its matchers.
  public var references: [Reference] {
    switch self {
    case .success, .mediaType, .listed, .unlisted, .noSecrets, .different, .equal: []
    case .status(let m), .json(let m), .text(let m), .someText(let m), .duration(let m), .error(let m), .saved(let m),
      .interim(let m), .succeeded(let m),
      .header(_, let m), .xml(_, let m),
      .challenge(_, let m):
      m.references
    case .delivered(let deliveries): deliveries.flatMap(\.times.references)
    case .received(let payloads): payloads.flatMap(\.details).flatMap(\.matcher.references)
    }
  }

  /// The names of the saved values that it uses.
  public var names: [String] {
    switch self {
    case .listed(let names), .unlisted(let names): names
    case .delivered(let deliveries): deliveries.map(\.payload)
    case .received(let payloads): payloads.map(\.payload)
    default: []
    }
  }

  /// The name of the status in reports.
  public static let statusTitle = "status"
  package static let jsonTitle = "body as JSON"
  package static let textTitle = "body"

  /// The name of the part of the response in reports.
  public var title: String {
    switch self {
    case .success(let kind): kind.activity
    case .status: Expectation.Subject.statusTitle
    case .header(let name, _): "header \(name)"
    case .mediaType: "header Content-Type"
    case .json: Expectation.Subject.jsonTitle
    case .xml(let path, _): "body as XML, \(path)"
    case .text: Expectation.Subject.textTitle
    case .someText: "texts in the body"
    case .duration: "duration in seconds"
    case .error: "token error"
    case .challenge(let scheme, _): "\(scheme) challenge"
    case .listed: "listed clients"
    case .unlisted: "listed clients"
    case .delivered, .received: "inbox"
    case .saved: "saved result"
    case .interim: "interim responses"
    case .noSecrets: "secrets"
    case .succeeded: "branches that succeeded"
    case .different(let value), .equal(let value): "\(value.path.joined(separator: ".")) of the copies"
    }
  }
}
