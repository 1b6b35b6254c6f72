// The right responses of the token endpoint (RFC 6749 sections 3.2, 4.4 and 5).

import ConformanceModel

extension Model {
  /// - Returns: `nil` if the call makes no sense in this world.
  func rule(_ call: TokenCall, in world: World) -> Ruling? {
    guard let client = world.clients[call.client], client.state != .unknown, isConsistent(call, in: world) else {
      return nil
    }
    return Ruling(
      [
        way(call), credentials(call, client), grant(call.grant), parameters(call), media(call.media),
        method(call.method), coding(call.coding),
      ], success: "ISS-01")
  }

  private func isConsistent(_ call: TokenCall, in world: World) -> Bool {
    let other = call.other.flatMap { world.clients[$0] }
    let needsOther = call.secret == .ofOther || call.id == .ofOther || call.parameters == .otherID
    if needsOther, other == nil || other?.family == world.clients[call.client]?.family { return false }
    if call.way == .accessToken, call.token.flatMap({ world.tokens[$0] }) == nil { return false }
    if call.endpoint == .other, !facts.hasSecondConnector { return false }
    switch call.way {
    case .basic, .both: if !facts.capabilities.contains(.basicAuthentication) { return false }
    case .body: if !facts.capabilities.contains(.bodyAuthentication) { return false }
    case .none, .idOnly, .query, .unknownScheme, .accessToken:
      // there are no credentials that could be wrong
      if call.secret != .right || call.id != .right { return false }
    }
    if call.way != .basic, call.parameters == .ownID || call.parameters == .otherID || call.media == .json {
      return false
    }
    if call.media == .json, call.grant != .right || call.parameters != .plain { return false }
    if call.id == .ofOther, call.secret == .ofOther { return false }
    return true
  }

  private func way(_ call: TokenCall) -> Effect {
    switch call.way {
    case .basic: .harmless()
    case .body: .harmless("AUT-02")
    case .both: .errors("AUT-05", "invalid_request", "invalid_client")
    case .none, .idOnly: .errors("AUT-08", "invalid_client", "invalid_request")
    case .query: .errors("AUT-07", "invalid_client", "invalid_request")
    case .unknownScheme: .errors("AUT-13", "invalid_client", "invalid_request")
    case .accessToken: .errors("AUT-13", "invalid_client", "invalid_request")
    }
  }

  private func credentials(_ call: TokenCall, _ client: World.Client) -> Effect {
    switch client.state {
    case .deleted: return .errors("CLI-21", "invalid_client", "invalid_request")
    case .replaced: return .errors("CLI-08", "invalid_client", "invalid_request")
    case .alive, .unknown: break
    }
    if call.endpoint == .other { return .errors("ISO-01", "invalid_client", "invalid_request") }
    switch (call.id, call.secret) {
    case (.right, .right): return .harmless()
    // what is empty counts as absent, and a form may not contain NUL
    case (_, .empty), (.empty, _), (_, .trailingNUL): return .errors("AUT-09", "invalid_client", "invalid_request")
    case (.right, _): return .errors("AUT-09", "invalid_client")
    default: return .errors("AUT-10", "invalid_client")
    }
  }

  private func grant(_ grant: TokenCall.Grant) -> Effect {
    switch grant {
    case .right: .harmless()
    case .missing: .errors("ERR-04", "invalid_request")
    case .empty: .errors("ISS-16", "invalid_request")
    case .repeated, .repeatedWithOther: .errors("ISS-17", "invalid_request")
    case .otherCase, .trailingBlank, .unknown: .errors("ERR-05", "unsupported_grant_type")
    // a service may look for the parameters of these grants first
    case .password, .refreshToken, .authorizationCode:
      .errors("ERR-05", "unsupported_grant_type", "unauthorized_client", "invalid_grant", "invalid_request")
    }
  }

  private func parameters(_ call: TokenCall) -> Effect {
    switch call.parameters {
    case .plain: .harmless()
    case .unknown: .harmless("ISS-15")
    case .emptyScope, .unknownScope: .open("ISS-13", [.error("invalid_scope")])
    case .resource: .open("ISO-06", [.error("invalid_target"), .error("invalid_request"), .error("invalid_scope")])
    // the id beside Basic has to be the one in it
    case .ownID: call.id == .right ? .harmless("AUT-06") : .errors("AUT-06", "invalid_request", "invalid_client")
    case .otherID: .errors("AUT-06", "invalid_request", "invalid_client")
    }
  }

  private func media(_ media: TokenCall.Media) -> Effect {
    switch media {
    case .form: .harmless()
    case .charset, .upperCase: .harmless("ISS-18")
    case .json: .statuses("ISS-22", [400, 415])
    case .text: .open(nil, [.status(400), .status(415)])
    }
  }

  private func method(_ method: CallMethod) -> Effect {
    if method == .post { return .harmless() }
    return facts.servesOtherMethods ? .open() : .refused("ERR-10", [.clientError, .status(501)])
  }

  private func coding(_ coding: TokenCall.Coding) -> Effect {
    // a server may require a length (RFC 9110 section 15.5.12)
    coding == .length ? .harmless() : .open(nil, [.status(411)])
  }
}
