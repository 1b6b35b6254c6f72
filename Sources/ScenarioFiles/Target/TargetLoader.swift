// Reads a target file.

import ConformanceModel
import HTTPModel
import JSONValue
import YAML

struct TargetLoader {
  static let builtInNames = [
    "env", "file", "service", "connector", "unique", "client", "name", "payload", "instant", "epoch", "seconds", "run",
    "port", "folder", "token", "random", "launch", "login", "receipt",
  ]

  /// Keys that do not decide which server is tested, or how it is used.
  private static let unboundKeys: Set = [
    "target", "include", "expected-deviations", "files", "jobs", "timeout", "profile",
  ]

  let scope = Scope(
    builtIn: TargetLoader.builtInNames,
    members: [
      "run": ["id", "key"], "service": ["url", "manager-key"], "random": ["id", "secret"],
      "client": ["id", "name", "secret"] + Target.Key.publicForms,
    ])

  /// The target, or `nil` after an error that prevents loading it.
  ///
  /// - Parameter variable: The value of an environment variable, for what has to be known when the file is read.
  func load(_ file: SourceFile, variable: @escaping (String) -> String?) -> Target? {
    var includes = TargetIncludes()
    file.variables = FileVariables(scope, value: variable)
    let whole = includes.read(file)
    defer { for other in includes.files { file.adopt(other) } }
    guard let root = whole,
      let fields = root.fields(
        "a target", TargetKeywords.target, required: ["target", "base-url", "token", "connectors"]),
      let name = fields["target"]?.text("target"),
      let base = fields["base-url"].flatMap({ urlTemplate($0, "base-url") }),
      let tokenReader = fields["token"], let token = token(tokenReader),
      let connectors = fields["connectors"].map(connectors)
    else { return nil }
    if let reader = fields["connectors"], reader.isEmptyCollection {
      reader.diagnostic("connectors is empty; expected a connector")
    }
    var target = Target(name: name, place: root.place, baseURL: base, token: token, connectors: connectors)
    target.digest = NodeDigest.ofMembers(root, except: TargetLoader.unboundKeys)
    target.environment = fields["environment"]?.word("environment", Target.Environment.self) ?? .disposable
    target.profile = fields["profile"]?.word("profile", Profile.self) ?? .patchworks
    target.packVersions = fields["pack"].flatMap(packVersions)
    target.behaviour = fields["behaviour"].map(behaviours) ?? [:]
    target.signature = fields["sign"].flatMap(signature)
    target.clients = part(.clients) { fields["clients"].flatMap { clients($0, hasNoSecrets: target.hasNoSecrets) } }
    target.inbox = part(.inbox) { fields["inbox"].flatMap(inbox) }
    if let endpoints = fields["endpoints"]?.fields("endpoints", TargetKeywords.endpoints) {
      for endpoint in Target.Endpoint.allCases {
        target.endpoints[endpoint] = endpoints[endpoint.rawValue].flatMap {
          urlTemplate($0, endpoint.rawValue)
        }
      }
    }
    target.launch = fields["launch"].flatMap(launch)
    target.clock = part(.clock) { fields["clock"].flatMap(clock) }
    if case .process = target.clock, !target.launchesCommand {
      fields["clock"]?.diagnostic(
        "the clock drivers 'process' and 'faketime' need a launched program; "
          + "add 'launch: { command: [program, argument, …] }'")
    }
    target.allowedHosts = fields["allowed-hosts"].map(hosts) ?? []
    target.route = route(fields)
    checkKeys(target, fields)
    target.httpVersion = fields["http"].flatMap { $0.word("HTTP version", HTTPVersion.self) }
    target.rate = fields["rate"].flatMap(rate)
    target.jobs = fields["jobs"].flatMap { $0.integer("jobs", in: Target.jobCounts) }
    target.timeout = fields["timeout"].flatMap { $0.timeLimit("timeout") }
    target.files = (fields["files"]?.members("files") ?? []).compactMap { name, _, value in
      value.contents("files").map {
        Template.Member(name, .literal(.string(String(decoding: $0, as: UTF8.self).droppingLineBreak)))
      }
    }
    target.expectedDeviations = fields["expected-deviations"].map(deviations) ?? []
    checkConnectorValues(target.connectors)
    target.login = login(fields["login"], of: target)
    checkProgramClocks(target, fields)
    checkPorts(target)
    checkLaunchValueNames(target, baseURL: fields["base-url"])
    target.variables = scope.environment.map { Target.Variable(name: $0.key, place: $0.value) }.sorted {
      ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column)
    }
    return target
  }

  /// `5/s` or `60/min`.
  private func rate(_ reader: YAMLReader) -> Double? {
    guard let text = reader.text("rate") else { return nil }
    let parts = text.split(separator: "/")
    let units = ["s": 1.0, "min": 60, "h": 3600]
    guard parts.count == 2, let count = Double(parts[0]), count > 0, count <= 1e6, let unit = units[String(parts[1])]
    else {
      reader.diagnostic("expected a rate such as 5/s, 60/min or 100/h")
      return nil
    }
    return count / unit
  }

  private func packVersions(_ reader: YAMLReader) -> PackVersions? {
    guard let text = reader.text("pack") else { return nil }
    let versions = PackVersions(text)
    if versions == nil { reader.diagnostic("expected versions such as '>=2.0 <3' or 2.1") }
    return versions
  }

  /// Hosts as `login.example.com`, `login.example.com:8443` or `[::1]:8443`, in lower case.
  private func hosts(_ reader: YAMLReader) -> [String] {
    (reader.oneOrMore("allowed-hosts") ?? []).compactMap { item in
      guard let host = item.text("a host")?.lowercased() else { return nil }
      let match = host.wholeMatch(of: /(?:[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?/)
      guard let match, match.2.map({ (1...65_535).contains(Int($0) ?? 0) }) ?? true else {
        item.diagnostic(
          HostName.refusal(ofHost: host) ?? "expected HOST or HOST:PORT, such as login.example.com:8443")
        return nil
      }
      return host
    }
  }

  private func token(_ reader: YAMLReader) -> Target.TokenBinding? {
    guard let fields = reader.fields("token", TargetKeywords.token, required: ["url"]),
      let url = fields["url"].flatMap({ urlTemplate($0, "url") })
    else { return nil }
    var token = Target.TokenBinding(url: url)
    if let method = fields["method"], let text = method.text("method") {
      if ["POST", "GET"].contains(text) {
        token.method = text
      } else {
        method.diagnostic("expected POST or GET")
      }
    }
    if let ways = fields["client-authentication"]?.oneOrMore("client-authentication") {
      token.authentications = ways.compactMap { $0.tokenAuthentication() }
      if ways.isEmpty {
        fields["client-authentication"]?.diagnostic(
          "client-authentication is empty; expected one or several of: \(YAMLReader.declarableNames)")
      }
      if token.authentications.contains(.basic), token.authentications.contains(.basicRaw) {
        fields["client-authentication"]?.diagnostic(
          "basic and basic-raw exclude each other: a token endpoint form-decodes Basic credentials, or it does not")
      }
    }
    if let assertion = fields["assertion"] { token.assertions = assertions(assertion, for: token.authentications) }
    token.headers = fields["headers"].map(headers) ?? []
    token.parameters = fields["params"].map { secretless($0, "params") } ?? []
    token.scope = fields["scope"].flatMap(grantedScope)
    token.bodyLimit = fields["body-limit"].flatMap { $0.integer("body-limit", in: TargetKeywords.bodyLimits) }
    if let bearer = fields["bearer"]?.fields("bearer", TargetKeywords.bearer, required: ["header", "value"]),
      let name = bearer["header"]?.text("header"),
      let valueReader = bearer["value"], let value = valueReader.textTemplate("value", scope)
    {
      if !value.references.contains(where: { $0.name == "token" }) {
        valueReader.diagnostic("the value must contain ${token}")
      }
      token.bearer = Template.Member(name, value)
    }
    if let answer = fields["answer"]?.fields("answer", TargetKeywords.tokenAnswer) {
      token.accessToken = answer["access-token"]?.locator("access-token") ?? token.accessToken
      token.expiresIn = answer["expires-in"]?.locator("expires-in") ?? token.expiresIn
    }
    return token
  }

  /// One scope: scenarios add others to it.
  private func grantedScope(_ reader: YAMLReader) -> Template? {
    guard let template = reader.textTemplate("scope", scope) else { return nil }
    let isWord = template.literalText?.wholeMatch(of: /[\x21\x23-\x5B\x5D-\x7E]+/) != nil
    if template.references.isEmpty, !isWord {
      reader.diagnostic("expected one scope, of visible ASCII without quotes and backslashes (RFC 6749 section 3.3)")
    }
    return template
  }

  private func connectors(_ reader: YAMLReader) -> [Target.Connector] {
    let members = reader.members("connectors") ?? []
    // a key of a connector that is not indented enough looks like another connector
    let misplaced = members.filter { member in
      TargetKeywords.connector.contains { $0.name == member.name }
        && !member.value.has("inbound-url")
    }
    for member in misplaced {
      member.key.diagnostic(
        "'\(member.name)' is a key of a connector, not the name of one; indent it below the name of its connector")
    }
    return members.compactMap { name, _, value in
      guard !misplaced.contains(where: { $0.name == name }) else { return nil }
      guard let fields = value.fields("a connector", TargetKeywords.connector, required: ["inbound-url"]),
        let url = fields["inbound-url"].flatMap({ urlTemplate($0, "inbound-url") })
      else { return nil }
      var connector = Target.Connector(name: name, inboundURL: url)
      connector.values = fields["values"].map { secretless($0, "values") } ?? []
      connector.payloads = (fields["payloads"]?.members("payloads") ?? []).compactMap { sample($0.name, $0.value) }
      connector.receipt = fields["receipt"]?.locator("receipt")
      if case .sent = connector.receipt { fields["receipt"]?.diagnostic("'sent' is only for id and secret") }
      connector.receiptLookup = fields["receipt-lookup"].flatMap { receiptLookup($0, fields) }
      if !connector.payloads.contains(where: { $0.name == "valid" }), misplaced.isEmpty {
        value.diagnostic("missing payload 'valid' in the connector '\(name.prefix(60))'; scenarios post it by default")
      }
      return connector
    }
  }

  private func receiptLookup(_ reader: YAMLReader, _ fields: Fields) -> Target.RequestTemplate? {
    if fields["receipt"] == nil {
      reader.diagnostic("'receipt-lookup' needs 'receipt', the place of the receipt in the response to a payload")
    }
    let lookup = request(reader, answer: ["receipt"])
    if let lookup, !lookup.usesReceipt {
      reader.diagnostic("the request does not say which receipt it is about; expected ${receipt} in it")
    }
    return lookup
  }

  /// Reports a `${connector.NAME}` that no connector has.
  private func checkConnectorValues(_ connectors: [Target.Connector]) {
    let known = Set(["name"] + connectors.flatMap { $0.values.map(\.name) })
    for (name, reader) in scope.connectorValues.sorted(by: { $0.key < $1.key }) where !known.contains(name) {
      reader.diagnostic(
        "no connector has a value '\(name.prefix(60))'\(Suggestion.text(for: name, among: known.sorted())); "
          + "write it under 'values' of the connectors")
    }
  }

  private func sample(_ name: String, _ reader: YAMLReader) -> Target.Sample? {
    guard var fields = reader.fields("a payload", TargetKeywords.sample) else { return nil }
    let contentType = fields.removeValue(forKey: "content-type")?.text("content-type")
    let refused = fields.removeValue(forKey: "refused").flatMap { refusals($0, of: name) }
    guard fields.count == 1, let (kind, value) = fields.first else {
      reader.diagnostic("expected one of: json, text, hex, file")
      return nil
    }
    var sample = sample(name, contentType, kind, value)
    sample?.refused = refused
    return sample
  }

  /// Whether a name can be that of a test case. By bytes: a regular expression for each name takes a millisecond of the start.
  private static func namesCase(_ name: String) -> Bool {
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
    guard let first = name.utf8.first, isAlphanumeric(first), name.utf8.count <= 80 else { return false }
    return name.utf8.allSatisfy { isAlphanumeric($0) || " ._-".utf8.contains($0) }
  }

  /// The statuses with which a sample has to be refused.
  private func refusals(_ reader: YAMLReader, of name: String) -> [Int]? {
    if Target.Sample.knownNames.contains(name) {
      reader.diagnostic(
        "scenarios know what becomes of the payload '\(name)'; 'refused' is for payloads with names of your own")
    } else if !TargetLoader.namesCase(name) {
      reader.diagnostic(
        "'\(name.prefix(60))' is the name of a test case; expected up to 80 ASCII letters, digits, spaces, '.', '_', '-'"
      )
    }
    let items = reader.oneOrMore("refused") ?? []
    if items.isEmpty, reader.isEmptyCollection { reader.diagnostic("refused is empty; expected a status") }
    return items.compactMap { $0.integer("a status of a refusal", in: TargetKeywords.refusals) }
  }

  private func sample(
    _ name: String, _ contentType: String?, _ kind: String, _ value: YAMLReader
  ) -> Target.Sample? {
    switch kind {
    case "file":
      let type =
        contentType
        ?? (value.text("file")?.lowercased().hasSuffix(".xml") == true ? "application/xml" : "application/json")
      return value.contents("file").map { .init(name: name, contentType: type, payload: .hex($0)) }
    case "json": return Target.Sample(name: name, contentType: contentType, payload: .json(value.template(scope)))
    case "text":
      return value.textTemplate("text", scope).map { .init(name: name, contentType: contentType, payload: .text($0)) }
    default:
      return StepActionLoader(scope: scope).hex(value).map {
        .init(name: name, contentType: contentType, payload: .hex($0))
      }
    }
  }

  private func behaviours(_ reader: YAMLReader) -> [Behaviour: JSON] {
    var declared: [Behaviour: JSON] = [:]
    var leeway: YAMLReader?
    for (name, value) in reader.fields("behaviour", TargetKeywords.behaviours) ?? Fields() {
      guard let behaviour = Behaviour(rawValue: name) else { continue }
      declared[behaviour] = value.behaviourValue(behaviour)
      if behaviour == .expiryLeeway { leeway = value }
    }
    // scenarios compare an expired token with one of half its age
    let lifetime = declared[.tokenLifetime]?.int ?? Behaviour.tokenLifetime.defaultValue.int ?? 0
    if let leeway, let seconds = declared[.expiryLeeway]?.int, seconds > lifetime / 3 {
      leeway.diagnostic(
        "expiry-leeway must be at most a third of token-lifetime, which is \(lifetime): with more, an expired token "
          + "looks like a valid one; expected a number from 0 to \(lifetime / 3)")
    }
    return declared
  }
}
