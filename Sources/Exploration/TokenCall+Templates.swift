// The values of the dimensions of token requests, as templates of scenarios.

import ConformanceModel
import JSONValue

extension Model {
  /// Starts a header field of its own where a text is copied into one.
  static let lineBreak = "\r\n\(injectedField): yes"
  static let injectedField = "X-Conform-Injected"
}

extension TokenCall.Secret {
  func template(_ client: String, _ other: String) -> Template? {
    switch self {
    case .right: nil
    case .ofOther: Template("${\(other).secret}")
    case .otherCase: Template("${\(client).secret|swap-case}")
    case .changedFirst: Template("${\(client).secret|change-first}")
    case .changedLast: Template("${\(client).secret|change-last}")
    case .shorter: Template("${\(client).secret|drop-last}")
    case .cut: Template("${\(client).secret|drop-last|drop-last|drop-last}")
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
    case .maskedStart: Template("${\(client).secret|first 4}****")
    case .id: Template("${\(client).id}")
    }
  }
}

extension TokenCall.ID {
  func template(_ client: String, _ other: String) -> Template? {
    switch self {
    case .right: nil
    case .unknown: Template("conform-${unique}")
    case .ofOther: Template("${\(other).id}")
    case .otherCase: Template("${\(client).id|swap-case}")
    case .trailingBlank: Template("${\(client).id} ")
    case .leadingBlank: Template(" ${\(client).id}")
    case .shorter: Template("${\(client).id|drop-last}")
    case .longer: Template("${\(client).id}x")
    case .changedFirst: Template("${\(client).id|change-first}")
    case .changedLast: Template("${\(client).id|change-last}")
    case .lineBreak: Template("${\(client).id}\(Model.lineBreak)")
    case .empty: .literal("")
    }
  }
}

extension TokenCall.Grant {
  var parameters: [Template.Member] {
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
  func parameters(_ client: String, _ other: String) -> [Template.Member] {
    switch self {
    case .plain: []
    case .unknown: [.init("conform", .literal("conform"))]
    case .emptyScope: [.init("scope", .literal(""))]
    case .unknownScope: [.init("scope", .literal("conform"))]
    case .granted: [.init("scope", Template("${granted-scope}"))]
    case .grantedAndUnknown: [.init("scope", Template("${granted-scope} conform"))]
    case .lineBreak: [.init("scope", .literal(.string("conform\(Model.lineBreak)")))]
    case .resource: [.init("resource", .literal("https://conform.example/other"))]
    case .ownID: [.init("client_id", Template("${\(client).id}"))]
    case .otherID: [.init("client_id", Template("${\(other).id}"))]
    case .repeatedScope: [.init("scope", .literal(["conform-a", "conform-b"]))]
    case .long: [.init("conform", Template("${unique|first 1|times 100000}"))]
    case .many: (1...150).map { .init("conform\($0)", .literal("1")) }
    }
  }
}
