// The keys of target files for client management, clock and launch.

import ConformanceModel
import HTTPModel
import JSONValue

extension TargetKeywords {
  static let clients: [Keyword] =
    ClientManagement.allCases.map {
      Keyword($0.rawValue, meaning($0), Shape.reference($0 == .list ? "list-request" : "request"))
    } + [
      Keyword("rfc7591", "dynamic client registration (RFC 7591)", Shape.closed(registration, required: ["url"])),
      Keyword("command", "a program that reads the operation as JSON and prints the result as JSON", command),
      Keyword(
        "prompt", "a person does it in a dashboard and pastes the result; a text names the place",
        ["type": ["string", "boolean", "null"]]),
      Keyword(
        "operations", "the operations that the command or the person can perform",
        Shape.list(Shape.words(ClientManagement.self), atLeast: 1)),
      programEnvironment, onClock,
      Keyword("time-limit", "the time limit of the command: 30s", Shape.text),
      Keyword(
        "static", "existing credentials, from the environment or files",
        Shape.list(Shape.closed(given, required: ["id"]), atLeast: 1)),
    ]

  private static func meaning(_ operation: ClientManagement) -> String {
    switch operation {
    case .create: "create a client; the response must contain: id, secret"
    case .list: "list the clients; the response must contain: ids"
    case .show: "show one client"
    case .replace: "generate a new set for a lost secret; the response must contain: id, secret"
    case .delete: "delete a client"
    }
  }

  static let login = [
    Keyword(
      "requests", "in order; each can use the values that those before it locate: ${login.NAME}",
      Shape.oneOrMore(Shape.reference("request"))),
    Keyword(
      "for", "what is requested with the session; default: clients",
      Shape.oneOrMore(Shape.words(Target.LoginPart.self))),
    Keyword(
      "refused", "the statuses of responses that mean that the session has ended; default: 401 and 403",
      Shape.oneOrMore(Shape.integer(100...599))),
    Keyword("page", "the URL of the login page: a redirect to it means that the session has ended", Shape.text),
    Keyword("lifetime", "how long a session lasts, on the target's clock: 2h", Shape.text),
  ]

  static let signature = [
    Keyword("command", "reads the request as JSON and prints header fields as JSON", command),
    programEnvironment, onClock,
    Keyword("time-limit", "the time limit of the command: 30s", Shape.text),
  ]

  static let command = Shape.list(Shape.scalar, atLeast: 1)
  static let programEnvironment = Keyword("environment", "environment variables to add", Shape.mapping)
  static let onClock = Keyword(
    "on-clock", "whether the program sees the simulated time of the launched target", Shape.boolean)

  static let registration = [
    Keyword("url", "the registration endpoint", Shape.text),
    Keyword("initial-access-token", "${env.NAME}, if the endpoint is protected (RFC 7591 section 1.2)", Shape.text),
    Keyword("headers", "additional header fields", Shape.mapping),
    Keyword("metadata", "client metadata to add or replace (RFC 7591 section 2)", Shape.mapping),
    Keyword("managed", "clients can be read and deleted at their configuration endpoint (RFC 7592)", Shape.boolean),
  ]

  static let given = [
    Keyword("id", "the client's id", Shape.text),
    Keyword("secret", "${env.NAME} or ${file.NAME}, never the secret itself", Shape.text),
    ScenarioKeywords.connector,
    TargetKeywords.key, TargetKeywords.keyID,
    Keyword(
      "tls", "its certificate for tls-client-auth: files in PEM, relative to this file",
      Shape.closed(certificate, required: ["certificate"])),
  ]

  static let clock: [Keyword] = [
    Keyword(
      "driver",
      "http: advanced by requests; process: a simulated clock, injected into the launched program; faketime: the same "
        + "through libfaketime; command: advanced by a program; wall: real time",
      Shape.words(ClockDriverWord.self)),
    Keyword(
      "read", "a request (answer: now) or a command that returns the time, as RFC 3339 or seconds since 1970",
      ["oneOf": [Shape.reference("request"), command]]),
    Keyword(
      "advance",
      "a request or a command that advances the clock to ${instant} (RFC 3339), ${epoch} (seconds since 1970) "
        + "or by ${seconds}",
      ["oneOf": [Shape.reference("request"), command]]),
    Keyword(
      "proof", "a request whose response shows the target's time (answer: now); default: the Date header field",
      Shape.reference("request")),
    Keyword(
      "start", "the start of simulated time, in RFC 3339; default: 2022-07-20T10:03:08Z, and 2185 for a Go program",
      Shape.text),
    Keyword(
      "inside", "container: the command starts a container whose entry point is conform-clock with ${folder}/clock",
      Shape.words(ClockPlaceWord.self)),
    Keyword("stands-still", "whether the clock stands still between advances", Shape.boolean),
    programEnvironment,
    Keyword("time-limit", "the time limit of a command: 30s", Shape.text),
  ]

  static let launch: [Keyword] = [
    Keyword("command", "program and arguments; ${port} is a free port, ${folder} a new folder", command),
    Keyword("folder", "the working directory, relative to this file", Shape.text),
    programEnvironment,
    Keyword(
      "values", "texts that the program makes at its start, for ${launch.NAME}",
      ["type": "object", "minProperties": 1, "additionalProperties": Shape.closed(launchValue)]),
    Keyword(
      "ports", "names of further free ports, for ${port.NAME}",
      ["type": "array", "items": ["type": "string", "pattern": "^[A-Za-z0-9_-]{1,60}$"], "minItems": 1]),
    Keyword(
      "ready", "the requests that succeed once the program is ready, and the time limit",
      Shape.oneOrMore(Shape.closed(ready))),
    Keyword(
      "survives-restart", "what the program keeps when it is restarted: clients, tokens, revocations, payloads",
      Shape.oneOrMore(Shape.words(Target.Kept.self))),
  ]

  static let launchValue = [
    Keyword("file", "the file that has it, relative to the working directory of the program", Shape.text),
    Keyword(
      "regex", "a regular expression for the file: its first group, or the whole match; default: all of it", Shape.text),
    Keyword("output", "a regular expression for a line that the program prints", Shape.text),
  ]

  static let ready = request + [Keyword("within", "the time limit; default: 30s", Shape.text)]
}
