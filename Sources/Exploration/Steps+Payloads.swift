// The requests of posts and of the endpoints about tokens, in the language of scenarios.

import ConformanceModel
import HTTPModel
import JSONValue

extension Model {
  func postStep(_ call: PostCall, _ place: Place) -> Step {
    var post = PayloadPost()
    if call.connector == .second { post.connector = .second }
    let value = call.credential.text(call.token, call.client)
    switch call.placement {
    case .header:
      if call.credential == .token {
        post.token = call.token
      } else if let value {
        post.edits.authorization = ["Bearer \(value)"]
      }
    case .lowerCase: post.edits.authorization = ["bearer \(value ?? "")"]
    case .upperCase: post.edits.authorization = ["BEARER \(value ?? "")"]
    case .blanks: post.edits.authorization = ["Bearer  \(value ?? "")"]
    case .otherScheme: post.edits.authorization = ["Token \(value ?? "")"]
    case .noScheme: post.edits.authorization = [value ?? ""]
    case .quoted: post.edits.authorization = ["Bearer \"\(value ?? "")\""]
    case .twice: post.edits.authorization = ["Bearer \(value ?? "")", "Bearer \(value ?? "")"]
    case .basic: post.edits.authorization = ["Basic ${\(call.client).basic}"]
    case .schemeAlone: post.edits.authorization = ["Bearer"]
    case .twoWords: post.edits.authorization = ["Bearer \(value ?? "") conform"]
    case .parameter: post.edits.authorization = ["Bearer token=\(value ?? "")"]
    case .body: break
    case .cookie: post.edits.headers.append(.init("Cookie", Template("access_token=\(value ?? "")")))
    case .query: post.edits.query = [.init("access_token", Template(value ?? ""))]
    case .headerAndQuery:
      post.token = call.token
      post.edits.query = [.init("access_token", Template(value ?? ""))]
    }
    post.payload = call.placement == .body ? .json(bodyWithToken(value ?? "")) : payload(call)
    if call.method != .post { post.edits.method = call.method.rawValue }
    switch call.media {
    case .own: break
    case .upperCase: post.edits.headers.append(.init("Content-Type", .literal("APPLICATION/JSON")))
    case .charset: post.edits.headers.append(.init("Content-Type", .literal("application/json; charset=utf-8")))
    case .absent: post.edits.headers.append(.init("Content-Type", .literal(.null)))
    case .text, .binary: post.edits.headers.append(.init("Content-Type", .literal(.string(call.media.rawValue))))
    case .form:
      post.edits.headers.append(.init("Content-Type", .literal("application/x-www-form-urlencoded")))
    }
    post.pathSuffix = call.path.suffix
    post.edits.spelling = call.path.spelling
    switch call.coding {
    case .length: break
    case .chunked: post.edits.chunked = true
    case .compressed: post.contentCoding = .gzip
    case .gzip: post.edits.headers.append(.init("Content-Encoding", .literal("gzip")))
    case .unknown: post.edits.headers.append(.init("Content-Encoding", .literal("conform")))
    }
    if call.fields == .upperCase || call.fields == .mixedCase {
      post.edits.headers.append(.init(call.fields.spell("Authorization"), Template("Bearer \(value ?? "")")))
    }
    post.edits.headers += call.fields.added
    return Step(place: place, operation: .postPayload(post), savedAs: call.name)
  }

  private func bodyWithToken(_ token: String) -> Template {
    .object([.init("access_token", Template(token)), .init("id", Template("${unique}"))])
  }

  private func payload(_ call: PostCall) -> Payload {
    switch call.payload {
    case .valid, .again, .largest, .tooLarge, .above64K, .above1M: .validOfSize(.literal(.int(size(of: call))))
    case .unicode, .charset, .wrongEntity, .wrongType, .missingMember, .furtherMembers: .sample(call.payload.rawValue)
    case .empty: .text(.literal(""))
    case .whiteSpace: .text(.literal(" \r\n\t "))
    case .truncated: .text(Template("{\"id\": \"${unique}\", \"lines\": ["))
    case .trailingComma, .notUTF8, .notANumber, .leadingZero, .singleQuotes, .controlCharacter, .comment, .secondText:
      .validMalformed(.literal(.string(call.payload.defect?.rawValue ?? "")))
    case .emptyObject: .json(.literal(.object([])))
    case .null: .text(.literal("null"))
    case .list: .text(.literal("[]"))
    case .number: .text(.literal("1e999999"))
    case .string: .text(.literal("\"conform\""))
    case .lineBreak: .text(Template("{\"id\":\"${unique}\\r\\nX-Conform-Injected: yes\",\"lines\":[]}"))
    case .halfCharacter: .text(.literal("{\"id\":\"\\ud800\"}"))
    }
  }

  func tokenStateStep(_ call: TokenStateCall, _ world: World, _ place: Place) -> Step {
    let client = world.tokens[call.token]?.client ?? ""
    var request = FreeRequest(url: Template("${\(call.endpoint.rawValue)-url}"))
    request.method = "POST"
    let token = call.subject == .token ? "${\(call.token).value}" : "conform-${unique}"
    var form = [Template.Member("token", Template(token))]
    switch call.hint {
    case .absent: break
    case .right: form.append(.init("token_type_hint", .literal("access_token")))
    case .wrong: form.append(.init("token_type_hint", .literal("refresh_token")))
    }
    request.form = form
    switch call.caller {
    case .owner: request.edits.authorization = ["Basic ${\(client).basic}"]
    case .other: request.edits.authorization = ["Basic ${\(call.other ?? client).basic}"]
    case .nobody: break
    case .wrongSecret: request.edits.authorization = ["Basic ${\(client).id|base64}"]
    }
    return Step(place: place, operation: .http(request))
  }
}

extension RequestEdits {
  /// The values of Authorization, one or several fields.
  fileprivate var authorization: [String] {
    get { [] }
    set {
      let values = newValue.map { Template($0) }
      headers.append(.init("Authorization", values.count == 1 ? values[0] : .array(values)))
    }
  }
}

extension PostCall.Credential {
  /// The text that is sent as the token; `nil` for none.
  fileprivate func text(_ token: String, _ client: String) -> String? {
    switch self {
    case .token: "${\(token).value}"
    case .none: nil
    case .changed: "${\(token).value|change-first}"
    case .otherCase: "${\(token).value|swap-case}"
    case .shorter: "${\(token).value|drop-last}"
    case .withoutFirst: "${\(token).value|drop-first}"
    case .prefix: "${\(token).value|first 8}"
    case .otherLast: "${\(token).value|change-last}"
    case .padded: "${\(token).value}="
    case .longer: "${\(token).value}x"
    case .doubled: "${\(token).value|times 2}"
    case .reversed: "${\(token).value|reverse}"
    case .secret: "${\(client).secret}"
    case .id: "${\(client).id}"
    case .unknown: "conform${unique}"
    case .unsigned: "eyJhbGciOiJub25lIn0.eyJzdWIiOiJjb25mb3JtIiwiZXhwIjo5OTk5OTk5OTk5fQ."
    }
  }
}

extension PostCall.Path {
  fileprivate var suffix: Template? {
    switch self {
    case .plain, .otherCompany, .doubled, .parent, .inner, .otherCase, .encoded: nil
    case .suffix: Template("-${unique}")
    case .query: .literal("?conform=1")
    case .lineBreak: .literal("?conform=1%0D%0AX-Conform-Injected:%20yes")
    case .slash: .literal("/")
    case .slashes: .literal("//")
    case .dot: .literal("/.")
    case .segment: Template("/${unique}")
    case .semicolon: .literal(";conform=1")
    case .blank: .literal("%20")
    }
  }
}

extension PostCall.Path {
  fileprivate var spelling: PathSpelling? {
    switch self {
    case .otherCompany: .otherParent
    case .doubled: .doubledSlash
    case .parent: .parentSegment
    case .inner: .dotSegment
    case .otherCase: .otherCase
    case .encoded: .encodedLetters
    case .plain, .query, .lineBreak, .slash, .slashes, .dot, .segment, .semicolon, .blank, .suffix: nil
    }
  }
}
