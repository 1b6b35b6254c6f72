// Clients are managed by requests that the target file describes.

import ConformanceModel
import HTTPModel
import JSONValue
import Redaction

struct HTTPClientDriver: ClientDriver {
  let clients: Target.HTTPClients
  let connectors: [Target.Connector]
  let templates: TemplateResolver
  /// Precedes the requests of the manager.
  let login: Login?
  let patterns: PatternCache
  let redactor: SecretRedactor
  /// The slips of requests whose answers seem to have id and secret exchanged.
  private let exchanged: [ClientManagement: TargetFileSlip]

  init(
    clients: Target.HTTPClients, connectors: [Target.Connector], templates: TemplateResolver, login: Login?,
    patterns: PatternCache, redactor: SecretRedactor
  ) {
    self.clients = clients
    self.connectors = connectors
    self.templates = templates
    self.login = login
    self.patterns = patterns
    self.redactor = redactor
    var exchanged: [ClientManagement: TargetFileSlip] = [:]
    for (operation, template) in clients.requests {
      exchanged[operation] = HTTPClientDriver.exchanged(template, operation.rawValue)
    }
    self.exchanged = exchanged
  }

  func perform(_ request: ClientRequest, send: Send) async throws -> StepResult {
    guard let template = clients.requests[request.operation] else {
      throw TargetError(request.operation.capability.missingReason)
    }
    var values = request.values
    if case .sent = template.answer["secret"] {
      let secret = RandomText.readable(40)
      // Masked even if the target refuses it.
      redactor.register(secret, as: "CHOSEN_SECRET")
      values["random"] = ["id": .string(RandomText.readable(12)), "secret": .string(secret)]
    }
    let requests = try await requests(template, values, request)
    let isStranger = request.manager != nil
    if request.operation == .list {
      var result = try await list(template, requests, send)
      result.isSentToLogin = isStranger && login?.leadsToPage(result.exchange) == true
      return result
    }
    var result = try await requests.send(requests.first, by: send)
    result.isSentToLogin = isStranger && login?.leadsToPage(result.exchange) == true
    result.successStatuses = template.statuses
    switch request.operation {
    case .create, .replace: try readCredentials(template, request.operation, &result, values)
    case .list, .show, .delete: break
    }
    return result
  }

  private func requests(
    _ template: Target.RequestTemplate, _ values: [String: JSON], _ request: ClientRequest
  ) async throws -> SessionRequests {
    guard let manager = request.manager else {
      return try await SessionRequests(login) { [templates] own in
        try templates.request(template, values.merging(own) { $1 })
      }
    }
    // without the manager's session: nothing that a login has located
    var values = values
    values["login"] = login.map { .object($0.binding.names.map { .init($0, .null) }) }
    var wire = try templates.request(template, values)
    if manager == Stranger.otherConnector.rawValue {
      try useOtherConnector(template, values, than: request.connector, &wire)
    } else {
      let keys = try template.managerKeys(at: connectors).map { member in
        (member.name, end: try member.value.lastReference.map { try templates.resolve($0, values).plainText })
      }
      // almost the right ones: what is left of them is as confidential
      for secret in wire.replaceKeys(keys, by: manager, isAuthorised: login == nil) {
        redactor.register(secret, as: "WRONG_MANAGER_KEY")
      }
    }
    return try await SessionRequests(nil) { [wire] _ in wire }
  }

  /// Authenticates a request as the manager of another connector would.
  private func useOtherConnector(
    _ template: Target.RequestTemplate, _ values: [String: JSON], than own: Target.Connector, _ wire: inout WireRequest
  ) throws {
    guard let other = connectors.first(where: { $0.name != own.name }) else {
      throw TargetError(Capability.secondConnector.missingReason)
    }
    let keys = template.connectorKeys(at: connectors)
    guard !keys.isEmpty else { throw TargetError(Capability.connectorManagers.missingReason) }
    let others = values.merging(["connector": try templates.values(of: other)]) { $1 }
    for key in keys {
      let field = HeaderField(key.name, try templates.resolve(key.value, others).plainText)
      guard field.value != wire.headers.first(key.name) else {
        throw TargetError(
          "\(template.place): the credentials in the header field '\(key.name)' are the same for the connectors "
            + "'\(own.name)' and '\(other.name)'; give each one those of its own manager")
      }
      wire.headers.removeAll { $0.name == key.name }
      wire.headers.append(field)
    }
  }

  private func readCredentials(
    _ template: Target.RequestTemplate, _ operation: ClientManagement, _ result: inout StepResult,
    _ values: [String: JSON]
  ) throws {
    let key = "clients.\(operation.rawValue): answer"
    var found: [String: String] = [:]
    var missing: [(part: MislocatedValue.Part, locator: Locator)] = []
    for part in [MislocatedValue.Part.id, .secret] {
      guard let locator = template.answer[part.rawValue] else { continue }
      if case .sent(let template) = locator {
        found[part.rawValue] = result.statusMeansSuccess ? try templates.resolve(template, values).plainText : nil
        continue
      }
      guard let text = try result.value(at: locator, patterns)?.scalarText, !text.isEmpty else {
        result.missingReason = "the response has no \(part.rawValue) at \(locator)"
        missing.append((part, locator))
        continue
      }
      let located = LocatedText(
        part: part, text: text, locator: locator, key: key, result: result, place: template.place)
      if result.statusMeansSuccess, let slip = located.excess {
        result.missingReason = "the response has no \(part.rawValue) at \(locator)"
        result.mislocated = slip
        continue
      }
      result.doubt = result.doubt ?? located.fragment
      found[part.rawValue] = text
    }
    for (part, locator) in missing where result.mislocated == nil {
      // a secret that was found is not a lost id, nor what was sent
      let known = Set(found.values).union(result.exchange.request.texts)
      result.mislocated = MislocatedValue.slip(
        part, at: locator, of: key, in: result, known: known, place: template.place)
    }
    guard let id = found["id"], found["secret"] != nil || template.answer["secret"] == nil else { return }
    result.doubt = result.doubt ?? exchanged[operation]
    result.made = CreatedClient(id: id, secret: found["secret"])
  }

  /// The names of the places suggest that id and secret are exchanged.
  private static func exchanged(_ template: Target.RequestTemplate, _ operation: String) -> TargetFileSlip? {
    guard case .json(let id)? = template.answer["id"], case .json(let secret)? = template.answer["secret"],
      let idName = id.tokens.last, let secretName = secret.tokens.last,
      SecretName.suggestsSecret(idName), !SecretName.suggestsSecret(secretName)
    else { return nil }
    return TargetFileSlip(
      description: "the id is read from \(id), and the secret from \(secret): correct 'id' and 'secret' in "
        + "'clients.\(operation): answer' of the target file", place: template.place)
  }

  private func list(
    _ template: Target.RequestTemplate, _ requests: SessionRequests, _ send: Send
  ) async throws -> StepResult {
    let reader = PageReader(template: template, part: .ids, key: "clients.list", patterns: patterns)
    let list = try await reader.read(requests.first) { try await requests.send($0, by: send) }
    var result = list.result
    result.ids = list.items?.map(\.plainText)
    return result
  }
}

extension WireRequest {
  /// Replaces the manager's key by another token, or by one that differs in its last character, or removes it.
  ///
  /// - Parameters:
  ///   - keys: The header fields with it, each with the value at its end: what comes before is not confidential.
  ///   - isAuthorised: Whether it is the key that authorises the manager, and not a session.
  /// - Returns: What has to be kept out of reports.
  fileprivate mutating func replaceKeys(
    _ keys: [(name: String, end: String?)], by manager: String, isAuthorised: Bool
  ) -> [String] {
    if keys.isEmpty, !isAuthorised, manager != Stranger.none.rawValue {
      headers.append(HeaderField("Authorization", "Bearer \(manager)"))
    }
    var secrets: [String] = []
    for key in keys {
      let value = headers.first(key.name) ?? ""
      headers.removeAll { $0.name == key.name }
      guard manager != Stranger.none.rawValue else { continue }
      if manager == Stranger.wrong.rawValue {
        let wrong = ManagerKey(field: value, end: key.end).wrong
        headers.append(HeaderField(key.name, wrong.field))
        secrets += wrong.secrets
        continue
      }
      let isBearer = key.name.lowercased() == "authorization"
      headers.append(HeaderField(key.name, isBearer ? "Bearer \(manager)" : manager))
    }
    return secrets
  }

  /// The values of the request that a response may repeat.
  var texts: Set<String> {
    guard let body, let members = (try? JSON(parsing: body))?.object else { return [] }
    return Set(members.compactMap { $0.value.scalarText })
  }
}

extension Template {
  /// The reference at its end.
  fileprivate var lastReference: Template? {
    switch self {
    case .reference: self
    case .text(let segments):
      if case .reference(let last)? = segments.last { .reference(last) } else { nil }
    case .literal, .array, .object: nil
    }
  }
}

extension JSON {
  /// The text of a string or number: some targets use numbers as ids.
  var scalarText: String? {
    switch self {
    case .string(let text), .number(let text): text
    default: nil
    }
  }
}
