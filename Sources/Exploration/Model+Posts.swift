// The right responses of an inbound URL (RFC 6750, and the documentation's table of statuses).

import ConformanceModel

extension Model {
  /// - Returns: `nil` if the call makes no sense in this world.
  func rule(_ call: PostCall, in world: World) -> Ruling? {
    guard let token = world.tokens[call.token], world.clients[call.client] != nil, isConsistent(call) else {
      return nil
    }
    return Ruling(
      [
        credential(call, token, world), placement(call), payload(call.payload), method(call), media(call.media),
        path(call.path), coding(call.coding),
      ], success: "PAY-02")
  }

  private func isConsistent(_ call: PostCall) -> Bool {
    if call.connector == .second, !facts.hasSecondConnector { return false }
    // without a token there is nothing to place
    if call.credential == .none || call.placement == .basic {
      if call.credential != .none && call.credential != .token { return false }
      if call.credential == .none, call.placement != .header { return false }
    }
    if call.credential != .token, call.placement == .headerAndQuery || call.placement == .twice { return false }
    switch call.payload {
    case .unicode, .charset, .wrongEntity, .wrongType, .missingMember:
      if facts.samples[call.connector]?.contains(call.payload.rawValue) != true { return false }
    default: if facts.samples[call.connector]?.contains("valid") != true { return false }
    }
    if call.payload == .charset, call.media != .own { return false }
    // the body of another method may be ignored
    return call.method == .post || call.payload == .valid
  }

  /// What the credential is worth.
  private func credential(_ call: PostCall, _ token: World.Token, _ world: World) -> Effect {
    switch call.credential {
    case .token: break
    case .none: return .statuses("PAY-01", [401])
    case .unknown: return .statuses("BRR-04", [401])
    case .changed, .otherCase, .shorter, .longer, .doubled, .reversed: return .statuses("BRR-05", [400, 401])
    case .secret, .id: return .statuses("AUT-15", [400, 401])
    }
    if call.placement == .basic {
      if facts.basicOpensInbound { return .open() }
      return .statuses("AUT-15", [400, 401])
    }
    let isForeign = token.connector != call.connector
    switch world.validity(of: token) {
    case .valid: return isForeign ? .statuses("ISO-02", facts.foreignToken) : .harmless()
    case .invalid:
      let covers = token.hasEnded ? "CLI-19" : "EXP-03"
      return .statuses(covers, [401] + (isForeign ? facts.foreignToken : []))
    case .open:
      return isForeign ? .statuses("ISO-02", [401] + facts.foreignToken) : .open(nil, [.status(401)])
    }
  }

  private func placement(_ call: PostCall) -> Effect {
    switch call.placement {
    case .header, .basic: .harmless()
    case .lowerCase, .upperCase, .blanks: .harmless("BRR-01")
    case .otherScheme, .noScheme: .statuses("BRR-01", [400, 401])
    case .quoted: .statuses("BRR-08", [400, 401])
    case .query: .statuses("BRR-09", [400, 401])
    case .cookie: .statuses("BRR-09", [401])
    case .twice: .statuses("BRR-07", [400, 401])
    case .headerAndQuery:
      switch facts.tokenInHeaderAndQuery {
      case "refused": .statuses("BRR-07", [400])
      case "ignored": .harmless("BRR-07")
      default: .open("BRR-07", [.status(400)])
      }
    }
  }

  private func payload(_ kind: PostCall.Kind) -> Effect {
    switch kind {
    case .valid: .harmless()
    case .unicode: .harmless("PAY-16")
    case .charset: .harmless("PAY-02")
    case .largest: .harmless("PAY-08")
    case .tooLarge: .statuses("PAY-07", [413])
    case .wrongEntity, .wrongType, .missingMember: .statuses("PAY-11", facts.mismatched)
    case .empty, .whiteSpace: facts.acceptsBlank ? .open() : .statuses("PAY-10", facts.blank)
    case .truncated, .trailingComma, .notUTF8: .statuses("PAY-14", facts.malformed)
    case .emptyObject, .null: .open("PAY-13")
    }
  }

  private func method(_ call: PostCall) -> Effect {
    if call.method == .post { return .harmless() }
    return facts.servesOtherMethods ? .open() : .refused("PAY-19", [.clientError, .status(501)])
  }

  private func media(_ media: PostCall.Media) -> Effect {
    switch media {
    case .own: .harmless()
    case .absent: .open()
    case .text, .form, .binary: .refused("PAY-17", [.status(400), .status(415), .status(422)])
    }
  }

  private func path(_ path: PostCall.Path) -> Effect {
    switch path {
    case .plain: .harmless()
    case .segment: .statuses("PAY-04", [401, 403, 404, 405])
    // which spellings of a path are the same is left to the service (RFC 3986 section 6)
    case .query, .slash, .slashes, .dot, .semicolon, .blank: .open()
    }
  }

  private func coding(_ coding: PostCall.Coding) -> Effect {
    switch coding {
    case .length: .harmless()
    case .chunked: .open("PAY-09", [.status(411)])
    case .gzip, .unknown: .refused("PAY-18", [.clientError])
    }
  }
}
