// The expectations on the responses of the token endpoint, the inbound URLs and the endpoints about tokens.

import ConformanceModel
import JSONValue

extension Model {
  private static let noToken = Expectation.Subject.text(
    .not(.matches(.literal(.string(#""access_token"\s*:\s*"[^"]"#)))))

  func tokenSubjects(_ call: TokenCall, _ ruling: Ruling, _ world: World) -> [Expectation.Subject] {
    switch ruling.outcome {
    case .success: return issued(call, world)
    case .either:
      let status = Expectation.Subject.status(statuses(ruling, success: [.equals(.literal(200))]))
      guard let codes = codes(ruling) else { return [status, .noSecrets] }
      var members: [Matcher.Member] = [.init("access_token", .type(.string)), .init("error", .absent(true))]
      if call.parameters == .grantedAndUnknown {
        // less than what was requested is stated (RFC 6749 section 3.3)
        members.append(
          .init("scope", .all([.type(.string), .not(.matches(.literal(#"(^|\s)conform(\s|$)"#)))])))
      }
      let token = Matcher.object(members)
      let none = Matcher.oneOf([.absent(true), .type(.null), .equals(.literal(""))])
      let error = Matcher.object([.init("error", codes), .init("access_token", none)])
      return [status, .json(.oneOf([token, error])), .noSecrets]
    case .refusal:
      // an Authorization field that fails makes a challenge necessary (RFC 6749 section 5.2)
      let challenge: [Expectation.Subject] =
        ruling.refusals == [.error("invalid_client")] && [.basic, .both].contains(call.way)
        ? [.challenge(scheme: "Basic", Model.basicChallenge)] : []
      guard let codes = codes(ruling) else {
        return [.status(statuses(ruling, success: [])), Model.noToken, .noSecrets]
      }
      let description = Matcher.oneOf([
        .absent(true), .matches(.literal(.string(#"^[\x20-\x21\x23-\x5B\x5D-\x7E]+$"#))),
      ])
      return [
        .error(codes),
        .json(.object([.init("error_description", description)])),
      ] + challenge + [.noSecrets]
    }
  }

  /// RFC 7617 section 2.
  private static let basicChallenge = Matcher.object([
    .init("realm", .type(.string)),
    .init("charset", .oneOf([.absent(true), .matches(.literal("(?i)^utf-8$"))])),
  ])

  /// A matcher for the error codes of a ruling; `nil` if a refusal may come without one.
  private func codes(_ ruling: Ruling) -> Matcher? {
    let codes = ruling.refusals.sorted().compactMap { refusal -> Matcher? in
      if case .error(let code) = refusal { .equals(.literal(.string(code))) } else { nil }
    }
    guard codes.count == ruling.refusals.count, !codes.isEmpty else { return nil }
    return codes.count == 1 ? codes[0] : .oneOf(codes)
  }

  /// What the documents only recommend of a response of the token endpoint.
  func recommended(_ call: TokenCall, _ ruling: Ruling, _ world: World) -> [Expectation.Subject] {
    switch ruling.outcome {
    case .success:
      let none = Matcher.oneOf([.absent(true), .type(.null), .equals(.literal(""))])
      return [.header("Pragma", .lists([.literal("no-cache")])), .json(.object([.init("refresh_token", none)]))]
    case .either:
      if call.query == .grant, call.deviations.count == 1 { return [.error(.equals(.literal("invalid_request")))] }
      guard call.parameters == .unknownScope, call.deviations.count == 1 else { return [] }
      // an unknown scope is not granted as if it were known
      return [
        .json(
          .oneOf([
            .object([.init("error", .equals(.literal("invalid_scope")))]),
            .object([.init("scope", .not(.equals(.literal("conform"))))]),
          ]))
      ]
    case .refusal:
      if call.method != .post, call.path == .plain, !facts.servesOtherMethods {
        return [.status(.oneOf([405, 501].map { .equals(.literal(.int($0))) }))] + allowed(call.method)
      }
      guard codes(ruling) != nil else { return [] }
      let uncached = Expectation.Subject.header("Cache-Control", .lists([.literal("no-store")]))
      // an unknown client looks like a wrong secret (RFC 9700 does not ask for it, but nobody has to know)
      let isUnknown = call.id == .unknown && call.deviations.count == 1 && call.way == .basic && world.hasWrongAnswer
      guard isUnknown, world.clients[call.client]?.connector == .first else { return [uncached] }
      return [uncached, .text(.equals(Template("${\(Model.wrongAnswer)}")))]
    }
  }

  /// `Allow` does not name a method that was refused (RFC 9110 section 10.2.1).
  private func allowed(_ method: CallMethod) -> [Expectation.Subject] {
    let name = Template.literal(.string(method.rawValue))
    return [.header("Allow", .oneOf([.absent(true), .not(.lists([name]))]))]
  }

  /// RFC 6749 section 5.1.
  private func issued(_ call: TokenCall, _ world: World) -> [Expectation.Subject] {
    var saved: [Matcher.Member] = [
      .init("value", .all([.matches(.literal("^[A-Za-z0-9._~+/-]{22,}=*$")), .not(.matches(madeOfID(call)))]))
    ]
    if facts.knowsLifetime {
      // a token that is handed out again has less time left
      let isFirst = !world.tokens.values.contains { $0.client == call.client && $0.expires > world.now }
      let least = isFirst ? max(1, facts.lifetime - 1) : 1
      saved.append(
        .init(
          "expires-in",
          .oneOf([
            .type(.null),
            .all([.atLeast(.literal(.int(Int(least)))), .atMost(.literal(.int(Int(facts.lifetime))))]),
          ])))
    }
    return [
      .success(.requestToken), .mediaType("application/json"),
      .header("Cache-Control", .lists([.literal("no-store")])),
      .json(
        .object([
          .init("token_type", .matches(.literal("(?i)^bearer$"))),
          .init("expires_in", .oneOf([.absent(true), .type(.integer)])), .init("scope", Model.scope),
        ])), .text(.matches(.literal(#"^\s*\{"#))), .saved(.object(saved)), .noSecrets,
    ]
  }

  /// Legal words, separated by single spaces (RFC 6749 section 3.3).
  private static let scope = Matcher.oneOf([
    .absent(true),
    .matches(.literal(.string(#"^[\x21\x23-\x5B\x5D-\x7E]+( [\x21\x23-\x5B\x5D-\x7E]+)*$"#))),
  ])

  /// A token that is made of the id in Base64, with too little behind it for 128 bits that nobody can guess.
  private func madeOfID(_ call: TokenCall) -> Template {
    Template("^\\Q${\(call.client).id|base64|first 16}\\E.{0,44}$")
  }

  func postSubjects(_ call: PostCall, _ ruling: Ruling) -> [Expectation.Subject] {
    switch ruling.outcome {
    case .success: return [.success(.postPayload), .noSecrets]
    case .either: return [.status(statuses(ruling, success: [.statusClass(2)])), .noSecrets]
    case .refusal:
      let expected = Expectation.Subject.status(statuses(ruling, success: []))
      // RFC 6750 section 3
      let challenge: [Expectation.Subject] =
        ruling.refusals == [.status(401)] ? [.challenge(scheme: "Bearer", .object([]))] : []
      return [expected] + challenge + [.noSecrets]
    }
  }

  /// What the documents only recommend of a response of an inbound URL.
  func recommended(_ call: PostCall, _ ruling: Ruling, _ world: World) -> [Expectation.Subject] {
    guard let token = world.tokens[call.token] else { return [] }
    let isPlainPath = call.path == .plain
    let worth = credential(call, token, world)
    if worth.kind == .refused {
      let hasToken = call.credential != .none && call.placement == .header
      // the token is checked first, so that a stranger learns nothing about the rest
      var statuses = worth.refusals.sorted().compactMap { refusal -> Int? in
        if case .status(let status) = refusal { status } else { nil }
      }
      if ![.header, .lowerCase, .upperCase, .blanks].contains(call.placement) { statuses += [400, 401] }
      // nor whether there is another service at this URL
      let isStranger = [.none, .unknown].contains(call.credential) && call.deviations.count == 2
      if !isPlainPath, !(isStranger && [.segment, .suffix, .otherCompany].contains(call.path)) { return [] }
      if call.method != .post { statuses += [405, 501] }
      let status = Expectation.Subject.status(.oneOf(statuses.map { .equals(.literal(.int($0))) }))
      let absent = Matcher.object([.init("error", .absent(true)), .init("error_description", .absent(true))])
      let isPlain = call.deviations.allSatisfy { $0.dimension == "credential" }
      if call.credential == .none, isPlain { return [status, .challenge(scheme: "Bearer", absent)] }
      guard hasToken, isPlain, worth.refusals == [.status(401)] else { return [status] }
      return [
        status,
        .challenge(scheme: "Bearer", .object([.init("error", .equals(.literal("invalid_token")))])),
      ]
    }
    if [.otherLast, .padded].contains(call.credential), isPlainPath, call.method == .post {
      return [.status(.statusClass(4))]
    }
    if call.method != .post, !facts.servesOtherMethods, isPlainPath, worth.kind == .harmless,
      call.deviations.count == 1
    {
      return [.status(.oneOf([405, 501].map { .equals(.literal(.int($0))) }))] + allowed(call.method)
    }
    return []
  }

  /// An inactive token is described by nothing else (RFC 7662 section 2.2).
  func recommended(_ call: TokenStateCall, _ world: World) -> [Expectation.Subject] {
    guard call.endpoint == .introspection, call.caller == .owner, let token = world.tokens[call.token] else {
      return []
    }
    let isInactive = call.subject == .unknown || world.validity(of: token) == .invalid
    return isInactive ? [.json(.exactly([.init("active", .equals(.literal(.bool(false))))]))] : []
  }

  func tokenStateSubjects(_ call: TokenStateCall, _ ruling: Ruling, _ world: World) -> [Expectation.Subject] {
    let reveals = Expectation.Subject.text(.not(.matches(.literal(.string(#""active"\s*:\s*true"#)))))
    let status = Expectation.Subject.status(statuses(ruling, success: [.equals(.literal(200))]))
    guard call.endpoint == .introspection else { return [status, .noSecrets] }
    // RFC 7662 section 2.2; it applies if the status is 200
    let type = Expectation.Subject.mediaType("application/json")
    guard call.caller == .owner else {
      return [status, .noSecrets] + (ruling.outcome == .refusal || call.subject == .unknown ? [reveals] : [])
    }
    guard call.subject == .token, let token = world.tokens[call.token] else { return [status, type, reveals] }
    switch world.validity(of: token) {
    case .valid:
      // a service may report every token as inactive to this caller (RFC 7662 section 2.2)
      let exp = Matcher.oneOf([.absent(true), .equals(Template("${\(call.token).expires-at}"))])
      let client = Matcher.oneOf([.absent(true), .equals(Template("${\(token.client).id}"))])
      return [
        status, type,
        .json(
          .oneOf([
            .object([.init("active", .oneOf([.equals(.literal(.bool(false))), .absent(true)]))]),
            .object([.init("active", .equals(.literal(.bool(true)))), .init("exp", exp), .init("client_id", client)]),
          ])),
      ]
    case .invalid:
      return [status, type, reveals, .json(.object([.init("active", .not(.equals(.literal(.bool(true)))))]))]
    case .open: return [status, type]
    }
  }
}
