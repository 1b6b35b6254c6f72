// The requests of the token endpoint, with their deviations, in the language of scenarios.

import ConformanceModel
import JSONValue

extension Template {
  /// A text with references; what this module writes is always valid.
  init(_ text: String) {
    do throws(TemplateError) { try self.init(parsing: text) } catch { self = .literal(.string(text)) }
  }
}

extension Model {
  func tokenStep(_ call: TokenCall, _ world: World, _ place: Place) -> Step {
    var request = TokenRequest(client: call.client)
    let other = call.other ?? call.client
    if call.endpoint == .other { request.connector = world.clients[call.client]?.connector.other }
    request.secret = call.secret.template(call.client, other)
    request.id = call.id.template(call.client, other)
    request.parameters = call.grant.parameters + call.parameters.parameters(call.client, other)
    authenticate(&request, call)
    if call.assertion != .right { change(&request, call, other) }
    switch call.media {
    case .form: break
    case .charset: request.edits.contentType = "application/x-www-form-urlencoded; charset=UTF-8"
    case .upperCase: request.edits.contentType = "Application/X-WWW-Form-URLEncoded"
    case .text: request.edits.contentType = "text/plain"
    case .absent: request.edits.contentType = .null
    case .json:
      request.edits.contentType = "application/json"
      request.edits.body = .literal("{\"grant_type\":\"client_credentials\"}")
    case .garbage: request.edits.body = .literal("<grant_type>client_credentials</grant_type>")
    case .brokenEscapes: request.edits.body = .literal("grant_type=client_credentials&conform=%zz")
    case .emptyBody: request.edits.body = .literal("")
    }
    if call.method != .post { request.edits.method = call.method.rawValue }
    if call.method == .get {
      request.edits.contentType = .null
      request.edits.query = [.init("grant_type", .literal("client_credentials"))]
      request.edits.body = .literal(.null)
    }
    switch call.query {
    case .plain: break
    case .unknown: request.edits.query.append(.init("conform", Template("${unique}")))
    case .lineBreak: request.edits.query.append(.init("conform", .literal(.string("conform\(Model.lineBreak)"))))
    case .grant:
      request.parameters.append(.init("grant_type", .literal(.null)))
      request.edits.query = [.init("grant_type", .literal("client_credentials"))]
    }
    request.edits.spelling = call.path.spelling
    request.edits.chunked = call.coding == .chunked
    if call.fields == .upperCase || call.fields == .mixedCase {
      let type = Template.literal("application/x-www-form-urlencoded")
      request.edits.headers.append(.init(call.fields.spell("Content-Type"), type))
    }
    request.edits.headers += call.fields.added
    var step = Step(place: place, operation: .requestToken(request), savedAs: call.name)
    if savesWrongAnswer(call, world) {
      step.savings = [Saving(name: Model.wrongAnswer, source: .text, place: place)]
    }
    return step
  }

  /// The name of the saved response to a wrong secret.
  static let wrongAnswer = "wrong-secret-answer"

  /// Whether the response to a call is the first one to a wrong secret alone, with which others are compared.
  func savesWrongAnswer(_ call: TokenCall, _ world: World) -> Bool {
    !world.hasWrongAnswer && call.secret != .right && call.deviations.count == 1
      && ![.empty, .trailingNUL].contains(call.secret)
      && world.clients[call.client]?.connector == .first && world.clients[call.client]?.state == .alive
  }

  private func authenticate(_ request: inout TokenRequest, _ call: TokenCall) {
    func header(_ value: String) {
      request.authentication = ClientAuthentication.none
      request.edits.headers.append(.init("Authorization", Template(value)))
    }
    switch call.way {
    case .basic: request.authentication = .basic
    case .body: request.authentication = .body
    case .both: request.authentication = .both
    case .none: request.authentication = ClientAuthentication.none
    case .idOnly: request.authentication = .idOnly
    case .query: request.authentication = .query
    case .keyAssertion: request.authentication = .privateKeyJWT
    case .secretAssertion: request.authentication = .clientSecretJWT
    case .certificate: request.authentication = .tlsClientAuth
    case .lowerCase:
      // four characters of Base64 are up to three bytes of the secret
      let cut = call.secret == .cut ? String(repeating: "|drop-last", count: 4) : ""
      header("basic ${\(call.client).basic\(cut)}")
    case .unknownScheme: header("Conform ${\(call.client).basic}")
    case .accessToken: header("Bearer ${\(call.token ?? "").value}")
    case .malformedBasic: header("Basic !!!")
    case .escapedBasic:
      request.authentication = .basicRaw
      request.id = Template("${\(call.client).id|escape-all}")
      request.secret = Template("${\(call.client).secret|escape-all}")
    case .escapedBody:
      request.authentication = .body
      request.edits.body = Template(
        "%67rant_type=client%5Fcredentials&client_id=${\(call.client).id|escape-all}"
          + "&client%5fsecret=${\(call.client).secret|escape-all}${token-params}")
    case .malformedAssertion:
      request.authentication = ClientAuthentication.none
      request.parameters += Model.assertion("eyJhbGciOiJFUzI1NiJ9.W10.AAAA")
    case .shortAssertion:
      request.authentication = ClientAuthentication.none
      request.parameters += Model.assertion("conform")
    }
  }

  private static func assertion(_ text: JSON) -> [Template.Member] {
    [
      .init("client_assertion_type", .literal("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")),
      .init("client_assertion", .literal(text)),
    ]
  }

  private func change(_ request: inout TokenRequest, _ call: TokenCall, _ other: String) {
    var edits = AssertionEdits()
    func claim(_ name: String, _ value: String) { edits.claims.append(.init(name, Template(value))) }
    switch call.assertion {
    case .right: break
    case .otherKey: edits.signature = .otherKey
    case .unsigned: edits.signature = .none
    case .changed: edits.signature = .changed
    case .publicKey: edits.signature = .publicKey
    case .otherAudience: claim("aud", "https://elsewhere.example")
    case .noAudience: edits.claims.append(.init("aud", .literal(.null)))
    case .expired:
      claim("iat", "${now|minus 1h|unix}")
      claim("exp", "${now|minus 30m|unix}")
    case .endless: edits.claims.append(.init("exp", .literal(.null)))
    case .early:
      claim("nbf", "${now|plus 30m|unix}")
      claim("exp", "${now|plus 1h|unix}")
    case .otherIssuer: claim("iss", "conform-${unique}")
    case .otherSubject: claim("sub", "${\(other).id}")
    case .otherType:
      request.parameters.append(.init("client_assertion_type", .literal("urn:example:conform")))
      return
    case .again: claim("jti", "${unique}")
    case .withSecret:
      request.parameters += [
        .init("client_id", Template("${\(call.client).id}")),
        .init("client_secret", Template("${\(call.client).secret}")),
      ]
      return
    }
    request.assertion = edits
  }
}

extension RequestEdits {
  fileprivate var contentType: JSON {
    get { .null }
    set { headers.append(.init("Content-Type", .literal(newValue))) }
  }
}

extension TokenCall.Path {
  fileprivate var spelling: PathSpelling? {
    switch self {
    case .plain: nil
    case .slash: .trailingSlash
    case .doubled: .doubledSlash
    case .dot: .dotSegment
    case .parent: .parentSegment
    case .otherCase: .otherCase
    case .encoded: .encodedLetters
    case .segment: .addedSegment
    }
  }
}
