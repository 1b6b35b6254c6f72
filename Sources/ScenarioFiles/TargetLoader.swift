// Reads a target file.

import Conformance
import Yams

struct TargetLoader {
  static let builtInNames = [
    "env", "file", "service", "connector", "unique", "client", "name", "payload", "instant", "epoch", "seconds", "run",
  ]

  private let scope = Scope(builtIn: TargetLoader.builtInNames)

  /// The target, or `nil` after a mistake that leaves nothing to go on with.
  func load(_ file: SourceFile) -> Target? {
    guard let root = file.parse(),
      let fields = root.fields("a target", TargetKeywords.target, required: ["target", "base-url", "token", "connectors"]),
      let name = fields["target"]?.text("target"), let base = fields["base-url"]?.textTemplate("base-url", scope),
      let tokenCursor = fields["token"], let token = token(tokenCursor), let connectors = fields["connectors"].map(connectors)
    else { return nil }
    if connectors.isEmpty { fields["connectors"]?.mistake("a target needs a connector") }
    var target = Target(name: name, place: root.place, baseURL: base, token: token, connectors: connectors)
    target.environment = fields["environment"]?.word("environment", Target.Environment.self) ?? .disposable
    target.behaviour = fields["behaviour"].map(behaviours) ?? [:]
    target.clients = fields["clients"].flatMap(clients)
    if let inbox = fields["inbox"]?.fields("inbox", TargetKeywords.inbox, required: ["read"]) {
      target.inbox = inbox["read"].flatMap { request($0, answer: ["payloads"]) }.map { Target.Inbox(read: $0) }
    }
    target.clock = fields["clock"].flatMap(clock)
    if let launch = fields["launch"], let text = launch.text("launch") {
      if text == "reference-service" {
        target.launch = .referenceService
      } else {
        launch.mistake("'\(text.prefix(60))' cannot be launched; there is: reference-service")
      }
    }
    return target
  }

  private func token(_ cursor: Cursor) -> Target.TokenBinding? {
    guard let fields = cursor.fields("token", TargetKeywords.token, required: ["url"]),
      let url = fields["url"]?.textTemplate("url", scope)
    else { return nil }
    var token = Target.TokenBinding(url: url)
    if let method = fields["method"], let text = method.text("method") {
      if ["POST", "GET"].contains(text) { token.method = text } else { method.mistake("the token method is POST or GET") }
    }
    if let ways = fields["client-authentication"]?.oneOrMore("client-authentication") {
      token.authentications = ways.compactMap { way in
        guard let word = way.word("client authentication", ClientAuthentication.self) else { return nil }
        if word != .basic, word != .body { way.mistake("a token endpoint takes basic or body") }
        return word
      }
      if token.authentications.isEmpty { fields["client-authentication"]?.mistake("say basic, body or both") }
    }
    token.parameters = fields["params"]?.templateMembers("params", scope) ?? []
    if let answer = fields["answer"]?.fields("answer", TargetKeywords.tokenAnswer) {
      token.accessToken = answer["access-token"]?.pointer("access-token") ?? token.accessToken
      token.expiresIn = answer["expires-in"]?.pointer("expires-in") ?? token.expiresIn
    }
    return token
  }

  private func connectors(_ cursor: Cursor) -> [Target.Connector] {
    (cursor.members("connectors") ?? []).compactMap { name, _, value in
      guard let fields = value.fields("a connector", TargetKeywords.connector, required: ["inbound-url"]),
        let url = fields["inbound-url"]?.textTemplate("inbound-url", scope)
      else { return nil }
      var connector = Target.Connector(name: name, inboundURL: url)
      connector.values = fields["values"]?.templateMembers("values", scope) ?? []
      connector.payloads = (fields["payloads"]?.members("payloads") ?? []).compactMap { sample($0.name, $0.value) }
      if !connector.payloads.contains(where: { $0.name == "valid" }) {
        value.mistake("the connector '\(name.prefix(60))' needs a payload 'valid': without it nothing can be posted")
      }
      return connector
    }
  }

  private func sample(_ name: String, _ cursor: Cursor) -> Target.Sample? {
    guard var fields = cursor.fields("a payload", TargetKeywords.sample) else { return nil }
    let contentType = fields.removeValue(forKey: "content-type")?.text("content-type")
    guard fields.count == 1, let (kind, value) = fields.first else {
      cursor.mistake("a payload is one of: json, text, hex")
      return nil
    }
    switch kind {
    case "json": return Target.Sample(name: name, contentType: contentType, payload: .json(value.template(scope)))
    case "text": return value.textTemplate("text", scope).map { .init(name: name, contentType: contentType, payload: .text($0)) }
    default:
      let loaded = OperationLoader(scope: scope).payload(cursor.without("content-type"))
      return loaded.map { .init(name: name, contentType: contentType, payload: $0) }
    }
  }

  private func behaviours(_ cursor: Cursor) -> [Behaviour: JSON] {
    var declared: [Behaviour: JSON] = [:]
    for (name, value) in cursor.fields("behaviour", TargetKeywords.behaviours) ?? [:] {
      guard let behaviour = Behaviour(rawValue: name) else { continue }
      declared[behaviour] = value.behaviourValue(behaviour)
    }
    return declared
  }

  private func clients(_ cursor: Cursor) -> Target.Clients? {
    guard let fields = cursor.fields("clients", TargetKeywords.clients) else { return nil }
    if let given = fields["static"] {
      if fields.count > 1 { given.mistake("'static' stands alone: given credentials cannot be managed") }
      if given.node.sequence?.isEmpty == true { given.mistake("static is empty: give it a client, or leave it out") }
      return .static((given.list("static") ?? []).compactMap(given(_:)))
    }
    var http = Target.HTTPClients()
    http.create = fields["create"].flatMap { request($0, answer: ["id", "secret"]) }
    http.list = fields["list"].flatMap { request($0, answer: ["ids"]) }
    http.show = fields["show"].flatMap { request($0, answer: []) }
    http.replace = fields["replace"].flatMap { request($0, answer: ["id", "secret"]) }
    http.delete = fields["delete"].flatMap { request($0, answer: []) }
    return .http(http)
  }

  private func given(_ cursor: Cursor) -> Target.GivenClient? {
    guard let fields = cursor.fields("a given client", TargetKeywords.given, required: ["id", "secret"]),
      let id = fields["id"]?.textTemplate("id", scope), let secretCursor = fields["secret"],
      let secret = secretCursor.textTemplate("secret", scope)
    else { return nil }
    if secret.references.isEmpty {
      secretCursor.mistake("a secret does not belong into a file that is shared; write ${env.NAME} and set NAME in the environment")
    }
    return Target.GivenClient(id: id, secret: secret, connector: fields["connector"]?.word("connector", ConnectorRole.self) ?? .first)
  }

  private func clock(_ cursor: Cursor) -> Target.Clock? {
    guard let fields = cursor.fields("clock", TargetKeywords.clock, required: ["driver", "advance"]) else { return nil }
    if let driver = fields["driver"], let text = driver.text("driver"), text != "http" {
      driver.mistake("'\(text.prefix(60))' is no clock driver; there is: http")
    }
    guard let advance = fields["advance"].flatMap({ request($0, answer: []) }) else { return nil }
    var clock = Target.HTTPClock(advance: advance)
    clock.read = fields["read"].flatMap { request($0, answer: ["now"]) }
    clock.standsStill = fields["stands-still"]?.boolean("stands-still") ?? true
    return .http(clock)
  }

  /// A request with holes; `answer` names what it must tell where things stand.
  private func request(_ cursor: Cursor, answer required: [String]) -> Target.RequestTemplate? {
    guard let fields = cursor.fields("a request", TargetKeywords.request, required: ["request"]), let line = fields["request"],
      let text = line.text("request")
    else { return nil }
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2, words[0].allSatisfy({ $0.isASCII && $0.isUppercase }) else {
      line.mistake("a request is METHOD URL, such as: POST /clients")
      return nil
    }
    guard let url = try? Template(parsing: words[1]), line.template(scope) != .literal(.null) else { return nil }
    var request = Target.RequestTemplate(method: words[0], url: url, place: cursor.place)
    request.headers = fields["headers"]?.templateMembers("headers", scope) ?? []
    request.json = fields["json"]?.template(scope)
    request.form = fields["form"]?.templateMembers("form", scope)
    request.statuses = fields["status"]?.oneOrMore("status")?.compactMap { $0.integer("a status", in: 100...599) }
    for (name, _, value) in fields["answer"]?.members("answer") ?? [] { request.answer[name] = value.pointer("answer") }
    for name in required where request.answer[name] == nil {
      cursor.mistake("the request needs 'answer: {\(name): POINTER}' to tell where the \(name) stands")
    }
    return request
  }
}

extension Cursor {
  /// The same mapping without one key.
  fileprivate func without(_ key: String) -> Cursor {
    guard case .mapping(let mapping) = node else { return self }
    let pairs = mapping.filter { $0.key.scalar?.string != key }.map { ($0.key, $0.value) }
    return Cursor(node: .mapping(.init(pairs, .implicit, .any, mapping.mark)), file: file, keyPlace: keyPlace)
  }
}
