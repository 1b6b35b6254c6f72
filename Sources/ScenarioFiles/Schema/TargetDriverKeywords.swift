// The keys of target files for client management, clock and launch.

import ConformanceModel
import HTTPModel
import JSONValue

extension TargetKeywords {
  static let clients: [Keyword] =
    ClientManagement.allCases.map { Keyword($0.rawValue, meaning($0), Shape.reference("request")) } + [
      Keyword("rfc7591", "dynamic client registration (RFC 7591)", Shape.closed(registration, required: ["url"])),
      Keyword("command", "a program that gets the operation as JSON and answers in JSON", command),
      Keyword(
        "prompt", "a person does it in a dashboard and pastes the result; a text says where",
        ["type": ["string", "boolean", "null"]]),
      Keyword(
        "operations", "what the command or the person can do",
        Shape.list(Shape.words(ClientManagement.self), atLeast: 1)),
      Keyword("time-limit", "how long the command may take: 30s", Shape.text),
      Keyword(
        "static", "given credentials, from the environment or files",
        Shape.list(Shape.closed(given, required: ["id", "secret"]), atLeast: 1)),
    ]

  private static func meaning(_ operation: ClientManagement) -> String {
    switch operation {
    case .create: "create a client; answer: id, secret"
    case .list: "list the clients; answer: ids"
    case .show: "show one client"
    case .replace: "generate a new set for a lost secret; answer: id, secret"
    case .delete: "delete a client"
    }
  }

  static let command = Shape.list(Shape.scalar, atLeast: 1)

  static let registration = [
    Keyword("url", "the registration endpoint", Shape.text),
    Keyword("initial-access-token", "${env.NAME}, where the endpoint is protected (RFC 7591 section 1.2)", Shape.text),
    Keyword("headers", "further header fields", Shape.mapping),
    Keyword("metadata", "client metadata beside or in place of the usual (RFC 7591 section 2)", Shape.mapping),
    Keyword("managed", "clients can be read and deleted at their configuration endpoint (RFC 7592)", Shape.boolean),
  ]

  static let given = [
    Keyword("id", "the client's id", Shape.text),
    Keyword("secret", "${env.NAME} or ${file.NAME}, never the secret itself", Shape.text),
    ScenarioKeywords.connector,
  ]

  static let clock: [Keyword] = [
    Keyword(
      "driver",
      "http: moved by requests; process: the launched program runs on a clock of ours; faketime: the same through libfaketime; command: moved by a program; wall: not moved at all",
      Shape.words(ClockDriverWord.self)),
    Keyword(
      "read", "a request (answer: now) or a command, as RFC 3339 or seconds since 1970",
      ["oneOf": [Shape.reference("request"), command]]),
    Keyword(
      "advance",
      "move the clock to ${instant} (RFC 3339), ${epoch} (seconds since 1970) or by ${seconds}: a request or a command",
      ["oneOf": [Shape.reference("request"), command]]),
    Keyword(
      "proof", "a request whose answer shows the target's time (answer: now); any Date header where nothing is said",
      Shape.reference("request")),
    Keyword("stands-still", "whether the clock rests between moves", Shape.boolean),
    Keyword("time-limit", "how long a command may take: 30s", Shape.text),
  ]

  static let launch: [Keyword] = [
    Keyword("command", "program and arguments; ${port} is a free port, ${folder} a fresh folder", command),
    Keyword("folder", "the working directory, relative to this file", Shape.text),
    Keyword("environment", "variables beside the harness' own", Shape.mapping),
    Keyword("ready", "the request that shows that it is ready, and within which time", Shape.closed(ready)),
  ]

  static let ready = request + [Keyword("within", "30s where nothing is said", Shape.text)]
}
