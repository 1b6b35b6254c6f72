// The keys of target files.

import ConformanceModel
import HTTPModel
import JSONValue

enum TargetKeywords {
  static let target: [Keyword] = [
    Keyword("target", "the target's name", Shape.text),
    Keyword(
      "include", "target files, relative to this one, whose keys count where this one has none; null removes a key",
      Shape.oneOrMore(Shape.text)),
    Keyword("base-url", "the base of relative URLs; ${service.url} is that of a launched service", Shape.text),
    Keyword(
      "environment", "disposable, or live: no created client may be left behind", Shape.words(Target.Environment.self)),
    Keyword(
      "profile",
      "the documents that the target implements: patchworks (default), or oauth for the RFCs alone",
      Shape.words(Profile.allCases.map(\.rawValue))),
    Keyword(
      "pack", "the versions of the pack that this file was written for, such as '>=2.0 <3'; others are refused",
      ["type": ["string", "number"]]),
    Keyword("behaviour", "behaviours that the documentation leaves to the implementation", Shape.closed(behaviours)),
    Keyword("token", "the token endpoint", Shape.closed(token, required: ["url"])),
    Keyword(
      "connectors", "connectors by name; scenarios use the first by default",
      [
        "type": "object", "minProperties": 1,
        "additionalProperties": Shape.closed(connector, required: ["inbound-url"]),
      ]),
    Keyword(
      "sign", "a program that returns header fields for each payload, such as a signature",
      Shape.closed(signature, required: ["command"])),
    Keyword("clients", "client management, as in the authentication tab", Shape.closed(clients)),
    Keyword(
      "login", "requests that log in before those of the client management, and the use of their session",
      Shape.closed(login, required: ["requests"])),
    Keyword("inbox", "how to read the payloads that the service received", Shape.closed(inbox, oneOf: inboxWays)),
    Keyword(
      "endpoints", "other endpoints of the authorization server",
      Shape.closed(endpoints, atLeastOne: true)),
    Keyword("clock", "how to advance the target's clock", Shape.closed(clock, required: ["driver"])),
    Keyword(
      "launch", "a program that the harness starts before the run and stops after it",
      ["oneOf": [Shape.words(Target.Launch.words), Shape.closed(launch, required: ["command"])]]),
    Keyword(
      "allowed-hosts", "hosts beyond those of this file to which credentials may be sent: HOST or HOST:PORT",
      Shape.oneOrMore(Shape.text)),
    Keyword(
      "http", "the HTTP version of all requests: 1.1 (default) or 2",
      httpVersion),
    Keyword(
      "proxy", "the proxy of all requests, or none; default: that of the environment", Shape.text),
    Keyword(
      "no-proxy", "hosts, addresses and networks to which requests go without the proxy", Shape.oneOrMore(Shape.text)),
    Keyword(
      "connections", "kept (default), or fresh: each request has a connection of its own",
      Shape.words(Target.Connections.self)),
    Keyword("tls", "files in PEM for TLS connections, relative to this file", Shape.closed(tls, atLeastOne: true)),
    Keyword(
      "rate", "the maximum rate of requests: 5/s, 60/min, 100/h",
      ["type": "string", "pattern": "^[0-9.]+/(s|min|h)$"]),
    Keyword(
      "jobs", "how many cases run at the same time; default: 16. --jobs overrides it", Shape.integer(Target.jobCounts)),
    Keyword(
      "timeout", "the time limit of one request: 30s, or a number of seconds; default: 10s. --timeout overrides it",
      ["type": ["string", "number"]]),
    Keyword(
      "files", "files whose contents templates use as ${file.NAME}, relative to this file",
      ["type": "object", "additionalProperties": Shape.text]),
    Keyword(
      "expected-deviations", "a file NAME.expected.yaml that lists known deviations of the target",
      ["type": "string", "pattern": "\\.expected\\.yaml$"]),
  ]

  private static let httpVersion: JSON = .object([
    JSON.Member("enum", .array([.number("1.1"), .number("2"), .string("1.1"), .string("2")]))
  ])

  static let tls =
    [Keyword("ca", "certificates to trust in place of the system's. --cacert overrides it", Shape.text)] + certificate

  static let certificate = [
    Keyword("certificate", "the client's certificate. --cert overrides it", Shape.text),
    Keyword("key", "the key of the certificate, if it is in another file. --key overrides it", Shape.text),
    Keyword("key-password", "the password of the key, as ${env.NAME}", Shape.text),
  ]

  static let endpoints = Target.Endpoint.allCases.map { Keyword($0.rawValue, $0.meaning, Shape.text) }

  static let behaviours: [Keyword] = Behaviour.allCases.map { behaviour in
    let shape: JSON =
      behaviour.words.map { Shape.words($0) }
      ?? behaviour.statuses.map { Shape.oneOrMore(Shape.integer($0)) } ?? Shape.integer(behaviour.numbers)
    return Keyword(behaviour.rawValue, behaviour.meaning, shape)
  }

  static let token: [Keyword] = [
    Keyword("url", "the connector's token endpoint", Shape.text),
    Keyword("method", "POST (default) or GET", Shape.words(["POST", "GET"])),
    Keyword(
      "client-authentication", "the accepted methods of client authentication, the preferred one first",
      Shape.oneOrMore(Shape.words(ClientAuthentication.declarable.map(\.rawValue)))),
    Keyword(
      "assertion", "how clients sign the JSON Web Tokens by which they authenticate (RFC 7523)",
      Shape.closed(assertion, atLeastOne: true)),
    Keyword("headers", "header fields of every token request", Shape.mapping),
    Keyword("params", "parameters that every token request needs, such as scope or audience", Shape.mapping),
    Keyword("scope", "a scope that clients of a connector get if they request it", Shape.text),
    Keyword(
      "body-limit", "the largest body of a token request that is taken, in bytes; larger ones are refused",
      Shape.integer(bodyLimits)),
    Keyword("answer", "the places of the token and its lifetime in the response", Shape.closed(tokenAnswer)),
    Keyword(
      "bearer", "the header field that carries the token to the inbound URL",
      Shape.closed(bearer, required: ["header", "value"])),
  ]

  static let assertion = [
    Keyword("audience", "the claim aud; default: the URL of the token endpoint", Shape.any),
    Keyword(
      "algorithm", "the algorithm of private keys; default: ES256, or the first that the key has",
      Shape.words(SignatureAlgorithm.ofPrivateKeys.map(\.rawValue))),
    Keyword(
      "secret-algorithm", "the algorithm of client-secret-jwt; default: HS256",
      Shape.words(SignatureAlgorithm.ofSecrets.map(\.rawValue))),
    Keyword("lifetime", "from iat to exp; default: 60s", Shape.text),
    key, keyID,
  ]

  static let key = Keyword(
    "key",
    "the private key for private-key-jwt: a file in PEM, relative to this file, or ${env.NAME}; default: a run "
      + "generates keys for the clients that it creates", Shape.text)
  static let keyID = Keyword("kid", "the id of the key; default: its thumbprint (RFC 7638)", Shape.text)

  static let tokenAnswer = [
    Keyword("access-token", "the token", Shape.reference("locator")),
    Keyword("expires-in", "its lifetime in seconds", Shape.reference("locator")),
  ]

  static let bearer = [
    Keyword("header", "its name; default: Authorization", Shape.text),
    Keyword("value", "its value, with ${token}", ["type": "string", "pattern": "\\$\\{token"]),
  ]

  static let connector: [Keyword] = [
    Keyword("inbound-url", "where payloads are posted", Shape.text),
    Keyword("values", "values that templates use as ${connector.NAME}", Shape.mapping),
    Keyword(
      "payloads", "samples by name: valid, wrong-entity, blank",
      ["type": "object", "additionalProperties": Shape.closed(sample)]),
    Keyword("receipt", "the place of the receipt in the response to a payload", Shape.reference("locator")),
    Keyword(
      "receipt-lookup",
      "the request that looks up ${receipt}; the response must contain: receipt; and may contain: payload, the body",
      Shape.reference("request")),
  ]

  static let sample =
    [Keyword("content-type", "the media type; default: that of JSON or text", Shape.text)]
    + ScenarioKeywords.payload.filter { !$0.name.hasPrefix("valid-") }
    + [
      Keyword("file", "a file with the payload, relative to this file", Shape.text),
      Keyword(
        "refused", "the statuses with which a payload of any other name has to be refused",
        Shape.oneOrMore(Shape.integer(refusals))),
    ]

  static let refusals = 400...499
  /// From more than what an usual request has to what can be sent.
  static let bodyLimits = 1_000...50_000_000

  static let request: [Keyword] = [
    Keyword("request", "METHOD URL", ["type": "string", "pattern": "^[A-Z]+ "]),
    Keyword("headers", "header fields", Shape.mapping),
    Keyword("json", "a JSON body", Shape.any),
    Keyword("form", "a form body", Shape.mapping),
    Keyword("text", "any other body", Shape.text),
    Keyword(
      "status", "the statuses that mean success; default: 2xx",
      Shape.oneOrMore(Shape.integer(100...599))),
    Keyword(
      "answer",
      "the places of values in the response: a JSON Pointer ('*' means all items), xpath, regex, header or cookie",
      ["type": "object", "additionalProperties": Shape.reference("locator")]),
  ]

  /// A request whose response has a list.
  static let listRequest =
    request + [Keyword("pages", "how the next page is found, if the list comes in pages", Shape.closed(pages))]

  static let pages = [
    Keyword(
      "next", "the place of the next page's URL in the response; {header: Link} is the link with rel=next (RFC 8288)",
      Shape.reference("locator")),
    Keyword("query", "the query parameter of the page; with next, it takes the value at that place", Shape.text),
    Keyword("from", "the parameter's value for the first page: 0 or 1", Shape.integer(counts)),
    Keyword(
      "by", "by how much the value grows; default: 1. items: by the number of items of the page",
      ["oneOf": [Shape.words(["items"]), Shape.integer(increments)]]),
  ]

  static let counts = 0...1_000_000_000
  static let increments = 1...1_000_000

  static let locator = [
    Keyword("xpath", "an XPath 1.0 expression for an XML response", Shape.text),
    Keyword("regex", "a regular expression for the body: its first group, or the whole match", Shape.text),
    Keyword("header", "the name of a header field", Shape.text),
    Keyword("cookie", "the name of a cookie that the response sets", Shape.text),
    Keyword(
      "sent", "the value that the request sent, if the caller chooses it: ${random.id}, ${random.secret}", Shape.text),
  ]

  /// The keys of which an inbox has one.
  static let inboxWays = ["read", "command"]

  static let inbox = [
    Keyword(
      "read",
      "the request; the response must contain: payloads, the bodies as text; and may contain, for each: media-type, "
        + "received-at", Shape.reference("list-request")),
    Keyword("command", "a program that reads the inbox: it gets a connector and prints payloads, as JSON", command),
    Keyword("time-limit", "the time limit of the command: 30s", Shape.text), programEnvironment, onClock,
    Keyword(
      "shows", "what the command prints besides payloads, in lists of the same order: media-type, received-at",
      Shape.oneOrMore(Shape.words(Target.InboxDetail.self))),
    Keyword(
      "encoding", "the form of the payloads: text (default); base64; or json, if each is the JSON text of a string",
      Shape.words(Target.PayloadEncoding.self)),
    Keyword(
      "delivered-within",
      "how long after its response a payload can take to be there, in real time, if it is passed on later: 500ms",
      Shape.text),
  ]
}
