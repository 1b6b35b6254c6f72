// The right responses of an inbound URL (RFC 6750, and the documentation's table of statuses).

import ConformanceModel

extension Model {
  /// - Returns: `nil` if the call makes no sense in this world.
  func rule(_ call: PostCall, in world: World) -> Ruling? {
    guard let token = world.tokens[call.token], world.clients[call.client] != nil, isConsistent(call, in: world) else {
      return nil
    }
    return Ruling(
      [
        credential(call, token, world), placement(call), payload(call, world), method(call), media(call.media),
        path(call.path), coding(call), call.fields.effect,
      ], success: "PAY-02")
  }

  private func isConsistent(_ call: PostCall, in world: World) -> Bool {
    if call.connector == .second, !facts.hasSecondConnector { return false }
    // without a token there is nothing to place
    if call.credential == .none || call.placement.hasOwnCredential {
      if call.credential != .none && call.credential != .token { return false }
      if call.credential == .none, call.placement != .header { return false }
    }
    if call.credential != .token, [.headerAndQuery, .twice, .body, .twoWords, .parameter].contains(call.placement) {
      return false
    }
    let sample = call.payload.isSample ? call.payload.rawValue : "valid"
    guard facts.samples[call.connector]?.contains(sample) == true else { return false }
    if call.payload == .charset, call.media != .own { return false }
    if call.payload.defect != nil, !facts.acceptsJSON.contains(call.connector) { return false }
    if call.media == .upperCase || call.media == .charset, facts.acceptsJSON.contains(call.connector) == false {
      return false
    }
    if call.placement == .body, call.payload != .valid || call.media != .own { return false }
    if call.payload == .again {
      guard let other = call.other.flatMap({ world.payloads[$0] }), other.connector == call.connector,
        other.deliveries == 1, other.content == "\(call.size) bytes", call.deviations.count == 1
      else { return false }
    }
    if call.fields == .upperCase || call.fields == .mixedCase, call.credential != .token || call.placement != .header {
      return false
    }
    // the body of another method may be ignored
    return call.method == .post || call.payload == .valid
  }

  /// What the credential is worth.
  func credential(_ call: PostCall, _ token: World.Token, _ world: World) -> Effect {
    switch call.credential {
    case .token: break
    case .none: return .statuses("PAY-01", [401])
    case .unknown, .unsigned: return .statuses("BRR-04", [401])
    case .changed, .otherCase, .shorter, .withoutFirst, .prefix, .longer, .doubled, .reversed:
      return .statuses("BRR-05", [400, 401])
    // the last character of Base64 can have bits that mean nothing, and padding means nothing
    case .otherLast, .padded: return .open("BRR-05", [.status(400), .status(401)])
    case .secret, .id: return .statuses("AUT-15", [400, 401])
    }
    switch call.placement {
    case .basic: return facts.basicOpensInbound ? .open() : .statuses("AUT-15", [400, 401])
    case .schemeAlone: return .statuses("BRR-08", [400, 401])
    default: break
    }
    let isForeign = token.connector != call.connector
    switch world.validity(of: token) {
    case .valid: return isForeign ? .statuses("ISO-02", facts.foreignToken) : .harmless()
    case .invalid:
      return .statuses(token.endedBy ?? "EXP-03", [401] + (isForeign ? facts.foreignToken : []))
    case .open:
      return isForeign ? .statuses("ISO-02", [401] + facts.foreignToken) : .open(nil, [.status(401)])
    }
  }

  private func placement(_ call: PostCall) -> Effect {
    switch call.placement {
    case .header, .basic, .schemeAlone: .harmless()
    case .lowerCase, .upperCase, .blanks: .harmless("BRR-01")
    case .otherScheme, .noScheme: .statuses("BRR-01", [400, 401])
    case .quoted, .twoWords, .parameter: .statuses("BRR-08", [400, 401])
    case .query: .statuses("BRR-09", [400, 401])
    case .cookie, .body: .statuses("BRR-09", [401])
    case .twice: .statuses("BRR-07", [400, 401])
    case .headerAndQuery:
      switch facts.tokenInHeaderAndQuery {
      case "refused": .statuses("BRR-07", [400])
      case "ignored": .harmless("BRR-07")
      default: .open("BRR-07", [.status(400)])
      }
    }
  }

  private func payload(_ call: PostCall, _ world: World) -> Effect {
    let effect = payload(call)
    // the documentation neither promises nor forbids idempotency
    return effect.kind == .harmless && repeats(call, world) ? .open("PAY-13") : effect
  }

  /// Whether the same bytes may have been accepted before.
  func repeats(_ call: PostCall, _ world: World) -> Bool {
    let content = content(of: call, in: world)
    return world.payloads.values.contains {
      $0.connector == call.connector && $0.content == content && $0.deliveries != 0
    }
  }

  /// Whether a payload of this kind has to be accepted, unless it is too large.
  func isHarmless(_ kind: PostCall.Kind) -> Bool {
    switch kind {
    case .valid, .again, .unicode, .charset, .largest, .above64K, .above1M: true
    default: false
    }
  }

  private func payload(_ call: PostCall) -> Effect {
    switch call.payload {
    case .valid, .again: .harmless()
    case .unicode: .harmless("PAY-16")
    case .charset: .harmless("PAY-02")
    case .largest, .above64K, .above1M: sized(size(of: call))
    case .tooLarge: .statuses("PAY-07", [413])
    case .wrongEntity, .wrongType, .missingMember: .statuses("PAY-11", facts.mismatched)
    case .empty, .whiteSpace: facts.acceptsBlank ? .open() : .statuses("PAY-10", facts.blank)
    case .truncated, .trailingComma, .notUTF8, .notANumber, .leadingZero, .singleQuotes, .controlCharacter, .comment,
      .secondText:
      .statuses("PAY-14", facts.malformed)
    case .furtherMembers: .open("PAY-13", [.status(400), .status(422)])
    case .emptyObject, .null, .list, .number, .string, .halfCharacter: .open("PAY-13")
    case .lineBreak: .open("SEC-08")
    }
  }

  /// Between the size that must not be refused and the one that must be, a service decides.
  private func sized(_ bytes: Int) -> Effect {
    bytes <= facts.maxPayload ? .harmless("PAY-08") : .open("PAY-08", [.status(413)])
  }

  /// In bytes, if its size is what distinguishes it.
  func size(of call: PostCall) -> Int {
    switch call.payload {
    case .largest: facts.maxPayload
    case .tooLarge: facts.payloadTooLarge
    case .above64K: 65_537
    case .above1M: 1_000_001
    default: call.size
    }
  }

  private func method(_ call: PostCall) -> Effect {
    if call.method == .post { return .harmless() }
    return facts.servesOtherMethods
      ? .open(nil, [.clientError, .status(501)]) : .refused("PAY-19", [.clientError, .status(501)])
  }

  private func media(_ media: PostCall.Media) -> Effect {
    switch media {
    case .own: .harmless()
    case .upperCase, .charset: .harmless("PAY-02")
    case .absent: .open()
    case .text, .form, .binary: .refused("PAY-17", [.status(400), .status(415), .status(422)])
    }
  }

  private func path(_ path: PostCall.Path) -> Effect {
    switch path {
    case .plain: .harmless()
    case .segment, .suffix, .otherCompany: .statuses("PAY-04", [401, 403, 404, 405])
    // which spellings of a path are the same is left to the service (RFC 3986 section 6)
    case .lineBreak: .open("SEC-08")
    case .query, .slash, .slashes, .dot, .semicolon, .blank: .open()
    case .doubled, .parent, .inner, .otherCase, .encoded: .open(nil, [.clientError, .redirection])
    }
  }

  private func coding(_ call: PostCall) -> Effect {
    switch call.coding {
    case .length: .harmless()
    case .chunked: .open("PAY-09", [.status(411)])
    case .compressed:
      // the declaration is about the first connector
      switch call.connector == .first ? facts.gzipPayload : "either" {
      case "accepted": .harmless("PAY-29")
      case "refused": .statuses("PAY-29", [400, 415])
      default: .open("PAY-29", [.status(400), .status(415)])
      }
    case .gzip, .unknown: .refused("PAY-18", [.clientError])
    }
  }

  // MARK: - Deliveries

  /// Payloads with the same content have the same bytes.
  private func content(of call: PostCall, in world: World) -> String {
    switch call.payload {
    case .valid: "\(call.size) bytes"
    case .again: call.other.flatMap { world.payloads[$0]?.content } ?? ""
    default: call.payload.rawValue
    }
  }

  /// What a post adds to the payloads of the world.
  func payload(of call: PostCall, isAccepted: Bool?, in world: World) -> World.Payload {
    // what is not counted: bytes that are the same in each sequence, and too many to read
    let isCounted =
      switch call.payload {
      case .valid, .again, .unicode, .charset, .wrongEntity, .wrongType, .missingMember, .above64K: true
      default: false
      }
    return World.Payload(
      connector: call.connector, content: content(of: call, in: world),
      deliveries: isCounted ? isAccepted.map { $0 ? 1 : 0 } : nil)
  }

  /// How often each payload has to be in the inbox of a connector.
  func deliveries(at connector: ConnectorRole, in world: World) -> [(payload: String, times: Int)] {
    world.payloads.sorted { World.byNumber($0.key, $1.key) }.compactMap { name, payload in
      // the samples of connectors may be the same
      let same = world.payloads.values.filter { $0.content == payload.content }
      if !same.contains(where: { $0.connector == connector }) {
        return same.allSatisfy { $0.connector == payload.connector } ? (name, 0) : nil
      }
      guard payload.connector == connector else { return nil }
      var times = 0
      for one in same {
        guard one.connector == connector, let deliveries = one.deliveries else { return nil }
        times += deliveries
      }
      return (name, times)
    }
  }
}

extension PostCall.Placement {
  /// Whether what is sent is not the token.
  var hasOwnCredential: Bool { self == .basic || self == .schemeAlone }
}
