// The keys of scenario files.

import ConformanceModel
import HTTPModel
import JSONValue

enum ScenarioKeywords {
  static let scenario: [Keyword] = [
    Keyword(
      "id", "the scenario's name for ever; the file's name without its ending unless said here", Shape.reference("name")
    ),
    Keyword("title", "the behaviour in one sentence", ["type": "string", "minLength": 1, "maxLength": 160]),
    Keyword("covers", "ids of the requirements that it verifies", Shape.oneOrMore(Shape.text)),
    Keyword("tags", "words to choose scenarios by", Shape.oneOrMore(Shape.text)),
    Keyword("needs", "capabilities beyond those that the steps show", Shape.oneOrMore(Shape.words(Capability.self))),
    Keyword("when", "behaviours that the target must have declared", Shape.reference("when")),
    Keyword(
      "twin", "ids of scenarios in which what is refused here succeeds, where no step of this one shows it",
      Shape.oneOrMore(Shape.reference("name"))),
    Keyword("given", "steps that prepare; what fails here is an error of the run", Shape.list(Shape.reference("step"))),
    Keyword("steps", "what is done and expected", Shape.list(Shape.reference("step"), atLeast: 1)),
    Keyword(
      "cases", "rows of values, or columns that are combined; each row is a test case of its own",
      Shape.reference("cases")),
  ]

  static let step: [Keyword] =
    StepActionKind.allCases.map { kind in
      Keyword(kind.rawValue, kind.meaning, operation(kind))
    } + [
      Keyword("expect", "what the answer must be like: a word of success, or conditions", Shape.reference("expect")),
      Keyword(
        "only-if", "the rest of the case applies only where the answer is like this too", Shape.reference("conditions")),
      Keyword(
        "save", "parts of the answer under names: a JSON Pointer, or {header: NAME}, {json: POINTER}, status, text",
        ["type": "object"]),
      Keyword("steps", "the steps of repeat and concurrently", Shape.list(Shape.reference("step"), atLeast: 1)),
    ]

  static func operation(_ kind: StepActionKind) -> JSON {
    switch kind {
    case .wait:
      [
        "oneOf": [
          ["type": "string", "pattern": "^[0-9]"],
          [
            "oneOf": [
              Shape.closed([wait[0]], required: ["until"]),
              Shape.closed(Array(wait.dropFirst()), required: ["expiry-of"]),
            ]
          ],
        ]
      ]
    case .repeat: Shape.integer(1...10_000)
    case .concurrently: ["oneOf": [Shape.integer(2...256), Shape.list(Shape.reference("step"), atLeast: 2)]]
    default: Shape.closed(keys(kind) ?? [], required: required(kind))
    }
  }

  /// The keys of an operation's arguments, or `nil` where it takes none by name.
  static func keys(_ kind: StepActionKind) -> [Keyword]? {
    switch kind {
    case .createClient: createClient
    case .listClients: [connector, manager]
    case .readInbox: [connector]
    case .showClient, .deleteClient: [client, manager]
    case .replaceClient: [savedAs, client, manager]
    case .requestToken: requestToken
    case .postPayload: postPayload
    case .http: http
    case .wait, .repeat, .concurrently: nil
    }
  }

  static func required(_ kind: StepActionKind) -> [String] {
    switch kind {
    case .showClient, .deleteClient, .replaceClient: ["client"]
    case .http: ["url"]
    default: []
    }
  }

  static let savedAs = Keyword("as", "the name under which what comes back is saved", Shape.reference("name"))
  static let client = Keyword("client", "a client that was saved", Shape.text)
  static let connector = Keyword(
    "connector", "first (where nothing is said) or second", Shape.words(ConnectorRole.self))
  static let manager = Keyword(
    "manager", "who does it in place of the manager: a bearer token, or none for nobody", Shape.scalar)
  static let wait = [
    Keyword("until", "an instant in RFC 3339", Shape.text),
    Keyword("expiry-of", "a token that was saved: until its expires_in is over", Shape.text),
    Keyword("less", "so much earlier", Shape.text),
    Keyword("more", "so much later", Shape.text),
  ]

  static let createClient = [
    savedAs,
    Keyword("name", "the client's name; null sends none; a recognisable one is made where nothing is said", Shape.any),
    connector, manager,
  ]

  static let edits = [
    Keyword("method", "another method", Shape.text),
    Keyword(
      "headers", "header fields to add or replace; null takes one away, a list sends it several times", Shape.mapping),
    Keyword("query", "parameters for the query of the URL", Shape.mapping),
    Keyword("body", "the whole body, in place of the usual one", Shape.any),
    Keyword("chunked", "send the body with chunked transfer coding", Shape.boolean),
  ]

  static let requestToken =
    [
      savedAs, client, connector,
      Keyword("auth", "how the client authenticates", Shape.words(ClientAuthentication.self)),
      Keyword("id", "in place of the client's id", Shape.scalar),
      Keyword("secret", "in place of the client's secret", Shape.scalar),
      Keyword(
        "params", "form parameters beside or in place of the usual ones; null leaves one out, a list repeats it",
        Shape.mapping),
    ] + edits

  static let postPayload =
    [
      savedAs, Keyword("token", "a token that was saved; null or nothing sends none", Shape.any), connector,
      Keyword(
        "payload", "the name of a sample of the target, or {json: …}, {text: …}, {hex: …}, {valid-of-size: BYTES}",
        Shape.reference("payload")),
      Keyword("path", "put behind the inbound URL", Shape.scalar),
    ] + edits

  static let payload = [
    Keyword("json", "a JSON value", Shape.any),
    Keyword("text", "these characters as UTF-8", Shape.scalar),
    Keyword("hex", "these bytes, in hexadecimal digits", ["type": "string", "pattern": "^([0-9A-Fa-f]{2} ?)*$"]),
    Keyword("valid-of-size", "the sample 'valid', filled up with white space to this many bytes", Shape.any),
  ]

  static let http =
    [
      Keyword("url", "absolute, or relative to the target's base URL", Shape.text),
      Keyword("json", "a JSON body", Shape.any),
      Keyword("form", "a form body", Shape.mapping),
    ] + edits

  static let expect: [Keyword] = [
    Keyword("outcome", "the operation's word of success", Shape.words(StepActionKind.allCases.map(\.success))),
    Keyword("status", "a number, a list, a class such as 2xx, or a matcher", Shape.any),
    Keyword("headers", "header fields and what they must be like", Shape.mapping),
    Keyword("json", "what the body must be like as JSON: named members must hold, others are free", Shape.any),
    Keyword("xml", "XPath expressions and what their text must be like", Shape.mapping),
    Keyword("text", "what the body must be like as text", Shape.any),
    Keyword("duration", "how long the exchange may take: {below: 2s}", Shape.mapping),
    Keyword(
      "error", "the code of a token error answer (RFC 6749 section 5.2), with its status, media type and no token",
      Shape.any),
    Keyword(
      "challenge", "what WWW-Authenticate must ask for: {scheme: Bearer, error: invalid_token}",
      ["type": "object", "required": ["scheme"]]),
    Keyword("listed", "clients that the list shows", Shape.oneOrMore(Shape.text)),
    Keyword("unlisted", "clients that the list does not show", Shape.oneOrMore(Shape.text)),
    Keyword("delivered", "how often each saved payload lies in the inbox", ["type": "object", "minProperties": 1]),
    Keyword(
      "saved", "what the operation saves: {id: …, secret: …} of a client, {value: …, expires-in: …} of a token",
      Shape.any),
    Keyword("interim", "the statuses of interim answers, such as 100, as an array", Shape.any),
    Keyword(
      "secrets", "none: no secret or token of the run stands in the answer, but for what it hands out",
      Shape.words(["none"])),
    Keyword(
      "must", "conditions that fail where they do not hold, however weak the clause is", Shape.reference("conditions")),
    Keyword("should", "conditions that only warn where they do not hold", Shape.reference("conditions")),
  ]

  /// Inside `must` and `should` there are no further ones.
  static var conditions: [Keyword] { expect.filter { !["must", "should"].contains($0.name) } }
}
