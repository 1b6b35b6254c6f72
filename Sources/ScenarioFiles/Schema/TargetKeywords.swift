// The keys of target files.

import ConformanceModel
import HTTPModel
import JSONValue

enum TargetKeywords {
  static let target: [Keyword] = [
    Keyword("target", "the target's name", Shape.text),
    Keyword("base-url", "what relative URLs stand on; ${service.url} is that of a launched service", Shape.text),
    Keyword("environment", "disposable, or live: nothing may be left behind", Shape.words(Target.Environment.self)),
    Keyword("behaviour", "what the documentation leaves to the implementation", Shape.closed(behaviours)),
    Keyword("token", "the token endpoint", Shape.closed(token, required: ["url"])),
    Keyword(
      "connectors", "connectors by name, the one that scenarios mean first",
      [
        "type": "object", "minProperties": 1,
        "additionalProperties": Shape.closed(connector, required: ["inbound-url"]),
      ]),
    Keyword("clients", "client management, as the authentication tab offers it", Shape.closed(clients)),
    Keyword("inbox", "how to read what the service received", Shape.closed(inbox, required: ["read"])),
    Keyword(
      "endpoints", "what the authorization server has beside its token endpoint",
      Shape.closed(endpoints, atLeastOne: true)),
    Keyword("clock", "how to move the target's clock", Shape.closed(clock, required: ["driver"])),
    Keyword(
      "launch", "what the harness starts before the run, and ends after it",
      ["oneOf": [Shape.words(["reference-service"]), Shape.closed(launch, required: ["command"])]]),
    Keyword(
      "rate", "requests for a time, at most: 5/s, 60/min, 100/h", ["type": "string", "pattern": "^[0-9.]+/(s|min|h)$"]),
    Keyword(
      "files", "files whose content ${file.NAME} stands for, relative to this file",
      ["type": "object", "additionalProperties": Shape.text]),
    Keyword(
      "expected-deviations", "a file NAME.expected.yaml that tells what the target is known to do otherwise",
      ["type": "string", "pattern": "\\.expected\\.yaml$"]),
  ]

  static let endpoints = Target.Endpoint.allCases.map { Keyword($0.rawValue, $0.meaning, Shape.text) }

  static let behaviours: [Keyword] = Behaviour.allCases.map { behaviour in
    let shape: JSON =
      behaviour.words.map { Shape.words($0) }
      ?? (behaviour.isStatuses ? Shape.oneOrMore(Shape.integer(100...599)) : Shape.integer(0...4_000_000_000))
    return Keyword(behaviour.rawValue, behaviour.meaning, shape)
  }

  static let token: [Keyword] = [
    Keyword("url", "the connector's token endpoint", Shape.text),
    Keyword("method", "POST, or GET where the target wants it", Shape.words(["POST", "GET"])),
    Keyword(
      "client-authentication", "the ways that it takes, the preferred one first",
      Shape.oneOrMore(Shape.words(["basic", "body"]))),
    Keyword("headers", "header fields of every token request", Shape.mapping),
    Keyword("params", "parameters that every token request needs, such as scope or audience", Shape.mapping),
    Keyword("answer", "where the token and its lifetime stand in the answer", Shape.closed(tokenAnswer)),
    Keyword(
      "bearer", "the header field that carries the token to the inbound URL",
      Shape.closed(bearer, required: ["header", "value"])),
  ]

  static let tokenAnswer = [
    Keyword("access-token", "the token", Shape.reference("locator")),
    Keyword("expires-in", "its lifetime in seconds", Shape.reference("locator")),
  ]

  static let bearer = [
    Keyword("header", "its name; Authorization where nothing is said", Shape.text),
    Keyword("value", "its value, with ${token}", ["type": "string", "pattern": "\\$\\{token"]),
  ]

  static let connector: [Keyword] = [
    Keyword("inbound-url", "where payloads are posted", Shape.text),
    Keyword("values", "values that templates reach as ${connector.NAME}", Shape.mapping),
    Keyword(
      "payloads", "samples by name: valid, wrong-entity, blank",
      ["type": "object", "additionalProperties": Shape.closed(sample)]),
  ]

  static let sample =
    [Keyword("content-type", "the media type; of JSON and text where nothing is said", Shape.text)]
    + ScenarioKeywords.payload
    + [Keyword("file", "a file with the payload, relative to this file", Shape.text)]

  static let request: [Keyword] = [
    Keyword("request", "METHOD URL", ["type": "string", "pattern": "^[A-Z]+ "]),
    Keyword("headers", "header fields", Shape.mapping),
    Keyword("json", "a JSON body", Shape.any),
    Keyword("form", "a form body", Shape.mapping),
    Keyword("text", "any other body", Shape.text),
    Keyword(
      "status", "the statuses that mean success; any 2xx where nothing is said",
      Shape.oneOrMore(Shape.integer(100...599))),
    Keyword(
      "answer", "where things stand in the answer: a JSON Pointer ('*' goes through all items), xpath, regex or header",
      ["type": "object", "additionalProperties": Shape.reference("locator")]),
  ]

  static let locator = [
    Keyword("xpath", "an XPath 1.0 expression over an XML answer", Shape.text),
    Keyword("regex", "a regular expression over the body: its first group, or all that it matches", Shape.text),
    Keyword("header", "the name of a header field", Shape.text),
    Keyword("sent", "what the request sent, where the caller chooses it: ${random.id}, ${random.secret}", Shape.text),
  ]

  static let inbox = [Keyword("read", "answer: payloads, the bodies as text", Shape.reference("request"))]

  static let deviations = [
    Keyword(
      "expected", "the id of a scenario or case, and the clause that the target breaks",
      ["type": "object", "additionalProperties": Shape.text])
  ]
}
