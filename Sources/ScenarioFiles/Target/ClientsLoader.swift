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
    var signature = Target.PayloadSignature(command: words(command, "command"))
    if let limit = fields["time-limit"].flatMap(seconds) { signature.timeLimit = limit }
    return signature
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
    if let given = fields["static"] {
      if given.node.kind == .sequence, given.isEmptyCollection {
        given.diagnostic("static is empty; add a client, or remove the key")
      }
      return .static((given.list("static") ?? []).compactMap { self.given($0, hasNoSecrets: hasNoSecrets) })
    }
    if let registration = fields["rfc7591"] { return self.registration(registration).map { .registration($0) } }
    if let command = fields["command"] {
      var driver = Target.CommandClients(command: words(command, "command"))
      if let operations = fields["operations"].map(operations) { driver.operations = operations }
      if let limit = fields["time-limit"].flatMap(seconds) { driver.timeLimit = limit }
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
    for reference in words.flatMap(\.references) where TargetLoader.isConfidential(reference) {
      reader.diagnostic(
        "\(reference) would be visible in the process list; pass it in the environment or on standard input")
    }
    return words
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
