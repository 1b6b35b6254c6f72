// The keys of scenario files.

import ConformanceModel
import HTTPModel
import JSONValue

enum ScenarioKeywords {
  static let scenario: [Keyword] = [
    Keyword(
      "id", "the permanent id of the scenario; default: the file name without its extension",
      Shape.reference("name")),
    Keyword("title", "the behaviour in one sentence", ["type": "string", "minLength": 1, "maxLength": 160]),
    Keyword("covers", "ids of the requirements that the scenario verifies", Shape.oneOrMore(Shape.text)),
    Keyword("tags", "words by which scenarios are selected", Shape.oneOrMore(Shape.text)),
    Keyword(
      "needs", "required capabilities beyond those that the steps imply", Shape.oneOrMore(Shape.words(Capability.self))),
    Keyword("when", "behaviours that the target must declare", Shape.reference("when")),
    Keyword("serial", "true: its cases run alone, after all others", Shape.boolean),
    Keyword(
      "resource", "a key: its cases do not overlap those of other scenarios with the same key", Shape.reference("name")),
    Keyword(
      "twin", "ids of scenarios in which the refused operation succeeds, if no step of this one does",
      Shape.oneOrMore(Shape.reference("name"))),
    Keyword("given", "setup steps; a failure here makes the case errored", Shape.list(Shape.reference("step"))),
    Keyword("steps", "the steps, with what they expect", Shape.list(Shape.reference("step"), atLeast: 1)),
    Keyword(
      "finally", "steps that run at the end of each case, also after a failure; a failure here makes the case errored",
      Shape.list(Shape.reference("step"), atLeast: 1)),
    Keyword(
      "cases",
      "rows of values, columns that are combined, {file: rows.yaml} or {samples: refused}; each row is a test case",
      Shape.reference("cases")),
  ]

  static let step: [Keyword] =
    StepActionKind.allCases.map { kind in
      Keyword(kind.rawValue, kind.meaning, operation(kind))
    } + [
      Keyword(
        "expect", "what the response must be: the operation's success word, or conditions", Shape.reference("expect")),
      Keyword(
        "only-if", "the rest of the case applies only if the response also meets these conditions",
        Shape.reference("conditions")),
      Keyword(
        "until",
        "the request is sent again until the response meets these conditions; they fail if it does not in time",
        Shape.reference("conditions")),
      Keyword("within", "how long 'until' is tried, in real time; default: 10s", Shape.text),
      Keyword("every", "the time between two tries of 'until', in real time; default: 200ms", Shape.text),
      Keyword(
        "save", "names for parts of the response: a JSON Pointer, or {header: NAME}, {json: POINTER}, status, text",
        ["type": "object"]),
      Keyword(
        "when", "the step runs only under these conditions; if not, it is left out and the case goes on",
        Shape.reference("step-condition")),
    ] + FragmentKeywords.use + [
      Keyword("steps", "the steps of repeat and concurrently", Shape.list(Shape.reference("step"), atLeast: 1))
    ]

  /// The conditions of a step, beside behaviours.
  static let stepCondition = [
    Keyword("needs", "capabilities that the target must have", Shape.oneOrMore(Shape.words(Capability.self))),
    Keyword(
      "values", "saved values or values of the row, such as erp.id, with their matchers",
      ["type": "object", "minProperties": 1]),
  ]

  static func operation(_ kind: StepActionKind) -> JSON {
    switch kind {
    case .wait:
      [
        "oneOf": [
          ["type": "string", "pattern": "^([0-9]|lifetime|leeway)"],
          [
            "oneOf": [
              Shape.closed([wait[0]] + wait.dropFirst(2), required: ["until"]),
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

  /// The keys of an operation's arguments, or `nil` if it has none.
  static func keys(_ kind: StepActionKind) -> [Keyword]? {
    switch kind {
    case .createClient: createClient
    case .listClients: [connector, manager]
    case .showReceipt: showReceipt
    case .readInbox: [connector]
    case .showClient, .deleteClient: [client, manager]
    case .replaceClient: [savedAs, client, manager]
    case .requestToken: requestToken
    case .postPayload: postPayload
    case .http: http
    case .restartTarget: [signal]
    case .wait, .repeat, .concurrently: nil
    }
  }

  static func required(_ kind: StepActionKind) -> [String] {
    switch kind {
    case .showClient, .deleteClient, .replaceClient: ["client"]
    case .showReceipt: ["payload"]
    case .http: ["url"]
    default: []
    }
  }

  static let savedAs = Keyword("as", "the name under which the result is saved", Shape.reference("name"))
  static let client = Keyword("client", "a saved client", Shape.text)
  static let connector = Keyword(
    "connector", "first (default), second or third", Shape.words(ConnectorRole.self))
  static let manager = Keyword(
    "manager",
    "the bearer token to use in place of the manager's credentials; wrong changes their last character, none sends none, "
      + "other-connector sends those of another connector's manager",
    Shape.scalar)
  static let signal = Keyword(
    "signal", "TERM (default), or KILL, as in a crash", Shape.words(EndSignal.self))
  static let wait = [
    Keyword("until", "an instant in RFC 3339", Shape.text),
    Keyword("expiry-of", "a saved token: until its expires_in has passed", Shape.text),
    Keyword("less", "this much earlier", Shape.text),
    Keyword("more", "this much later", Shape.text),
  ]

  static let createClient = [
    savedAs,
    Keyword("name", "the client's name; null sends none; default: a generated name", Shape.any),
    connector, manager,
  ]

  static let edits = [
    Keyword("method", "another method", Shape.text),
    Keyword(
      "headers", "header fields to add or replace; null removes one, a list sends it several times", Shape.mapping),
    Keyword("query", "query parameters for the URL", Shape.mapping),
    Keyword("body", "the whole body, in place of the default one", Shape.any),
    Keyword("chunked", "send the body with chunked transfer coding", Shape.boolean),
    Keyword("spelling", "another spelling of the URL's path", Shape.words(PathSpelling.self)),
  ]

  static let requestToken =
    [
      savedAs, client, connector,
      Keyword("auth", "how the client authenticates", Shape.words(ClientAuthentication.self)),
      Keyword("id", "the id to send in place of the client's", Shape.scalar),
      Keyword("secret", "the secret to send in place of the client's", Shape.scalar),
      Keyword(
        "assertion", "changes to the assertion of private-key-jwt and client-secret-jwt",
        Shape.closed(assertion, atLeastOne: true)),
      Keyword(
        "params", "form parameters to add or replace; null removes one, a list repeats it",
        Shape.mapping),
      Keyword("padded-to", "the bytes of the form body, which an unknown parameter fills up", Shape.any),
    ] + edits

  static let assertion = [
    Keyword("claims", "claims to add or replace; null removes one", Shape.mapping),
    Keyword("header", "header parameters to add or replace; null removes one", Shape.mapping),
    Keyword(
      "signature", "what signs it: own (default), other-key, public-key, changed or none",
      Shape.words(AssertionEdits.Signature.self)),
  ]

  static let postPayload =
    [
      savedAs, Keyword("token", "a saved token; null or no value sends none", Shape.any), connector,
      Keyword(
        "payload",
        "the name of a sample of the target, or {json: …}, {text: …}, {hex: …}, {valid-of-size: BYTES}, "
          + "{valid-spelled: WORD}, or {valid-malformed: WORD}",
        Shape.reference("payload")),
      Keyword("path", "appended to the inbound URL", Shape.scalar),
      Keyword(
        "content-coding", "compress the payload, and send Content-Encoding with this coding: gzip or deflate",
        Shape.words(ContentCoding.self)),
    ] + edits

  static let payload = [
    Keyword("json", "a JSON value", Shape.any),
    Keyword("text", "these characters as UTF-8", Shape.scalar),
    Keyword("hex", "these bytes, in hexadecimal digits", ["type": "string", "pattern": "^([0-9A-Fa-f]{2} ?)*$"]),
    Keyword("valid-of-size", "the sample 'valid', padded with white space to this many bytes", Shape.any),
    Keyword(
      "valid-spelled",
      "the sample 'valid' as other JSON of the same value: compact, spaced, reversed-members or escaped-texts",
      Shape.text),
    Keyword(
      "valid-malformed",
      "the sample 'valid' with a defect of its JSON: " + JSONDefect.allCases.map(\.rawValue).joined(separator: ", "),
      Shape.text),
  ]

  /// The rows of `cases` that a target has.
  static let samples = [
    Keyword(
      "samples", "refused: a row for each payload of the target that has 'refused', with the values sample and status",
      Shape.words(["refused"])),
    connector,
  ]

  static let showReceipt = [
    Keyword("payload", "a saved payload", Shape.text),
    Keyword("token", "a saved token, for ${token} in the request of the target file", Shape.text),
  ]

  static let http =
    [
      Keyword(
        "url", "absolute, or relative to the target's base URL; of a list, the first whose status is 2xx, or the last",
        Shape.oneOrMore(Shape.text)),
      Keyword("json", "a JSON body", Shape.any),
      Keyword("form", "a form body", Shape.mapping),
    ] + edits

  static let expect: [Keyword] = [
    Keyword("outcome", "the operation's success word", Shape.words(StepActionKind.allCases.map(\.success))),
    Keyword("status", "a number, a list, a class such as 2xx, or a matcher", Shape.any),
    Keyword("headers", "header fields with their matchers", ["type": "object", "minProperties": 1]),
    Keyword(
      "media-type", "the media type of the response, whatever its parameters and its case: application/json",
      ["type": "string", "pattern": "^[^ \t;/]+/[^ \t;/]+$"]),
    Keyword("json", "a matcher for the body as JSON; members that are not named may have any value", Shape.any),
    Keyword("xml", "XPath expressions with matchers for their text", ["type": "object", "minProperties": 1]),
    Keyword("text", "a matcher for the body as text", Shape.any),
    Keyword(
      "some-text",
      "a matcher for one of the strings of a JSON or XML body, without escapes, or for another body; `not`: none of them",
      Shape.any),
    Keyword("duration", "how long the exchange may take: {below: 2s}", Shape.mapping),
    Keyword(
      "error", "the code of a token error response (RFC 6749 section 5.2), with its status, media type and no token",
      Shape.any),
    Keyword(
      "challenge", "a challenge in WWW-Authenticate: {scheme: Bearer, error: invalid_token}",
      ["type": "object", "required": ["scheme"]]),
    Keyword("listed", "clients that the list contains", Shape.oneOrMore(Shape.text)),
    Keyword("unlisted", "clients that the list does not contain", Shape.oneOrMore(Shape.text)),
    Keyword("delivered", "how often the inbox contains each saved payload", ["type": "object", "minProperties": 1]),
    Keyword(
      "received", "what the inbox shows of each saved payload: its media-type, and received-at, when it was received",
      ["type": "object", "minProperties": 1, "additionalProperties": Shape.closed(received, atLeastOne: true)]),
    Keyword(
      "saved", "what the operation saves: {id: …, secret: …} of a client, {value: …, expires-in: …} of a token",
      Shape.any),
    Keyword("interim", "the statuses of interim responses, such as 100, as an array", Shape.any),
    Keyword(
      "secrets", "none: the response contains no secret or token of the run, except those that it issues",
      Shape.words(["none"])),
    Keyword("succeed", "in how many branches of concurrently each request succeeds", Shape.any),
    Keyword(
      "different", "values that the copies of concurrently save, such as erp.id: no two are the same",
      Shape.oneOrMore(Shape.text)),
    Keyword(
      "equal", "values that the copies of concurrently save: all are the same", Shape.oneOrMore(Shape.text)),
    Keyword(
      "must", "conditions that fail if they do not hold, even if the requirement is weaker",
      Shape.reference("conditions")),
    Keyword("should", "conditions that only warn if they do not hold", Shape.reference("conditions")),
  ]

  static let received = [
    Keyword(Target.InboxDetail.mediaType.rawValue, "its media type without parameters, in lower case", Shape.any),
    Keyword(Target.InboxDetail.receivedAt.rawValue, "when it was received, in seconds since 1970", Shape.any),
  ]

  /// The conditions inside `must` and `should`.
  static let conditions = expect.filter { !["must", "should"].contains($0.name) }
}
