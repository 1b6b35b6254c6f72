// The keys of target files.

import Conformance

enum TargetKeywords {
  static let target: [Keyword] = [
    Keyword("target", "the target's name", Shape.text),
    Keyword("base-url", "what relative URLs stand on; ${service.url} is that of a launched service", Shape.text),
    Keyword("environment", "disposable, or live: nothing may be left behind", Shape.words(Target.Environment.self)),
    Keyword("behaviour", "what the documentation leaves to the implementation", Shape.closed(behaviours)),
    Keyword("token", "the token endpoint", Shape.closed(token, required: ["url"])),
    Keyword(
      "connectors", "connectors by name, the one that scenarios mean first",
      ["type": "object", "minProperties": 1, "additionalProperties": Shape.closed(connector, required: ["inbound-url"])]),
    Keyword("clients", "client management, as the authentication tab offers it", Shape.closed(clients)),
    Keyword("inbox", "how to read what the service received", Shape.closed(inbox, required: ["read"])),
    Keyword("clock", "how to move the target's clock", Shape.closed(clock, required: ["driver"])),
    Keyword("launch", "what the harness starts before the run", Shape.words(["reference-service"])),
  ]

  static let behaviours: [Keyword] = Behaviour.allCases.map { behaviour in
    let shape: JSON =
      behaviour.words.map { Shape.words($0) }
      ?? (behaviour.isStatuses ? Shape.oneOrMore(Shape.integer(100...599)) : Shape.integer(0...4_000_000_000))
    return Keyword(behaviour.rawValue, behaviour.meaning, shape)
  }

  static let token: [Keyword] = [
    Keyword("url", "the connector's token endpoint", Shape.text),
    Keyword("method", "POST, or GET where the target wants it", Shape.words(["POST", "GET"])),
    Keyword("client-authentication", "the ways that it takes, the preferred one first", Shape.oneOrMore(Shape.words(["basic", "body"]))),
    Keyword("params", "parameters that every token request needs, such as scope or audience", Shape.mapping),
    Keyword("answer", "where the token and its lifetime stand in the answer, as JSON Pointers", Shape.closed(tokenAnswer)),
  ]

  static let tokenAnswer = [
    Keyword("access-token", "the token", Shape.text), Keyword("expires-in", "its lifetime in seconds", Shape.text),
  ]

  static let connector: [Keyword] = [
    Keyword("inbound-url", "where payloads are posted", Shape.text),
    Keyword("values", "values that templates reach as ${connector.NAME}", Shape.mapping),
    Keyword("payloads", "samples by name: valid, wrong-entity, blank", ["type": "object", "additionalProperties": Shape.closed(sample)]),
  ]

  static let sample = [Keyword("content-type", "the media type; of JSON and text where nothing is said", Shape.text)] + ScenarioKeywords.payload

  static let request: [Keyword] = [
    Keyword("request", "METHOD URL", ["type": "string", "pattern": "^[A-Z]+ "]),
    Keyword("headers", "header fields", Shape.mapping),
    Keyword("json", "a JSON body", Shape.any),
    Keyword("form", "a form body", Shape.mapping),
    Keyword("status", "the statuses that mean success; any 2xx where nothing is said", Shape.oneOrMore(Shape.integer(100...599))),
    Keyword("answer", "where things stand in the answer, as JSON Pointers; '*' goes through all items", ["type": "object", "additionalProperties": Shape.text]),
  ]

  static let clients: [Keyword] = [
    Keyword("create", "create a client; answer: id, secret", Shape.reference("request")),
    Keyword("list", "list the clients; answer: ids", Shape.reference("request")),
    Keyword("show", "show one client", Shape.reference("request")),
    Keyword("replace", "generate a new set for a lost secret; answer: id, secret", Shape.reference("request")),
    Keyword("delete", "delete a client", Shape.reference("request")),
    Keyword("static", "given credentials, from the environment or files", Shape.list(Shape.closed(given, required: ["id", "secret"]), atLeast: 1)),
  ]

  static let given = [
    Keyword("id", "the client's id", Shape.text),
    Keyword("secret", "${env.NAME} or ${file.NAME}, never the secret itself", Shape.text),
    ScenarioKeywords.connector,
  ]

  static let inbox = [Keyword("read", "answer: payloads, the bodies as text", Shape.reference("request"))]

  static let clock: [Keyword] = [
    Keyword("driver", "http: the clock is moved by requests", Shape.words(["http"])),
    Keyword("read", "answer: now, as RFC 3339 or seconds since 1970", Shape.reference("request")),
    Keyword("advance", "move the clock to ${instant} (RFC 3339), ${epoch} (seconds since 1970) or by ${seconds}", Shape.reference("request")),
    Keyword("stands-still", "whether the clock rests between moves", Shape.boolean),
  ]
}
