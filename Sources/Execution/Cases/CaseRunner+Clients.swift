// The authentication tab: clients are created, listed, shown, replaced and deleted.

import ConformanceModel
import HTTPModel
import JSONValue
import Redaction
import RunEvents

extension CaseRunner {
  func createClient(name: Template?, connector role: ConnectorRole, savedAs: String?) async throws -> StepResult? {
    if case .static(let given) = session.target.clients {
      try takeStaticClient(given, role, savedAs)
      // no response shows that it was created: the target file does
      for case .success in currentStep?.expectations.map(\.subject) ?? [] { ledger.enter(.evaluated, at: slot) }
      return nil
    }
    var request = try clientRequest(.create, role)
    request.name = try name.map { try scope.fill($0) } ?? .string(defaultName(savedAs))
    request.authentication = savedAs.flatMap { scope.authentications[$0] }
    try takeKeys(for: &request)
    return try saveCredentials(try await perform(request), request, role, savedAs)
  }

  /// A name that no other client has: a service may require that names differ.
  private func defaultName(_ savedAs: String?) -> String {
    let parts = ["conform", scope.names["unique"]?.plainText, savedAs, scope.index?.plainText]
    return parts.compactMap { $0 }.joined(separator: "-")
  }

  func listClients(_ role: ConnectorRole) async throws -> StepResult {
    try await perform(try clientRequest(.list, role))
  }

  func showClient(_ name: String) async throws -> StepResult {
    let request = try clientRequest(.show, about: name).request
    var result = try await perform(request)
    // the client's configuration contains the token that protects it (RFC 7592 section 3)
    if let token = request.client?["registration"]?["token"]?.string { result.disclosedSecrets = [token] }
    if session.target.value(of: .secretOnShow) == "shown", let secret = request.client?["secret"]?.string {
      result.disclosedSecrets.append(secret)
    }
    return result
  }

  func deleteClient(_ name: String) async throws -> StepResult {
    let (request, role) = try clientRequest(.delete, about: name)
    let result = try await perform(request)
    if result.statusMeansSuccess, let id = request.client?["id"]?.string, session.createdClients.remove(id) {
      environment.stream.emit(.clientDeleted(ClientIdentity(id: id, connector: role)))
    }
    return result
  }

  func replaceClient(_ name: String, savedAs: String?) async throws -> StepResult {
    var (request, role) = try clientRequest(.replace, about: name)
    try takeKeys(for: &request)
    return try saveCredentials(try await perform(request), request, role, savedAs)
  }

  // MARK: -

  /// Gives the next client of the case its key and its certificate, as far as clients of the target have them.
  private func takeKeys(for request: inout ClientRequest) throws {
    try request.takeKeys(of: session, number: scope.keysTaken)
    if request.key != nil || request.certificate != nil { scope.keysTaken += 1 }
  }

  private func perform(_ request: ClientRequest) async throws -> StepResult {
    guard let driver = session.drivers.clientDriver else {
      throw TargetError(request.operation.capability.missingReason)
    }
    var request = request
    request.manager = try currentStep?.manager.map { try scope.fill($0).plainText }
    let sent = exchanges
    let result = try await driver.perform(request) { [self] request in try await sendPage(request) }
    // a command or a person responds without a request: `send` has not entered the response
    if exchanges == sent { ledger.enter(.received, at: slot) }
    return result
  }

  private func clientRequest(_ operation: ClientManagement, _ role: ConnectorRole) throws -> ClientRequest {
    let connector = try connector(role)
    return ClientRequest(
      operation: operation, connector: connector, connectorValues: try session.templates.values(of: connector),
      unique: scope.names["unique"] ?? .null)
  }

  /// A request about a saved client, with the connector that it belongs to.
  private func clientRequest(_ operation: ClientManagement, about name: String) throws
    -> (request: ClientRequest, ConnectorRole)
  {
    let client = try scope.look(up: Reference(path: [name]))
    let role = client["connector"]?.string.flatMap(ConnectorRole.init) ?? .first
    var request = try clientRequest(operation, role)
    request.client = client
    request.name = client["name"] ?? .null
    return (request, role)
  }

  /// Saves a new set of credentials.
  private func saveCredentials(
    _ result: StepResult, _ request: ClientRequest, _ role: ConnectorRole, _ savedAs: String?
  ) throws(TargetError) -> StepResult {
    var result = result
    guard let made = result.made else {
      guard result.statusMeansSuccess else { return result }
      // an unreadable response shows the secret that it discloses
      result.disclosedSecrets += DisclosedSecrets.unparsed(in: result, named: session.target.secretLocator)
      try maskCandidates(in: result, as: "\(savedAs ?? "client")_secret")
      return result
    }
    var members: [JSON.Member] = [
      .init("id", .string(made.id)), .init("name", request.name), .init("connector", .string(role.rawValue)),
    ]
    members += secretMembers(id: made.id, made.secret, request.key, savedAs)
    if let made = request.certificate { members.append(.init("tls", made.saved)) }
    if let way = made.authentication { members.append(.init("authentication", .string(way.rawValue))) }
    if let registration = made.registration { members.append(.init("registration", registration)) }
    result.saved = .object(members)
    if session.createdClients.add(.object(members), number: planned.number) {
      environment.stream.emit(.clientCreated(ClientIdentity(id: made.id, connector: role)))
    }
    return result
  }

  /// What a client authenticates with.
  private func secretMembers(id: String, _ secret: String?, _ key: ClientKey?, _ savedAs: String?) -> [JSON.Member] {
    var members: [JSON.Member] = []
    if let secret {
      scope.registerSecret(secret, as: CaseScope.label("\(savedAs ?? "client")_secret"))
      members = [.init("secret", .string(secret)), .init("basic", .string(basic(id, secret, savedAs)))]
    }
    if let key { members += [.init("key", .string(key.pem)), .init("kid", .string(key.id))] }
    return members
  }

  /// Masks what may be a new secret in a response in which it cannot be located: it is somewhere there.
  ///
  /// - Throws: `TargetError` if there is too much of it; the response is not logged then.
  func maskCandidates(in result: StepResult, as label: String) throws(TargetError) {
    guard let texts = DisclosedSecrets.candidates(in: result) else {
      throw TargetError(
        "the response has more than \(SecretFinder.maxCount) texts, and no secret where the target file says; it is not "
          + "logged, since any of them can be the secret", kind: .protocol)
    }
    for text in texts where !session.redactor.knows(text) { scope.mask(text, as: CaseScope.label(label)) }
  }

  /// The Basic credentials of a client (RFC 6749 section 2.3.1), as confidential as its secret.
  private func basic(_ id: String, _ secret: String, _ savedAs: String?) -> String {
    let encoded = BasicCredentials.encode(id, secret, isRaw: !session.target.token.formEncodesBasic)
    scope.registerEncoding(encoded, as: CaseScope.label("\(savedAs ?? "client")_basic"))
    return encoded
  }

  /// Whether the rest of the case applies to the static client that a step took. There is no response: the conditions
  /// are about what was saved.
  func appliesToStaticClient(_ step: Step) throws -> Bool {
    var result = StepResult(Exchange(request: WireRequest(url: session.baseURL), response: WireResponse(status: 0)))
    result.saved = step.savedAs.flatMap { scope.names[$0] }
    return try applies(ResponseEvaluator(result, scope: scope, patterns: session.patterns), step)
  }

  /// Takes the next of the clients that the target file lists for a connector.
  private func takeStaticClient(_ given: [Target.GivenClient], _ role: ConnectorRole, _ savedAs: String?) throws {
    let own = given.indices.filter { given[$0].connector == role }
    guard givenTaken[role, default: 0] < own.count else {
      throw TargetError(
        "the case needs more clients on the \(role.rawValue) connector than the target configures (\(own.count))")
    }
    let index = own[givenTaken[role, default: 0]]
    let client = given[index]
    givenTaken[role, default: 0] += 1
    let id = try session.templates.resolve(client.id, [:])
    let secret = try client.secret.map { try session.templates.resolve($0, [:]).plainText }
    let key = session.target.usesPrivateKeys ? try session.clientKeys.configured(client.key) : nil
    var members = secretMembers(id: id.plainText, secret, key, savedAs)
    if client.certificate != nil { members.append(.init("tls", .int(index))) }
    guard let savedAs else { return }
    scope.save(
      savedAs,
      .object([.init("id", id), .init("name", .null), .init("connector", .string(role.rawValue))] + members))
  }
}
