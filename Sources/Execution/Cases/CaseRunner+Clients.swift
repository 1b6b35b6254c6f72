// The authentication tab: clients are created, listed, shown, replaced and deleted.

import ConformanceModel
import JSONValue
import RunEvents

extension CaseRunner {
  func createClient(name: Template?, connector role: ConnectorRole, savedAs: String?) async throws -> StepResult? {
    if case .static(let given) = session.target.clients {
      try takeGiven(given, role, savedAs)
      return nil
    }
    var order = try order(.create, role)
    order.name = try name.map { try scope.fill($0) } ?? .string("conform-\(scope.names["unique"]?.plainText ?? "")")
    return made(try await perform(order), role, order.name, savedAs)
  }

  func listClients(_ role: ConnectorRole) async throws -> StepResult { try await perform(try order(.list, role)) }

  func showClient(_ name: String) async throws -> StepResult {
    let order = try order(.show, about: name).order
    var answer = try await perform(order)
    // the client's own configuration shows the token that it is read with (RFC 7592 section 3)
    if let token = order.client?["registration"]?["token"]?.string { answer.disclosedSecrets = [token] }
    return answer
  }

  func deleteClient(_ name: String) async throws -> StepResult {
    let (order, role) = try order(.delete, about: name)
    let answer = try await perform(order)
    if answer.statusMeansSuccess, let id = order.client?["id"]?.string, session.createdClients.remove(id) {
      environment.stream.emit(.clientDeleted(ClientIdentity(id: id, connector: role)))
    }
    return answer
  }

  func replaceClient(_ name: String, savedAs: String?) async throws -> StepResult {
    let (order, role) = try order(.replace, about: name)
    return made(try await perform(order), role, order.name, savedAs)
  }

  // MARK: -

  private func perform(_ order: ClientRequest) async throws -> StepResult {
    guard let driver = session.makeClientDriver() else { throw TargetError(order.operation.capability.missingReason) }
    var order = order
    order.manager = try manager.map { try scope.fill($0).plainText }
    return try await driver.perform(order) { [self] request in try await send(request) }
  }

  private func order(_ operation: ClientManagement, _ role: ConnectorRole) throws -> ClientRequest {
    let connector = try connector(role)
    return ClientRequest(
      operation: operation, connector: connector, connectorValues: try session.values(of: connector),
      unique: scope.names["unique"] ?? .null)
  }

  /// An order about a client that was saved, with the connector that it belongs to.
  private func order(_ operation: ClientManagement, about name: String) throws -> (order: ClientRequest, ConnectorRole)
  {
    let client = try scope.look(up: Reference(path: [name]))
    let role = client["connector"]?.string.flatMap(ConnectorRole.init) ?? .first
    var order = try order(operation, role)
    order.client = client
    order.name = client["name"] ?? .null
    return (order, role)
  }

  /// What is saved of a new set of credentials.
  private func made(_ answer: StepResult, _ role: ConnectorRole, _ name: JSON, _ savedAs: String?) -> StepResult {
    var answer = answer
    guard let made = answer.made else { return answer }
    scope.conceal(made.secret, as: CaseScope.label("\(savedAs ?? "client")_secret"))
    var members: [JSON.Member] = [
      .init("id", .string(made.id)), .init("secret", .string(made.secret)), .init("name", name),
      .init("connector", .string(role.rawValue)),
      .init("basic", .string(basic(made.id, made.secret, savedAs))),
    ]
    if let registration = made.registration { members.append(.init("registration", registration)) }
    answer.saved = .object(members)
    if session.createdClients.add(.object(members), number: planned.number) {
      environment.stream.emit(.clientCreated(ClientIdentity(id: made.id, connector: role)))
    }
    return answer
  }

  /// What stands behind `Basic` for these credentials (RFC 6749 section 2.3.1); it is as confidential as they are.
  private func basic(_ id: String, _ secret: String, _ savedAs: String?) -> String {
    let encoded = Base64.encode(Array("\(FormEncoding.encode(id)):\(FormEncoding.encode(secret))".utf8))
    scope.conceal(encoded: encoded, as: CaseScope.label("\(savedAs ?? "client")_basic"))
    return encoded
  }

  /// Takes the next of the given clients of a connector.
  private func takeGiven(_ given: [Target.GivenClient], _ role: ConnectorRole, _ savedAs: String?) throws {
    let own = given.filter { $0.connector == role }
    guard givenTaken[role, default: 0] < own.count else {
      throw TargetError("no given client is left on the \(role.rawValue) connector")
    }
    let client = own[givenTaken[role, default: 0]]
    givenTaken[role, default: 0] += 1
    let secret = try session.fill(client.secret, [:]).plainText
    scope.conceal(secret, as: CaseScope.label("\(savedAs ?? "client")_secret"))
    guard let savedAs else { return }
    let id = try session.fill(client.id, [:])
    scope.save(
      savedAs,
      [
        "id": id, "secret": .string(secret), "name": .null, "connector": .string(role.rawValue),
        "basic": .string(basic(id.plainText, secret, savedAs)),
      ])
  }
}
