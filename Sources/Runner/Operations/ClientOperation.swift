// The authentication tab: clients are created, listed, shown, replaced and deleted.

import Conformance

extension CasePlayer {
  func createClient(name: Template?, connector role: ConnectorRole, savedAs: String?) async throws -> Answer? {
    let connector = try connector(role)
    let name = try name.map { try scope.fill($0) } ?? .string("conform-\(scope.names["unique"]?.plainText ?? "")")
    switch session.target.clients {
    case .http(let http):
      guard let template = http.create else { throw TargetError(Capability.createClient.lack) }
      let request = try session.request(template, try values(connector, ["name": name]))
      return credentials(try await send(request), template, savedAs, name: name, role)
    case .static(let given):
      let own = given.filter { $0.connector == role }
      guard givenTaken[role, default: 0] < own.count else { throw TargetError("no given client is left on the \(role.rawValue) connector") }
      let client = own[givenTaken[role, default: 0]]
      givenTaken[role, default: 0] += 1
      let secret = try session.fill(client.secret, [:]).plainText
      scope.conceal(secret, as: CaseScope.label("\(savedAs ?? "client")_secret"))
      if let savedAs {
        scope.save(savedAs, ["id": try session.fill(client.id, [:]), "secret": .string(secret), "name": .null, "connector": .string(role.rawValue)])
      }
      return nil
    case nil: throw TargetError(Capability.createClient.lack)
    }
  }

  func listClients(_ role: ConnectorRole) async throws -> Answer {
    guard case .http(let http) = session.target.clients, let template = http.list else { throw TargetError(Capability.listClients.lack) }
    let request = try session.request(template, try values(try connector(role), [:]))
    var answer = Answer(try await send(request))
    answer.successStatuses = template.statuses
    if let body = answer.body, let pointer = template.answer["ids"] {
      answer.ids = pointer.values(in: body).map(\.plainText)
    } else {
      answer.lack = "the list is not JSON"
    }
    return answer
  }

  func showClient(_ name: String) async throws -> Answer {
    guard case .http(let http) = session.target.clients, let template = http.show else { throw TargetError(Capability.showClient.lack) }
    return try await plain(template, name)
  }

  func deleteClient(_ name: String) async throws -> Answer {
    guard case .http(let http) = session.target.clients, let template = http.delete else { throw TargetError(Capability.deleteClient.lack) }
    return try await plain(template, name)
  }

  func replaceClient(_ name: String, savedAs: String?) async throws -> Answer {
    guard case .http(let http) = session.target.clients, let template = http.replace else { throw TargetError(Capability.replaceClient.lack) }
    let (client, role) = try client(name)
    let request = try session.request(template, try values(try connector(role), ["client": client, "name": client["name"] ?? .null]))
    return credentials(try await send(request), template, savedAs, name: client["name"] ?? .null, role)
  }

  // MARK: -

  private func plain(_ template: Target.RequestTemplate, _ name: String) async throws -> Answer {
    let (client, role) = try client(name)
    let request = try session.request(template, try values(try connector(role), ["client": client, "name": client["name"] ?? .null]))
    var answer = Answer(try await send(request))
    answer.successStatuses = template.statuses
    return answer
  }

  /// A client that was saved, with the connector that it belongs to.
  private func client(_ name: String) throws -> (JSON, ConnectorRole) {
    let client = try scope.look(up: Reference(path: [name]))
    return (client, client["connector"]?.string.flatMap(ConnectorRole.init) ?? .first)
  }

  private func values(_ connector: Target.Connector, _ more: [String: JSON]) throws -> [String: JSON] {
    var values = more
    values["connector"] = try session.values(of: connector)
    values["unique"] = scope.names["unique"] ?? .null
    return values
  }

  /// The new set of credentials in an answer.
  private func credentials(
    _ exchange: Exchange, _ template: Target.RequestTemplate, _ savedAs: String?, name: JSON, _ role: ConnectorRole
  ) -> Answer {
    var answer = Answer(exchange)
    answer.successStatuses = template.statuses
    guard let body = answer.body else {
      answer.lack = "the answer is not JSON"
      return answer
    }
    var found: [String: String] = [:]
    for part in ["id", "secret"] {
      guard let pointer = template.answer[part] else { continue }
      guard let text = pointer.value(in: body)?.string, !text.isEmpty else {
        answer.lack = "the answer has no \(part) at \(pointer)"
        continue
      }
      found[part] = text
    }
    if let secret = found["secret"] { scope.conceal(secret, as: CaseScope.label("\(savedAs ?? "client")_secret")) }
    guard let id = found["id"], let secret = found["secret"] else { return answer }
    answer.saved = ["id": .string(id), "secret": .string(secret), "name": name, "connector": .string(role.rawValue)]
    return answer
  }
}
