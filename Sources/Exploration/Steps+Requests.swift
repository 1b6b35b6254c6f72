// The requests of operations, with their deviations, in the language of scenarios.

import ConformanceModel
import JSONValue

extension Template {
  /// A text with references; what this module writes is always valid.
  init(_ text: String) {
    do throws(TemplateError) { try self.init(parsing: text) } catch { self = .literal(.string(text)) }
  }
}

extension Manager {
  func template(_ token: String?) -> Template? {
    switch self {
    case .manager: nil
    case .nobody: .literal("none")
    case .accessToken: token.map { Template("${\($0).value}") }
    case .unknownKey: Template("${unique}${unique}${unique}")
    }
  }
}

extension Model {
  func createStep(_ call: CreateCall, _ place: Place) -> Step {
    let name: Template? =
      switch call.naming {
      case .plain: nil
      case .same, .used: call.other.map { Template("${\($0).name}") }
      case .unicode: Template("Überführung 漢字 🚚 ${unique}")
      case .absent: .literal(.null)
      }
    return Step(
      place: place, operation: .createClient(name: name, connector: call.connector), savedAs: call.name,
      manager: call.manager.template(call.token))
  }

  func manageStep(_ call: ManageCall, _ ruling: Ruling, _ world: World, _ place: Place) -> Step {
    let manager = call.manager.template(call.token)
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
      place: place, operation: .listClients(connector: connector), manager: manager.template(world.tokenNames.first))
  }

  // MARK: - Token requests

  func tokenStep(_ call: TokenCall, _ world: World, _ place: Place) -> Step {
    var request = TokenRequest(client: call.client)
    let other = call.other ?? call.client
    if call.endpoint == .other { request.connector = world.clients[call.client]?.connector.other }
    switch call.way {
    case .basic: request.authentication = .basic
    case .body: request.authentication = .body
    case .both: request.authentication = .both
    case .none: request.authentication = ClientAuthentication.none
    case .idOnly: request.authentication = .idOnly
    case .query: request.authentication = .query
    case .unknownScheme:
      request.authentication = ClientAuthentication.none
      request.edits.headers.append(.init("Authorization", Template("Conform ${\(call.client).basic}")))
    case .accessToken:
      request.authentication = ClientAuthentication.none
      request.edits.headers.append(.init("Authorization", Template("Bearer ${\(call.token ?? "").value}")))
    }
    request.secret = call.secret.template(call.client, other)
    request.id = call.id.template(call.client, other)
    request.parameters = call.grant.parameters + call.parameters.parameters(call.client, other)
    switch call.media {
    case .form: break
    case .charset: request.edits.contentType = "application/x-www-form-urlencoded; charset=UTF-8"
    case .upperCase: request.edits.contentType = "Application/X-WWW-Form-URLEncoded"
    case .text: request.edits.contentType = "text/plain"
    case .json:
      request.edits.contentType = "application/json"
      request.edits.body = .literal("{\"grant_type\":\"client_credentials\"}")
    }
    if call.method != .post { request.edits.method = call.method.rawValue }
    request.edits.chunked = call.coding == .chunked
    return Step(place: place, operation: .requestToken(request), savedAs: call.name)
  }
}

extension RequestEdits {
  fileprivate var contentType: String {
    get { "" }
    set { headers.append(.init("Content-Type", .literal(.string(newValue)))) }
  }
}

extension TokenCall.Secret {
  fileprivate func template(_ client: String, _ other: String) -> Template? {
    switch self {
    case .right: nil
    case .ofOther: Template("${\(other).secret}")
    case .otherCase: Template("${\(client).secret|swap-case}")
    case .changedFirst: Template("${\(client).secret|change-first}")
    case .changedLast: Template("${\(client).secret|change-last}")
    case .shorter: Template("${\(client).secret|drop-last}")
    case .withoutFirst: Template("${\(client).secret|drop-first}")
    case .prefix: Template("${\(client).secret|first 8}")
    case .longer: Template("${\(client).secret}x")
    case .doubled: Template("${\(client).secret|times 2}")
    case .reversed: Template("${\(client).secret|reverse}")
    case .trailingBlank: Template("${\(client).secret} ")
    case .leadingBlank: Template(" ${\(client).secret}")
    case .trailingNUL: Template("${\(client).secret}\u{0}")
    case .fullWidth: Template("${\(client).secret|full-width}")
    case .escaped: Template("${\(client).secret|escape-all}")
    case .base64: Template("${\(client).secret|base64}")
    case .empty: .literal("")
    case .masked: .literal("********")
    case .id: Template("${\(client).id}")
    }
  }
}

extension TokenCall.ID {
  fileprivate func template(_ client: String, _ other: String) -> Template? {
    switch self {
    case .right: nil
    case .unknown: Template("conform-${unique}")
    case .ofOther: Template("${\(other).id}")
    case .otherCase: Template("${\(client).id|swap-case}")
    case .trailingBlank: Template("${\(client).id} ")
    case .leadingBlank: Template(" ${\(client).id}")
    case .shorter: Template("${\(client).id|drop-last}")
    case .longer: Template("${\(client).id}x")
    case .empty: .literal("")
    }
  }
}

extension TokenCall.Grant {
  fileprivate var parameters: [Template.Member] {
    let value: Template
    switch self {
    case .right: return []
    case .missing: value = .literal(.null)
    case .empty: value = .literal("")
    case .repeated: value = .literal(["client_credentials", "client_credentials"])
    case .repeatedWithOther: value = .literal(["password", "client_credentials"])
    case .otherCase: value = .literal("Client_Credentials")
    case .trailingBlank: value = .literal("client_credentials ")
    case .unknown: value = .literal("urn:example:conform")
    case .password, .refreshToken, .authorizationCode: value = .literal(.string(rawValue))
    }
    return [.init("grant_type", value)]
  }
}

extension TokenCall.Parameters {
  fileprivate func parameters(_ client: String, _ other: String) -> [Template.Member] {
    switch self {
    case .plain: []
    case .unknown: [.init("conform", .literal("conform"))]
    case .emptyScope: [.init("scope", .literal(""))]
    case .unknownScope: [.init("scope", .literal("conform"))]
    case .resource: [.init("resource", .literal("https://conform.example/other"))]
    case .ownID: [.init("client_id", Template("${\(client).id}"))]
    case .otherID: [.init("client_id", Template("${\(other).id}"))]
    }
  }
}
