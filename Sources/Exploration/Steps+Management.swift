// The requests to the authentication tab and for metadata, with their expectations, in the language of scenarios.

import ConformanceModel
import JSONValue

extension Manager {
  fileprivate func template(_ world: World, at connector: ConnectorRole) -> Template? {
    switch self {
    case .manager: nil
    case .nobody: .literal(.string(Stranger.none.rawValue))
    case .accessToken, .foreignToken: world.token(of: self, at: connector).map { Template("${\($0).value}") }
    case .unknownKey: Template("${unique}${unique}${unique}")
    case .wrongKey: .literal(.string(Stranger.wrong.rawValue))
    case .otherConnector: .literal(.string(Stranger.otherConnector.rawValue))
    case .secret: world.clients(.alive).first.map { Template("${\($0).secret}") }
    }
  }
}

extension Model {
  func createStep(_ call: CreateCall, _ world: World, _ place: Place) -> Step {
    let name: Template? =
      switch call.naming {
      case .plain: call.hasNameOfItsOwn && facts.capabilities.contains(.clientNames) ? Template(call.ownName) : nil
      case .same, .used, .sameElsewhere: call.other.map { Template("${\($0).name}") }
      case .unicode: Template("Überführung 漢字 🚚 ${unique}")
      case .lineBreak: Template("conform ${unique}\(Model.lineBreak)")
      case .long: Template("A Rather Long Name of more than forty Characters ${unique}")
      case .empty: .literal("")
      case .absent: .literal(.null)
      }
    return Step(
      place: place, operation: .createClient(name: name, connector: call.connector), savedAs: call.name,
      manager: call.manager.template(world, at: call.connector))
  }

  func manageStep(_ call: ManageCall, _ world: World, _ place: Place) -> Step {
    let manager = call.manager.template(world, at: world.clients[call.client]?.connector ?? .first)
    switch call.action {
    case .show: return Step(place: place, operation: .showClient(client: call.client), manager: manager)
    case .delete: return Step(place: place, operation: .deleteClient(client: call.client), manager: manager)
    case .replace:
      return Step(
        place: place, operation: .replaceClient(client: call.client), savedAs: call.replacement, manager: manager)
    }
  }

  func listStep(_ connector: ConnectorRole, _ manager: Manager, _ world: World, _ place: Place) -> Step {
    Step(
      place: place, operation: .listClients(connector: connector), manager: manager.template(world, at: connector))
  }

  func metadataStep(_ place: Place) -> Step {
    var request = FreeRequest(url: Template("${metadata-url}"))
    // the place of OpenID Connect Discovery is allowed as well (RFC 8414 section 5)
    request.alternatives = [Template("${openid-metadata-url}")]
    return Step(place: place, operation: .http(request))
  }

  // MARK: - Expectations

  func createSubjects(_ call: CreateCall, _ ruling: Ruling, _ world: World) -> [Expectation.Subject] {
    let earlier = call.other.flatMap { world.clients[$0] == nil ? nil : $0 } ?? world.clients(.alive).last
    return managementSubjects(.createClient, ruling, shows: true) + newSecret(ruling, unlike: earlier)
  }

  func manageSubjects(_ call: ManageCall, _ ruling: Ruling, _ world: World) -> [Expectation.Subject] {
    switch call.action {
    case .show: managementSubjects(.showClient, ruling, shows: false) + shown(call.client, ruling, world)
    case .replace:
      managementSubjects(.replaceClient, ruling, shows: true) + newSecret(ruling, unlike: call.client)
    case .delete: managementSubjects(.deleteClient, ruling, shows: false)
    }
  }

  /// What the documents only recommend.
  func recommended(_ call: CreateCall, _ ruling: Ruling) -> [Expectation.Subject] {
    guard ruling.outcome == .either, [.used, .unicode].contains(call.naming) else { return [] }
    return [.success(.createClient)]
  }

  private func managementSubjects(
    _ kind: StepActionKind, _ ruling: Ruling, shows: Bool
  ) -> [Expectation.Subject] {
    let isHTTP = facts.capabilities.contains(.httpClients)
    switch ruling.outcome {
    case .success where shows && isHTTP:
      return [.success(kind), .header("Cache-Control", .lists([.literal("no-store")])), .noSecrets]
    case .success: return [.success(kind)] + (isHTTP ? [.noSecrets] : [])
    case .refusal, .either:
      return isHTTP ? [.status(statuses(ruling, success: [.statusClass(2)])), .noSecrets] : []
    }
  }

  /// A new secret is printable and says nothing about another (RFC 6749 section 10.10 and appendix A.2).
  private func newSecret(_ ruling: Ruling, unlike other: String?) -> [Expectation.Subject] {
    guard ruling.outcome == .success, facts.capabilities.isSuperset(of: [.httpClients, .clientSecret]) else {
      return []
    }
    let printable = Matcher.matches(.literal("^[ -~]+$"))
    let secret = other.map { Matcher.all([printable, .unlike(Template("${\($0).secret}"))]) } ?? printable
    return [.saved(.object([.init("id", printable), .init("secret", secret)]))]
  }

  /// The client that was asked for is shown, and no other.
  private func shown(_ client: String, _ ruling: Ruling, _ world: World) -> [Expectation.Subject] {
    guard ruling.outcome == .success, facts.capabilities.contains(.httpClients) else { return [] }
    let other = world.clients(.alive).last { world.clients[$0]?.family != world.clients[client]?.family }
    let unshown = other.map { Expectation.Subject.text(.not(.contains(.equals(Template("${\($0).id}"))))) }
    return [.someText(.contains(.equals(Template("${\(client).id}"))))] + [unshown].compactMap(\.self)
  }

  func listSubjects(_ connector: ConnectorRole, _ ruling: Ruling, _ world: World) -> [Expectation.Subject] {
    guard ruling.outcome == .success else {
      return [.status(statuses(ruling, success: [])), .noSecrets]
    }
    let listed = world.clients(.alive, at: connector)
    let gone = world.clients(.deleted).filter { name in
      // one id for two sets is still listed
      !world.clients.contains { $0.key != name && $0.value.family == world.clients[name]?.family }
    }
    let unlisted = gone + world.clients(.alive, at: connector.other)
    var subjects: [Expectation.Subject] = [.success(.listClients)]
    if !listed.isEmpty { subjects.append(.listed(listed)) }
    if !unlisted.isEmpty { subjects.append(.unlisted(unlisted)) }
    if facts.capabilities.isSuperset(of: [.httpClients, .clientNames]) {
      if let named = listed.last(where: { world.clients[$0]?.keepsName == true }) {
        subjects.append(.someText(.contains(.equals(Template("${\(named).name}")))))
      }
      let strays = (world.refusedNames[connector] ?? []).map { Matcher.contains(.equals(Template($0))) }
      if !strays.isEmpty { subjects.append(.text(.not(strays.count == 1 ? strays[0] : .oneOf(strays)))) }
    }
    return subjects + (facts.capabilities.contains(.httpClients) ? [.noSecrets] : [])
  }

  func metadataSubjects(_ call: MetadataCall) -> [Expectation.Subject] {
    let methods = "token_endpoint_auth_methods_supported"
    let algorithms = "token_endpoint_auth_signing_alg_values_supported"
    func contains(_ text: JSON) -> Matcher { .contains(.equals(.literal(text))) }
    func assertions(_ method: JSON, _ pattern: JSON) -> Matcher {
      .object([.init(methods, contains(method)), .init(algorithms, .contains(.matches(.literal(pattern))))])
    }
    let json: Matcher =
      switch call.part {
      case .issuer: .object([.init("issuer", .equals(Template("${issuer}")))])
      case .tokenEndpoint: .object([.init("token_endpoint", .equals(Template("${token-url}")))])
      case .grants: .object([.init("grant_types_supported", contains("client_credentials"))])
      case .members: .eachMember(.not(.array([])))
      case .basic: .object([.init(methods, .oneOf([.absent(true), contains("client_secret_basic")]))])
      case .body: .object([.init(methods, contains("client_secret_post"))])
      case .keyAssertion: assertions("private_key_jwt", "^(RS|PS|ES)(256|384|512)$|^EdDSA$")
      case .secretAssertion: assertions("client_secret_jwt", "^HS(256|384|512)$")
      case .certificate:
        .object([.init(methods, .contains(.matches(.literal("^(self_signed_)?tls_client_auth$"))))])
      }
    return [.status(.equals(.literal(200))), .mediaType("application/json"), .json(json)]
  }
}
