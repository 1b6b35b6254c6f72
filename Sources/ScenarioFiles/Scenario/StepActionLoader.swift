// Reads the arguments of operations.

import ConformanceModel
import HTTPModel
import YAML

/// An operation, and the name under which its result is saved.
struct LoadedAction {
  var operation: StepAction
  var savedAs: String?
  var savedKind: NameKind?
  var manager: Template?
}

struct StepActionLoader {
  let scope: Scope

  /// The operation of this kind with these arguments; `nil` after an error that prevents loading it.
  func load(_ kind: StepActionKind, _ reader: YAMLReader) -> LoadedAction? {
    if kind == .wait { return wait(reader).map { LoadedAction(operation: .wait($0)) } }
    guard let keywords = ScenarioKeywords.keys(kind) else { return nil }
    let fields: Fields
    if reader.isNull, ScenarioKeywords.required(kind).isEmpty {
      fields = Fields()
    } else {
      guard let read = reader.fields(kind.rawValue, keywords, required: ScenarioKeywords.required(kind)) else {
        return nil
      }
      fields = read
    }
    var loaded = operation(kind, fields, reader)
    loaded?.manager = fields["manager"].flatMap { $0.textTemplate("manager", scope) }
    return loaded
  }

  private func operation(_ kind: StepActionKind, _ fields: Fields, _ reader: YAMLReader) -> LoadedAction? {
    let saved = fields["as"].flatMap(newName)
    switch kind {
    case .createClient:
      let name = fields["name"].map { $0.template(scope) }
      return LoadedAction(
        operation: .createClient(name: name, connector: connector(fields) ?? .first), savedAs: saved, savedKind: .client
      )
    case .listClients: return LoadedAction(operation: .listClients(connector: connector(fields) ?? .first))
    case .showReceipt:
      return name(fields["payload"], .payload).map {
        LoadedAction(operation: .showReceipt(payload: $0, token: fields["token"].flatMap { name($0, .token) }))
      }
    case .readInbox: return LoadedAction(operation: .readInbox(connector: connector(fields) ?? .first))
    case .showClient: return name(fields["client"], .client).map { LoadedAction(operation: .showClient(client: $0)) }
    case .deleteClient:
      return name(fields["client"], .client).map { LoadedAction(operation: .deleteClient(client: $0)) }
    case .replaceClient:
      return name(fields["client"], .client).map {
        LoadedAction(operation: .replaceClient(client: $0), savedAs: saved, savedKind: .client)
      }
    case .requestToken:
      return LoadedAction(operation: .requestToken(tokenRequest(fields, reader)), savedAs: saved, savedKind: .token)
    case .postPayload:
      return LoadedAction(operation: .postPayload(payloadPost(fields)), savedAs: saved, savedKind: .payload)
    case .http: return freeRequest(fields).map { LoadedAction(operation: .http($0)) }
    case .restartTarget:
      let signal = fields["signal"].map { $0.word("signal", EndSignal.self) } ?? .terminate
      return signal.map { LoadedAction(operation: .restartTarget(by: $0)) }
    case .wait, .repeat, .concurrently: return nil
    }
  }

  private func wait(_ reader: YAMLReader) -> Wait? {
    if reader.node.kind == .mapping {
      guard let fields = reader.fields("wait", ScenarioKeywords.wait) else { return nil }
      if fields["expiry-of"] != nil { return expiry(fields, reader) }
      guard let until = fields["until"], let text = until.text("until") else {
        reader.diagnostic("expected a duration, or {until: INSTANT} or {expiry-of: TOKEN} with 'less' or 'more'")
        return nil
      }
      guard let later = later("until", fields, reader) else { return nil }
      guard let instant = SimulatedInstant(rfc3339: text) else {
        until.diagnostic("'\(text.prefix(60))' is not an instant; write it as 2022-07-21T10:03:08Z")
        return nil
      }
      return .until(instant, later: later)
    }
    guard let length = length(reader, "wait") else { return nil }
    if length.fixed?.milliseconds == 0 { reader.diagnostic("a wait of 0 has no effect") }
    return .span(length)
  }

  private func expiry(_ fields: Fields, _ reader: YAMLReader) -> Wait? {
    guard let token = name(fields["expiry-of"], .token), let later = later("expiry-of", fields, reader) else {
      return nil
    }
    return .expiry(of: token, later: later)
  }

  /// The value of `more`, or that of `less` negated.
  private func later(_ key: String, _ fields: Fields, _ reader: YAMLReader) -> WaitLength? {
    if fields["until"] != nil && fields["expiry-of"] != nil || fields["less"] != nil && fields["more"] != nil {
      reader.diagnostic("use '\(key)' with 'less', with 'more' or alone")
      return nil
    }
    if let less = fields["less"] { return length(less, "less")?.negated ?? WaitLength.none }
    return fields["more"].flatMap { length($0, "more") } ?? WaitLength.none
  }

  private func length(_ reader: YAMLReader, _ what: String) -> WaitLength? {
    guard let text = reader.text(what) else { return nil }
    do throws(SimulatedDurationError) {
      return try WaitLength(parsing: text)
    } catch {
      reader.diagnostic("\(error.message); write it as '23h 59m 59s' (d, h, m, s, ms)")
      return nil
    }
  }

  private func tokenRequest(_ fields: Fields, _ reader: YAMLReader) -> TokenRequest {
    var request = TokenRequest(client: name(fields["client"], .client))
    request.connector = connector(fields)
    request.authentication = fields["auth"].flatMap { $0.clientAuthentication() }
    request.id = fields["id"].flatMap { $0.textTemplate("id", scope) }
    request.secret = fields["secret"].flatMap { $0.textTemplate("secret", scope) }
    request.assertion = fields["assertion"].flatMap { assertion($0, by: request.authentication) }
    request.parameters = fields["params"].flatMap { $0.templateMembers("params", scope) } ?? []
    request.paddedTo = fields["padded-to"].map { $0.template(scope) }
    if request.paddedTo != nil, fields["body"] != nil {
      fields["padded-to"]?.diagnostic("'padded-to' fills up the usual body, and 'body' replaces it; use one of them")
    }
    request.edits = edits(fields)
    if fields["client"] == nil, fields["id"] == nil, request.authentication != ClientAuthentication.none {
      reader.diagnostic("request-token requires 'client', or 'id' and 'secret', or 'auth: none'")
    }
    return request
  }

  private func assertion(_ reader: YAMLReader, by way: ClientAuthentication?) -> AssertionEdits? {
    guard let fields = reader.fields("assertion", ScenarioKeywords.assertion) else { return nil }
    guard let way, way.isAssertion else {
      reader.diagnostic("'assertion' needs 'auth: private-key-jwt' or 'auth: client-secret-jwt'")
      return nil
    }
    var edits = AssertionEdits()
    edits.claims = fields["claims"].flatMap { $0.templateMembers("claims", scope) } ?? []
    edits.header = fields["header"].flatMap { $0.templateMembers("header", scope) } ?? []
    if let signature = fields["signature"] {
      edits.signature = signature.word("signature", AssertionEdits.Signature.self) ?? .own
      if edits.signature == .publicKey, way != .privateKeyJWT {
        signature.diagnostic("only clients that authenticate by private-key-jwt have a public key")
      }
    }
    return edits
  }

  private func payloadPost(_ fields: Fields) -> PayloadPost {
    var post = PayloadPost(token: fields["token"].flatMap { $0.isNull ? nil : name($0, .token) })
    post.connector = connector(fields)
    if let payload = fields["payload"] { post.payload = self.payload(payload) ?? post.payload }
    post.pathSuffix = fields["path"].flatMap { $0.textTemplate("path", scope) }
    post.contentCoding = fields["content-coding"].flatMap { $0.word("content-coding", ContentCoding.self) }
    post.edits = edits(fields)
    return post
  }

  func payload(_ reader: YAMLReader) -> Payload? {
    if reader.scalar != nil {
      return reader.textTemplate("payload", scope).map { $0.literalText.map { .sample($0) } ?? .chosenSample($0) }
    }
    guard let fields = reader.fields("payload", ScenarioKeywords.payload) else { return nil }
    guard fields.count == 1, let (name, value) = fields.first else {
      let kinds = ScenarioKeywords.payload.map(\.name).joined(separator: ", ")
      reader.diagnostic("expected the name of a sample, or a mapping with one of: \(kinds)")
      return nil
    }
    switch name {
    case "json": return .json(value.template(scope))
    case "text": return value.textTemplate("text", scope).map { .text($0) }
    case "hex": return hex(value).map { .hex($0) }
    case "valid-spelled": return word(value, name, "spelling of JSON", JSONSpelling.self).map { .validSpelled($0) }
    case "valid-malformed": return word(value, name, "defect of JSON", JSONDefect.self).map { .validMalformed($0) }
    default: return .validOfSize(value.template(scope))
    }
  }

  /// A word, or a template that becomes one.
  private func word<Word: RawRepresentable<String> & CaseIterable>(
    _ reader: YAMLReader, _ name: String, _ what: String, _ words: Word.Type
  ) -> Template? {
    guard let template = reader.textTemplate(name, scope) else { return nil }
    if template.literalText != nil, reader.word(what, words) == nil { return nil }
    return template
  }

  func hex(_ reader: YAMLReader) -> [UInt8]? {
    guard let text = reader.text("hex") else { return nil }
    let digits = text.filter { $0 != " " }.map(\.hexDigitValue)
    guard digits.count % 2 == 0, digits.allSatisfy({ $0 != nil }) else {
      reader.diagnostic("hex must be pairs of hexadecimal digits")
      return nil
    }
    let values = digits.compactMap { $0 }
    return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
  }

  private func freeRequest(_ fields: Fields) -> FreeRequest? {
    let urls = (fields["url"]?.oneOrMore("url") ?? []).compactMap { $0.textTemplate("url", scope) }
    guard let url = urls.first else {
      if fields["url"]?.isEmptyCollection == true { fields["url"]?.diagnostic("url is empty; expected a URL") }
      return nil
    }
    var request = FreeRequest(url: url)
    request.alternatives = Array(urls.dropFirst())
    request.json = fields["json"].map { $0.template(scope) }
    request.form = fields["form"].flatMap { $0.templateMembers("form", scope) }
    request.edits = edits(fields)
    request.method =
      request.edits.method ?? (request.json == nil && request.form == nil && request.edits.body == nil ? "GET" : "POST")
    return request
  }

  private func edits(_ fields: Fields) -> RequestEdits {
    var edits = RequestEdits()
    edits.method = fields["method"].flatMap { $0.text("method") }
    edits.headers = fields["headers"].flatMap { $0.templateMembers("headers", scope) } ?? []
    edits.query = fields["query"].flatMap { $0.templateMembers("query", scope) } ?? []
    edits.body = fields["body"].map { $0.template(scope) }
    edits.chunked = fields["chunked"].flatMap { $0.boolean("chunked") } ?? false
    edits.spelling = fields["spelling"].flatMap { $0.word("spelling", PathSpelling.self) }
    return edits
  }

  private func connector(_ fields: Fields) -> ConnectorRole? {
    fields["connector"].flatMap { $0.word("connector", ConnectorRole.self) }
  }

  private func name(_ reader: YAMLReader?, _ kind: NameKind) -> String? {
    guard let reader, let name = reader.text("a name") else { return nil }
    return scope.check(name, is: kind, at: reader)
  }

  /// A new name, under which a step saves a value, as the scenario has it.
  func newName(_ reader: YAMLReader) -> String? {
    guard let name = reader.text("a name") else { return nil }
    guard ScenarioLoader.checkName(name, at: reader) else { return nil }
    guard let fragment = reader.file.fragment else { return name }
    if fragment.arguments[name] != nil {
      reader.diagnostic("'\(name)' is a parameter of the fragment; use another name")
      return nil
    }
    return fragment.names.name(name)
  }
}
