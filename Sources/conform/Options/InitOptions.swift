// The options of init: each has the value of a question, so that it runs without questions.

public import ArgumentParser
public import ConformanceModel

struct InitOptions: ParsableArguments {
  @Option(help: "The issuer, whose metadata is read (RFC 8414, OpenID Connect Discovery).")
  var discover: String?

  @Option(help: "The name of the target in reports.")
  var name: String?

  @Option(name: .customLong("base-url"), help: "The base of relative URLs.")
  var baseURL: String?

  @Option(help: "disposable or live. Default: disposable on this machine, otherwise live.")
  var environment: Target.Environment?

  @Option(name: .customLong("token-url"), help: "The token endpoint: a URL, or a path below the base URL.")
  var tokenURL: String?

  @Option(
    name: .customLong("token-param"),
    help: ArgumentHelp(
      "A further parameter of the token request, such as scope=orders; may be given several times.",
      valueName: "name=value"))
  var tokenParameters: [String] = []

  @Option(
    name: .customLong("client-authentication"),
    help: ArgumentHelp(
      "How clients authenticate, such as private-key-jwt; may be given several times. Default: basic and body, and what "
        + "the metadata names.", valueName: "way"))
  var clientAuthentications: [String] = []

  @Option(help: "How clients are made: static (given ones), requests, rfc7591, command, or prompt (a person).")
  var clients: ClientsWord?

  @Option(name: .customLong("id-variable"), help: "static: the environment variable with the id of a client.")
  var idVariable: String?

  @Option(name: .customLong("secret-variable"), help: "static: the environment variable with its secret.")
  var secretVariable: String?

  @Option(
    name: .customLong("key-variable"),
    help: "static: the environment variable with its private key in PEM, for private-key-jwt.")
  var keyVariable: String?

  @Option(help: ArgumentHelp("requests: creates a client, such as 'POST /admin/clients'.", valueName: "request"))
  var create: String?

  @Option(
    name: .customLong("create-json"),
    help: ArgumentHelp(#"requests: its JSON body. Default: {"name": "${name}"}."#, valueName: "json"))
  var createJSON: String?

  @Option(
    name: .customLong("create-key"),
    help: ArgumentHelp(
      "requests: the member of the body that registers the public key of a client, for private-key-jwt, such as jwks.",
      valueName: "member"))
  var createKey: String?

  @Option(
    name: .customLong("create-id"),
    help: ArgumentHelp(
      "requests: where the response has the id, a JSON Pointer such as /data/id. Default: found by its name, or asked.",
      valueName: "place"))
  var createID: String?

  @Option(
    name: .customLong("create-secret"),
    help: ArgumentHelp("requests: the same for the secret.", valueName: "place"))
  var createSecret: String?

  @Option(
    name: .customLong("manager-header"),
    help: ArgumentHelp(
      "requests: the header field that authorises them, such as 'Authorization: Bearer ${env.ADMIN_KEY}'.",
      valueName: "field"))
  var managerHeader: String?

  @Option(help: ArgumentHelp("requests: lists clients. Default: a guess, which is tried.", valueName: "request"))
  var list: String?

  @Option(
    name: .customLong("list-ids"),
    help: ArgumentHelp(
      "requests: where the list has the ids, such as /clients/*/id. Default: where the new client is.",
      valueName: "place"))
  var listIDs: String?

  @Option(help: ArgumentHelp("requests: shows one. Default: a guess, which is tried.", valueName: "request"))
  var show: String?

  @Option(
    help: ArgumentHelp(
      "requests: generates a new set for a lost secret, such as 'POST /admin/clients/${client.id}/secret'.",
      valueName: "request"))
  var replace: String?

  @Option(
    name: .customLong("replace-id"),
    help: ArgumentHelp(
      "requests: where its response has the id. Default: found; without one, the client keeps its id.",
      valueName: "place"))
  var replaceID: String?

  @Option(
    name: .customLong("replace-secret"),
    help: ArgumentHelp("requests: the same for the new secret.", valueName: "place"))
  var replaceSecret: String?

  @Option(help: ArgumentHelp("requests: deletes one. Default: a guess, which is tried.", valueName: "request"))
  var delete: String?

  @Option(name: .customLong("registration-url"), help: "rfc7591: the registration endpoint.")
  var registrationURL: String?

  @Option(
    name: .customLong("initial-access-token-variable"),
    help: ArgumentHelp("rfc7591: the environment variable with its initial access token.", valueName: "variable"))
  var initialAccessTokenVariable: String?

  @Option(
    name: .customLong("clients-command"),
    help: ArgumentHelp("command: the program, with its arguments; no shell runs it.", valueName: "words"))
  var clientsCommand: String?

  @Option(help: "prompt: the page on which a person manages clients.")
  var dashboard: String?

  @Option(name: .customLong("inbound-url"), help: "The URL for payloads: a URL, or a path below the base URL.")
  var inboundURL: String?

  @Option(
    help: ArgumentHelp(
      #"A payload that it accepts: JSON, XML or a file. Default: {"id": "${unique}"}."#, valueName: "payload"))
  var sample: String?

  @Option(help: "How its time can be moved: wall (it cannot), process, faketime, http or command.")
  var clock: ClockWord?

  @Option(
    name: .customLong("clock-advance"),
    help: ArgumentHelp("http: sets the clock, such as 'PUT /control/clock'.", valueName: "request"))
  var clockAdvance: String?

  @Option(
    name: .customLong("clock-json"),
    help: ArgumentHelp(#"http: its JSON body. Default: {"now": "${instant}"}."#, valueName: "json"))
  var clockJSON: String?

  @Option(
    name: .customLong("clock-read"),
    help: ArgumentHelp("http: shows the time. Default: GET of the same URL, or the Date header.", valueName: "request"))
  var clockRead: String?

  @Option(
    name: .customLong("clock-command"),
    help: ArgumentHelp("command: the program, such as './set-clock ${epoch}'.", valueName: "words"))
  var clockCommand: String?

  @Option(
    help: ArgumentHelp(
      "The program that conform launches, such as './serve --port ${port}'; no shell runs it.", valueName: "words"))
  var launch: String?

  @Flag(
    name: .customLong("allow-changes"),
    help: ArgumentHelp(
      "Do not ask before something is made at a service that is not on this machine.",
      discussion: "A client or two, which are deleted again, one payload, and an hour of its clock."))
  var allowsChanges = false

  @Flag(help: "Overwrite an existing file.")
  var force = false

  @Flag(name: .customLong("no-probe"), help: "Try nothing: send no request except for the metadata.")
  var skipsProbes = false
}

/// How clients are made, as the target file has it.
enum ClientsWord: String, CaseIterable, ExpressibleByArgument {
  case `static`, requests, rfc7591, command, prompt

  var meaning: String {
    switch self {
    case .static: "given ones, whose credentials are in the environment"
    case .requests: "requests of a management API"
    case .rfc7591: "dynamic client registration"
    case .command: "a program"
    case .prompt: "a person in a dashboard"
    }
  }
}

/// The clock drivers of a target file.
enum ClockWord: String, CaseIterable, ExpressibleByArgument {
  case wall, process, faketime, http, command

  var meaning: String {
    switch self {
    case .wall: "it cannot"
    case .process: "conform launches the program on a simulated clock"
    case .faketime: "the same with libfaketime"
    case .http: "requests to the service"
    case .command: "a program"
    }
  }
}

extension Target.Environment: ExpressibleByArgument {}
