// Reads how a target's clients are managed.

import ConformanceModel
import HTTPModel
import JSONValue
import Yams

extension TargetLoader {
  func clients(_ cursor: YAMLReader) -> Target.Clients? {
    guard let fields = cursor.fields("clients", TargetKeywords.clients) else { return nil }
    let drivers = ["static", "rfc7591", "command", "prompt"].filter { fields[$0] != nil }
    let requests = ClientManagement.allCases.filter { fields[$0.rawValue] != nil }
    if drivers.count + (requests.isEmpty ? 0 : 1) > 1 {
      fields[drivers[0]]?.diagnostic("'\(drivers[0])' stands alone: one way of managing clients for a target")
    }
    if let other = fields["operations"] ?? fields["time-limit"], fields["command"] == nil, fields["prompt"] == nil {
      other.diagnostic("'operations' and 'time-limit' go with 'command' or 'prompt'")
    }
    if let given = fields["static"] {
      if given.node.sequence?.isEmpty == true { given.diagnostic("static is empty: give it a client, or leave it out") }
      return .static((given.list("static") ?? []).compactMap(given(_:)))
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
      if let cursor = fields["operations"] {
        driver.operations = operations(cursor)
        for operation in [ClientManagement.list, .show] where driver.operations.contains(operation) {
          cursor.diagnostic(
            "a person cannot be asked to \(operation.rawValue) clients: what a page shows cannot be pasted whole; take '\(operation.rawValue)' away"
          )
        }
      }
      return .prompt(driver)
    }
    var http = Target.HTTPClients()
    for operation in requests {
      http.requests[operation] = fields[operation.rawValue].flatMap {
        request($0, answer: TargetLoader.needed(operation))
      }
    }
    return .http(http)
  }

  private static func needed(_ operation: ClientManagement) -> [String] {
    switch operation {
    case .create, .replace: ["id", "secret"]
    case .list: ["ids"]
    case .show, .delete: []
    }
  }

  private func registration(_ cursor: YAMLReader) -> Target.Registration? {
    guard let fields = cursor.fields("rfc7591", TargetKeywords.registration, required: ["url"]),
      let url = fields["url"]?.textTemplate("url", scope)
    else { return nil }
    var registration = Target.Registration(url: url)
    if let token = fields["initial-access-token"], let template = token.textTemplate("initial-access-token", scope) {
      if template.references.isEmpty { refuseSecret(token) }
      registration.initialAccessToken = template
    }
    registration.headers = fields["headers"].map(headers) ?? []
    registration.metadata = fields["metadata"]?.templateMembers("metadata", scope) ?? []
    registration.isManaged = fields["managed"]?.boolean("managed") ?? false
    return registration
  }

  private func operations(_ cursor: YAMLReader) -> Set<ClientManagement> {
    Set((cursor.list("operations") ?? []).compactMap { $0.word("operation", ClientManagement.self) })
  }

  private func given(_ cursor: YAMLReader) -> Target.GivenClient? {
    guard let fields = cursor.fields("a given client", TargetKeywords.given, required: ["id", "secret"]),
      let id = fields["id"]?.textTemplate("id", scope), let secretCursor = fields["secret"],
      let secret = secretCursor.textTemplate("secret", scope)
    else { return nil }
    if secret.references.isEmpty { refuseSecret(secretCursor) }
    return Target.GivenClient(
      id: id, secret: secret, connector: fields["connector"]?.word("connector", ConnectorRole.self) ?? .first)
  }

  /// A program and its arguments.
  func words(_ cursor: YAMLReader, _ what: String) -> [Template] {
    guard case .sequence = cursor.node else {
      cursor.diagnostic("\(what) is a list: the program, then its arguments; no shell reads it")
      return []
    }
    let words = (cursor.list(what) ?? []).compactMap { $0.textTemplate("a word of the \(what)", scope) }
    if words.isEmpty { cursor.diagnostic("\(what) is empty") }
    // whoever is on the machine reads the arguments of all programs
    for reference in words.flatMap(\.references) where TargetLoader.isConfidential(reference) {
      cursor.diagnostic(
        "\(reference) would stand in the list of processes for everyone to read; hand it over in the environment or on standard input"
      )
    }
    return words
  }

  /// A duration in seconds.
  func seconds(_ cursor: YAMLReader) -> Double? {
    guard let text = cursor.text("a duration") else { return nil }
    do throws(SimulatedDurationError) {
      let span = try SimulatedDuration(parsing: text)
      if (1...3_600_000).contains(span.milliseconds) { return Double(span.milliseconds) / 1000 }
      cursor.diagnostic("a time limit is more than nothing and at most 1h")
    } catch {
      cursor.diagnostic("\(error.message); write it as 30s")
    }
    return nil
  }
}
