// The right responses of the authentication tab, of the endpoints about tokens, and of the inbox.

import ConformanceModel

extension Model {
  private func manager(_ manager: Manager, at connector: ConnectorRole, in world: World) -> Effect? {
    switch manager {
    case .manager: return .harmless()
    case .accessToken, .foreignToken: if world.token(of: manager, at: connector) == nil { return nil }
    case .secret:
      guard facts.capabilities.contains(.clientSecret), !world.clients(.alive).isEmpty else { return nil }
    case .otherConnector:
      guard facts.capabilities.contains(.connectorManagers), facts.hasSecondConnector else { return nil }
    case .nobody, .unknownKey, .wrongKey: break
    }
    guard facts.capabilities.isSuperset(of: [.managerKey, .httpClients]) else { return nil }
    return .statuses("CLI-14", [401, 403, 404])
  }

  func rule(_ call: CreateCall, in world: World) -> Ruling? {
    guard facts.createsClients || call.naming == .plain && call.manager == .manager,
      call.naming == .plain || facts.capabilities.contains(.clientNames),
      call.connector == .first || facts.hasSecondConnector,
      let managed = manager(call.manager, at: call.connector, in: world)
    else { return nil }
    let naming: Effect
    switch call.naming {
    case .plain: naming = .harmless()
    case .long: naming = .harmless("CLI-02")
    case .same:
      guard let other = call.other.flatMap({ world.clients[$0] }), other.state == .alive, other.keepsName,
        other.connector == call.connector
      else { return nil }
      naming = .open("CLI-09", [.status(400), .status(409), .status(422)])
    case .sameElsewhere:
      guard let other = call.other.flatMap({ world.clients[$0] }), other.state == .alive, other.keepsName,
        other.connector != call.connector
      else { return nil }
      naming = .harmless("ISO-04")
    case .used:
      guard let other = call.other.flatMap({ world.clients[$0] }), other.state == .deleted, other.keepsName,
        !world.clients.values.contains(where: { $0.name == other.name && $0.state != .deleted })
      else { return nil }
      naming = .open("CLI-09", [.status(400), .status(409), .status(422)])
    case .unicode, .lineBreak: naming = .open("CLI-02", [.status(400), .status(422)])
    case .absent, .empty:
      switch facts.namelessClient {
      case "refused": naming = .statuses("CLI-02", [400, 422])
      case "accepted": naming = .harmless("CLI-02")
      default: naming = .open("CLI-02", [.status(400), .status(422)])
      }
    }
    return Ruling([managed, naming], success: "CLI-01")
  }

  func rule(_ call: ManageCall, in world: World) -> Ruling? {
    let capability: Capability =
      switch call.action {
      case .show: .showClient
      case .replace: .replaceClient
      case .delete: .deleteClient
      }
    guard facts.capabilities.contains(capability), let client = world.clients[call.client],
      let managed = manager(call.manager, at: client.connector, in: world)
    else { return nil }
    switch client.state {
    case .alive: return Ruling([managed], success: call.action == .replace ? "CLI-07" : "CLI-15")
    case .deleted:
      // one id for two sets: the documents do not say what such a client is
      guard facts.capabilities.contains(.httpClients),
        !world.clients.contains(where: { $0.key != call.client && $0.value.family == client.family })
      else { return nil }
      let gone: Effect = call.action == .delete ? .open("CLI-15") : .refused("CLI-15", [.clientError])
      return Ruling([managed, gone], success: "CLI-15")
    case .replaced, .unknown: return nil
    }
  }

  func rule(listing connector: ConnectorRole, by manager: Manager, in world: World) -> Ruling? {
    guard facts.capabilities.contains(.listClients), connector == .first || facts.hasSecondConnector,
      !world.clients.isEmpty,
      let managed = self.manager(manager, at: connector, in: world)
    else { return nil }
    return Ruling([managed], success: "CLI-05")
  }

  func rule(inbox connector: ConnectorRole, in world: World) -> Ruling? {
    guard facts.capabilities.contains(.readInbox), connector == .first || facts.hasSecondConnector,
      !deliveries(at: connector, in: world).isEmpty
    else { return nil }
    return Ruling(.success, covers: ["PAY-03"])
  }

  /// RFC 8414.
  func rule(_ call: MetadataCall) -> Ruling? {
    guard facts.capabilities.isSuperset(of: call.part.needs + [.metadata]) else { return nil }
    return Ruling(.success, covers: [call.part.covers])
  }

  func rule(_ call: TokenStateCall, in world: World) -> Ruling? {
    let capability: Capability = call.endpoint == .introspection ? .introspection : .revocation
    guard facts.capabilities.isSuperset(of: [capability, .basicAuthentication]), let token = world.tokens[call.token],
      token.connector == .first, let client = world.clients[token.client]
    else { return nil }
    let covers = call.endpoint == .introspection ? "BRR-13" : "BRR-11"
    switch call.caller {
    case .nobody, .wrongSecret:
      return Ruling(.refusal, [.status(400), .status(401), .status(403)], covers: [covers])
    case .other:
      guard let other = call.other.flatMap({ world.clients[$0] }), other.state == .alive, other.family != client.family
      else { return nil }
      // a service may say nothing about the tokens of others, or anything to its own clients
      return Ruling(.either, [.status(400), .status(401), .status(403)], covers: ["BRR-12"])
    case .owner:
      guard client.state == .alive else { return nil }
      // introspection may be for other callers only (RFC 7662 section 2.1)
      return call.endpoint == .revocation
        ? Ruling(.success, covers: [covers]) : Ruling(.either, [.status(401), .status(403)], covers: [covers])
    }
  }
}
