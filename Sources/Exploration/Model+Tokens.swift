// The right responses of the token endpoint (RFC 6749 sections 3.2, 4.4 and 5).

import ConformanceModel

extension Model {
  /// - Returns: `nil` if the call makes no sense in this world.
  func rule(_ call: TokenCall, in world: World) -> Ruling? {
    guard let client = world.clients[call.client], client.state != .unknown, isConsistent(call, in: world),
      let assertion = assertion(call, client, world)
    else { return nil }
    if facts.hasOneWayPerClient, let way = client.way, let asked = call.way.registered, way != asked { return nil }
    return Ruling(
      [
        way(call), credentials(call, client), assertion, grant(call.grant), parameters(call), media(call.media),
        method(call.method), coding(call.coding), query(call.query), path(call.path), call.fields.effect,
      ], success: "ISS-01")
  }

  private func isConsistent(_ call: TokenCall, in world: World) -> Bool {
    let other = call.other.flatMap { world.clients[$0] }
    let needsOther =
      call.secret == .ofOther || call.id == .ofOther || call.parameters == .otherID || call.assertion == .otherSubject
    if needsOther, other == nil || other?.family == world.clients[call.client]?.family { return false }
    if call.way == .accessToken, call.token.flatMap({ world.tokens[$0] }) == nil { return false }
    if call.endpoint == .other, !facts.hasSecondConnector { return false }
    guard facts.capabilities.isSuperset(of: call.way.needs), call.way.carries(call.secret, call.id) else {
      return false
    }
    if call.id == .ofOther, call.secret == .ofOther { return false }
    // the scope, and what a body written as a whole has of the target, is that of the first connector
    if call.way == .escapedBody, world.clients[call.client]?.connector != .first { return false }
    if [.granted, .grantedAndUnknown].contains(call.parameters) {
      guard facts.capabilities.contains(.grantedScope), world.clients[call.client]?.connector == .first else {
        return false
      }
    }
    return isConsistentForm(call)
  }

  /// Whether the parts of the body go together.
  private func isConsistentForm(_ call: TokenCall) -> Bool {
    let isPlain = call.grant == .right && call.parameters == .plain && call.query != .grant
    if call.parameters == .ownID || call.parameters == .otherID, call.way != .basic, !call.way.isAssertion {
      return false
    }
    switch call.media {
    case .json, .garbage, .brokenEscapes, .emptyBody: if call.way != .basic || !isPlain { return false }
    case .form, .charset, .upperCase, .text, .absent: break
    }
    if call.way == .escapedBody, !isPlain || call.media != .form || call.method != .post { return false }
    if call.query == .grant, call.grant != .right { return false }
    // the spelling is that of the media type alone
    if call.fields == .upperCase || call.fields == .mixedCase, call.media != .form || call.method == .get {
      return false
    }
    // a request by GET has its form in the query
    if call.method == .get, call.way != .basic || !isPlain || call.media != .form { return false }
    return true
  }

  private func way(_ call: TokenCall) -> Effect {
    switch call.way {
    case .basic: .harmless()
    case .body: .harmless("AUT-02")
    case .lowerCase: .harmless("AUT-12")
    case .escapedBasic: .harmless("AUT-03")
    case .escapedBody: .harmless("AUT-04")
    case .keyAssertion: .harmless("AUT-16")
    case .secretAssertion: .harmless("AUT-17")
    case .certificate: .harmless("AUT-24")
    case .malformedBasic: .errors("AUT-11", "invalid_client", "invalid_request")
    case .malformedAssertion, .shortAssertion: .errors("AUT-23", "invalid_client", "invalid_request")
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
    // nor need it contain line breaks
    case (_, .empty), (.empty, _), (_, .trailingNUL), (.lineBreak, _):
      return .errors("AUT-09", "invalid_client", "invalid_request")
    case (.right, _): return .errors("AUT-09", "invalid_client")
    default: return .errors(call.way == .certificate && call.id == .ofOther ? "AUT-25" : "AUT-10", "invalid_client")
    }
  }

  /// RFC 7523 section 3.
  ///
  /// - Returns: `nil` if the call has no assertion that this could be wrong with.
  private func assertion(_ call: TokenCall, _ client: World.Client, _ world: World) -> Effect? {
    if call.assertion == .right { return .harmless() }
    guard call.way.isAssertion, call.secret == .right, call.id == .right else { return nil }
    switch call.assertion {
    case .right: return .harmless()
    case .otherKey, .unsigned, .changed: return .errors("AUT-18", "invalid_client")
    case .publicKey: return call.way == .keyAssertion ? .errors("AUT-18", "invalid_client") : nil
    case .otherAudience, .noAudience: return .errors("AUT-19", "invalid_client")
    case .expired, .endless, .early: return .errors("AUT-20", "invalid_client")
    case .otherIssuer, .otherSubject: return .errors("AUT-21", "invalid_client")
    case .otherType: return .errors("AUT-23", "invalid_client", "invalid_request")
    case .withSecret: return call.parameters == .plain ? .errors("AUT-05", "invalid_request", "invalid_client") : nil
    case .again:
      // what else is wrong decides whether the first one counts as used
      guard client.state == .alive, call.deviations.count == 2 else { return nil }
      guard let used = world.usedAssertions[client.family] else { return .harmless("AUT-22") }
      guard used == world.now else { return nil }
      return facts.refusesReplays ? .errors("AUT-22", "invalid_client") : .open("AUT-22", [.error("invalid_client")])
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
    case .granted: .harmless("ISS-12")
    case .grantedAndUnknown: .open("ISS-12", [.error("invalid_scope")])
    case .emptyScope, .unknownScope: .open("ISS-13", [.error("invalid_scope")])
    case .lineBreak: .open("SEC-08", [.error("invalid_scope"), .error("invalid_request")])
    case .resource: .open("ISO-06", [.error("invalid_target"), .error("invalid_request"), .error("invalid_scope")])
    // the id beside Basic has to be the one in it
    case .ownID: call.id == .right ? .harmless("AUT-06") : .errors("AUT-06", "invalid_request", "invalid_client")
    case .otherID:
      .errors(call.way.isAssertion ? "AUT-21" : "AUT-06", "invalid_request", "invalid_client")
    case .repeatedScope: .errors("ISS-17", "invalid_request", "invalid_scope")
    case .long, .many: .open("AUT-11", [.status(400), .status(413), .status(414), .status(431)])
    }
  }

  private func media(_ media: TokenCall.Media) -> Effect {
    switch media {
    case .form: .harmless()
    case .charset, .upperCase: .harmless("ISS-18")
    case .json: .statuses("ISS-22", [400, 415])
    case .text, .absent: .open(nil, [.status(400), .status(415)])
    case .brokenEscapes: .open("AUT-11", [.error("invalid_request")])
    case .garbage, .emptyBody: .errors("AUT-11", "invalid_request", "unsupported_grant_type")
    }
  }

  private func method(_ method: CallMethod) -> Effect {
    if method == .post { return .harmless() }
    return facts.servesOtherMethods
      ? .open(nil, [.clientError, .status(501)]) : .refused("ERR-10", [.clientError, .status(501)])
  }

  private func coding(_ coding: TokenCall.Coding) -> Effect {
    // a server may require a length (RFC 9110 section 15.5.12)
    coding == .length ? .harmless() : .open(nil, [.status(411)])
  }

  private func query(_ query: TokenCall.Query) -> Effect {
    switch query {
    case .plain: .harmless()
    case .unknown: .harmless("MET-02")
    case .lineBreak: .open("SEC-08")
    // RFC 6749 puts parameters into the body, but does not say that the query must be ignored
    case .grant: .open("ISS-22", [.error("invalid_request")])
    }
  }

  private func path(_ path: TokenCall.Path) -> Effect {
    switch path {
    case .plain: .harmless()
    case .segment: .refused("MET-01", [.clientError])
    // which spellings of a path are the same is left to the service (RFC 3986 section 6)
    case .slash, .doubled, .dot, .parent, .otherCase, .encoded: .open(nil, [.clientError, .redirection])
    }
  }
}

extension TokenCall.Way {
  var isAssertion: Bool { self == .keyAssertion || self == .secretAssertion }

  /// The way for which a client has to be registered; `nil` if no client is.
  var registered: TokenCall.Way? {
    switch self {
    case .basic, .lowerCase, .escapedBasic, .both: .basic
    case .body, .escapedBody: .body
    case .keyAssertion: .keyAssertion
    case .secretAssertion: .secretAssertion
    case .certificate: .certificate
    case .malformedBasic, .malformedAssertion, .shortAssertion, .none, .idOnly, .query, .unknownScheme, .accessToken:
      nil
    }
  }

  /// What the target has to declare.
  var needs: Set<Capability> {
    switch self {
    case .basic, .both, .lowerCase, .escapedBasic, .malformedBasic, .unknownScheme: [.basicAuthentication]
    case .body, .escapedBody: [.bodyAuthentication]
    case .keyAssertion: [.privateKeyJWT]
    case .secretAssertion: [.clientSecretJWT]
    case .certificate: [.tlsClientAuth, .ownCertificates]
    case .malformedAssertion, .shortAssertion: [.clientAssertion]
    case .none, .idOnly, .query, .accessToken: []
    }
  }

  /// Whether a request can have this secret and id: without credentials there are none that could be wrong.
  fileprivate func carries(_ secret: TokenCall.Secret, _ id: TokenCall.ID) -> Bool {
    switch self {
    case .basic, .both, .body: true
    // its header field is a text that only its end can be taken from
    case .lowerCase: [.right, .cut].contains(secret) && id == .right
    case .keyAssertion, .certificate: secret == .right && [.right, .unknown, .ofOther].contains(id)
    case .secretAssertion: [.right, .ofOther, .changedFirst, .shorter].contains(secret) && id == .right
    default: secret == .right && id == .right
    }
  }
}
