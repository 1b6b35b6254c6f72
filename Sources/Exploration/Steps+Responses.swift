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
      if assumesSuccess(.token(call), ruling) {
        return [.status(statuses(ruling, success: [.equals(.literal(200))])), .noSecrets]
      }
      return [.status(statuses(ruling, success: [.equals(.literal(200))])), .noSecrets]
    case .refusal:
      let codes = ruling.refusals.sorted().compactMap { refusal -> String? in
        if case .error(let code) = refusal { code } else { nil }
      }
      // an Authorization field that fails makes a challenge necessary (RFC 6749 section 5.2)
      let challenge: [Expectation.Subject] =
        ruling.refusals == [.error("invalid_client")] && [.basic, .both].contains(call.way)
        ? [.challenge(scheme: "Basic", .object([.init("realm", .type(.string))]))] : []
      guard codes.count == ruling.refusals.count else {
        return [.status(statuses(ruling, success: [])), Model.noToken, .noSecrets]
      }
      let matchers = codes.map { Matcher.equals(.literal(.string($0))) }
      let description = Matcher.oneOf([
        .absent(true), .matches(.literal(.string(#"^[\x20-\x21\x23-\x5B\x5D-\x7E]+$"#))),
      ])
      return [
        .error(matchers.count == 1 ? matchers[0] : .oneOf(matchers)),
        .json(.object([.init("error_description", description)])),
      ] + challenge + [.noSecrets]
    }
  }

  /// RFC 6749 section 5.1.
  private func issued(_ call: TokenCall, _ world: World) -> [Expectation.Subject] {
    var saved: [Matcher.Member] = [
      .init("value", .matches(.literal(.string("^[A-Za-z0-9._~+/-]{20,}=*$"))))
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
          .init("expires_in", .oneOf([.absent(true), .type(.integer)])),
        ])), .saved(.object(saved)), .noSecrets,
    ]
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

  func tokenStateSubjects(_ call: TokenStateCall, _ ruling: Ruling, _ world: World) -> [Expectation.Subject] {
    let reveals = Expectation.Subject.text(.not(.matches(.literal(.string(#""active"\s*:\s*true"#)))))
    let status = Expectation.Subject.status(statuses(ruling, success: [.equals(.literal(200))]))
    guard call.endpoint == .introspection else { return [status, .noSecrets] }
    guard call.caller == .owner else {
      return [status, .noSecrets] + (ruling.outcome == .refusal || call.subject == .unknown ? [reveals] : [])
    }
    guard call.subject == .token, let token = world.tokens[call.token] else { return [status, reveals] }
    switch world.validity(of: token) {
    case .valid:
      // a service may report every token as inactive to this caller (RFC 7662 section 2.2)
      let exp = Matcher.oneOf([.absent(true), .equals(Template("${\(call.token).expires-at}"))])
      let client = Matcher.oneOf([.absent(true), .equals(Template("${\(token.client).id}"))])
      return [
        status,
        .json(
          .oneOf([
            .object([.init("active", .oneOf([.equals(.literal(.bool(false))), .absent(true)]))]),
            .object([.init("active", .equals(.literal(.bool(true)))), .init("exp", exp), .init("client_id", client)]),
          ])),
      ]
    case .invalid: return [status, reveals, .json(.object([.init("active", .not(.equals(.literal(.bool(true)))))]))]
    case .open: return [status]
    }
  }
}
