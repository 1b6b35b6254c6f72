// Reads how a target's clients are managed.

import ConformanceModel
import HTTPModel
import JSONValue
import YAML

extension TargetLoader {
  func signature(_ reader: YAMLReader) -> Target.PayloadSignature? {
    guard let fields = reader.fields("sign", TargetKeywords.signature, required: ["command"]),
      let command = fields["command"]
    else { return nil }
    return Target.PayloadSignature(command: words(command, "command"), program(fields, command))
  }

  /// - Parameter hasNoSecrets: Whether clients authenticate by their keys alone.
  func clients(_ reader: YAMLReader, hasNoSecrets: Bool) -> Target.Clients? {
    guard let fields = reader.fields("clients", TargetKeywords.clients) else { return nil }
    let drivers = ["static", "rfc7591", "command", "prompt"].filter { fields[$0] != nil }
    let requests = ClientManagement.allCases.filter { fields[$0.rawValue] != nil }
    if drivers.count + (requests.isEmpty ? 0 : 1) > 1 {
      fields[drivers[0]]?.diagnostic("'\(drivers[0])' cannot be combined with another way of managing clients")
    }
    if let other = fields["operations"] ?? fields["time-limit"], fields["command"] == nil, fields["prompt"] == nil {
      other.diagnostic("'operations' and 'time-limit' are only for 'command' and 'prompt'")
    }
    if let other = fields["environment"] ?? fields["on-clock"], fields["command"] == nil {
      other.diagnostic("'environment' and 'on-clock' are only for 'command'")
    }
    if let given = fields["static"] {
      if given.node.kind == .sequence, given.isEmptyCollection {
        given.diagnostic("static is empty; add a client, or remove the key")
      }
      return .static((given.list("static") ?? []).compactMap { self.given($0, hasNoSecrets: hasNoSecrets) })
    }
    if let registration = fields["rfc7591"] { return self.registration(registration).map { .registration($0) } }
    if let command = fields["command"] {
      var driver = Target.CommandClients(command: words(command, "command"), program(fields, command))
      if let operations = fields["operations"].map(operations) { driver.operations = operations }
      return .command(driver)
    }
    if let prompt = fields["prompt"] {
      var driver = Target.PromptedClients()
      driver.hint = prompt.isNull || prompt.scalar == .bool(true) ? nil : prompt.text("prompt")
      if let reader = fields["operations"] {
        driver.operations = operations(reader)
        for operation in [ClientManagement.list, .show] where driver.operations.contains(operation) {
          reader.diagnostic(
            "a person cannot \(operation.rawValue) clients: a page cannot be pasted whole; "
              + "remove '\(operation.rawValue)'")
        }
      }
      return .prompt(driver)
    }
    var http = Target.HTTPClients()
    for operation in requests {
      http.requests[operation] = fields[operation.rawValue].flatMap {
        request(
          $0, answer: TargetLoader.requiredAnswers(operation, hasNoSecrets: hasNoSecrets), isList: operation == .list)
      }
      if [.show, .replace, .delete].contains(operation), let request = http.requests[operation], !request.namesClient {
        fields[operation.rawValue]?.diagnostic(
          "the request does not say which client it is about; expected ${client.id} or ${client.name} in it")
      }
    }
    return .http(http)
  }

  private static func requiredAnswers(_ operation: ClientManagement, hasNoSecrets: Bool) -> [String] {
    switch operation {
    case .create, .replace: hasNoSecrets ? ["id"] : ["id", "secret"]
    case .list: ["ids"]
    case .show, .delete: []
    }
  }

  private func registration(_ reader: YAMLReader) -> Target.Registration? {
    guard let fields = reader.fields("rfc7591", TargetKeywords.registration, required: ["url"]),
      let url = fields["url"].flatMap({ urlTemplate($0, "url") })
    else { return nil }
    var registration = Target.Registration(url: url)
    if let token = fields["initial-access-token"], let template = token.textTemplate("initial-access-token", scope) {
      if template.references.isEmpty { refuseSecret(token) }
      registration.initialAccessToken = template
    }
    registration.headers = fields["headers"].map(headers) ?? []
    registration.metadata = fields["metadata"].map { secretless($0, "metadata") } ?? []
    registration.isManaged = fields["managed"]?.boolean("managed") ?? false
    return registration
  }

  private func operations(_ reader: YAMLReader) -> Set<ClientManagement> {
    Set((reader.list("operations") ?? []).compactMap { $0.word("operation", ClientManagement.self) })
  }

  private func given(_ reader: YAMLReader, hasNoSecrets: Bool) -> Target.GivenClient? {
    let required = hasNoSecrets ? ["id"] : ["id", "secret"]
    guard let fields = reader.fields("a static client", TargetKeywords.given, required: required),
      let id = fields["id"]?.textTemplate("id", scope)
    else { return nil }
    let secret = fields["secret"]?.textTemplate("secret", scope)
    if let reader = fields["secret"], secret?.references.isEmpty == true { refuseSecret(reader) }
    if secret == nil, !hasNoSecrets { return nil }
    return Target.GivenClient(
      id: id, secret: secret, connector: fields["connector"]?.word("connector", ConnectorRole.self) ?? .first,
      key: key(fields, for: nil), certificate: fields["tls"].map { tls($0, TargetKeywords.certificate) })
  }

  /// A program and its arguments.
  func words(_ reader: YAMLReader, _ what: String) -> [Template] {
    guard reader.node.kind == .sequence else {
      reader.diagnostic("\(what) must be a list: the program, then its arguments; it runs without a shell")
      return []
    }
    let arguments = reader.list(what) ?? []
    let words = arguments.compactMap { $0.textTemplate("an argument of \(what)", scope) }
    refuseSecrets(inArguments: arguments)
    if words.isEmpty { reader.diagnostic("\(what) is empty; expected a program") }
    // all users of the machine can read the arguments of a process
    refuseSessions(words, reader)
    for reference in words.flatMap(\.references) where TargetLoader.isConfidential(reference) {
      reader.diagnostic(
        "\(reference) would be visible in the process list; pass it in the environment or on standard input")
    }
    return words
  }

  /// How a program runs.
  ///
  /// - Parameters:
  ///   - fields: The keys beside its command.
  ///   - command: What names it: it runs in the folder of that file.
  func program(_ fields: Fields, _ command: YAMLReader) -> Target.ProgramSettings {
    var settings = Target.ProgramSettings(folder: command.file.folder)
    settings.environment = environment(fields["environment"])
    if let reader = fields["environment"] { refuseSessions(settings.environment.map(\.value), reader) }
    settings.isOnClock = fields["on-clock"]?.boolean("on-clock") ?? false
    settings.timeLimit = fields["time-limit"].flatMap(seconds) ?? settings.timeLimit
    return settings
  }

  /// Environment variables.
  func environment(_ reader: YAMLReader?) -> [Template.Member] {
    guard let reader else { return [] }
    for (name, key, _) in reader.members("environment") ?? [] where name.isEmpty || name.contains("=") {
      key.diagnostic("'\(name.prefix(60))' is not the name of an environment variable")
    }
    return secretless(reader, "environment")
  }

  private func refuseSessions(_ templates: [Template], _ reader: YAMLReader) {
    for reference in templates.flatMap(\.references) where reference.name == "login" {
      reader.diagnostic("\(reference) is only for requests: a program has no session")
    }
  }

  /// Reports programs that are to see a simulated time which nothing has.
  func checkProgramClocks(_ target: Target, _ fields: Fields) {
    var reason = "'on-clock' needs the simulated clock of a launched program; add 'clock: { driver: process }'"
    if case .process(let clock) = target.clock {
      guard clock.isInContainer else { return }
      reason = "'on-clock' is not possible with 'inside: container': the clock is injected in the container alone"
    }
    for part in ["clients", "sign", "inbox"] {
      let reader = fields[part]?.members(part)?.first { $0.name == "on-clock" }?.value
      if let reader, reader.scalar == .bool(true) { reader.diagnostic(reason) }
    }
  }

  /// A duration in seconds.
  func seconds(_ reader: YAMLReader) -> Double? {
    guard let text = reader.text("a duration") else { return nil }
    do throws(SimulatedDurationError) {
      let duration = try SimulatedDuration(parsing: text)
      if (1...3_600_000).contains(duration.milliseconds) { return Double(duration.milliseconds) / 1000 }
      reader.diagnostic("a time limit must be from 1ms to 1h")
    } catch {
      reader.diagnostic("\(error.message); write it as 30s")
    }
    return nil
  }
}

extension Target.RequestTemplate {
  /// Whether a part of the request depends on the client.
  fileprivate var namesClient: Bool { uses(["client", "name"]) }

  /// Whether a part of the request depends on the receipt.
  var usesReceipt: Bool { uses(["receipt"]) }

  private func uses(_ wanted: [String]) -> Bool {
    let templates = [url] + [json, text].compactMap(\.self) + (headers + (form ?? [])).map(\.value)
    let names = templates.flatMap(\.references).map(\.name)
    // an unknown name is reported as such
    return names.contains { wanted.contains($0) || !TargetLoader.builtInNames.contains($0) }
  }
}
