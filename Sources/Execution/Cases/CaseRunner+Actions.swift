// Performs the actions of steps.

import ConformanceModel
import HTTPModel
import JSONValue
import Redaction
import RunEvents

extension CaseRunner {
  /// Performs the action of a step; `nil` if it sends nothing.
  func perform(_ step: Step) async throws -> StepResult? {
    switch step.operation {
    case .createClient(let name, let connector):
      return try await createClient(name: name, connector: connector, savedAs: step.savedAs)
    case .listClients(let connector): return try await listClients(connector)
    case .showClient(let client): return try await showClient(client)
    case .replaceClient(let client): return try await replaceClient(client, savedAs: step.savedAs)
    case .deleteClient(let client): return try await deleteClient(client)
    case .requestToken(let operation):
      let (request, _) = try tokenRequest(operation)
      return try tokenResult(try await send(request), savedAs: step.savedAs)
    case .postPayload(let operation):
      let plain = try payloadRequest(operation)
      let request = try await signed(try await encoded(plain, operation.contentCoding))
      let time = environment.timeline.now
      let connector = operation.connector ?? .first
      return try payloadResult(
        try await send(request), of: plain, savedAs: step.savedAs, postedAt: time, to: connector)
    case .showReceipt(let payload, let token): return try await showReceipt(payload, token)
    case .readInbox(let role):
      guard let inbox = session.target.inbox else { throw TargetError(Capability.readInbox.missingReason) }
      return try await readInbox(role, inbox)
    case .http(let operation):
      let request = try freeRequest(operation, operation.url)
      let isPayload = operation.url.references.contains { $0.name == "inbound-url" }
      var result = try await send(isPayload ? try await signed(request) : request)
      for url in operation.alternatives where result.exchange.response.status / 100 != 2 {
        try record(unevaluated: result, of: step)
        result = try await send(try freeRequest(operation, url))
      }
      return result
    case .wait, .restartTarget, .repeat, .concurrently: return nil
    }
  }

  private func freeRequest(_ operation: FreeRequest, _ url: Template) throws -> WireRequest {
    let url = session.templates.absolute(try scope.fillURL(url))
    var request = WireRequest(method: operation.method, url: url)
    if let json = operation.json {
      request.headers.append(HeaderField("Content-Type", "application/json"))
      request.body = try scope.fill(json).compactBytes
    } else if let form = operation.form {
      var pairs: [(String, String)] = []
      for field in form { pairs += FormParameters.pairs(field.name, try scope.fill(field.value)) }
      request.headers.append(HeaderField("Content-Type", "application/x-www-form-urlencoded"))
      request.body = Array(FormEncoding.encode(pairs).utf8)
    }
    try request.apply(operation.edits) { template throws(UnresolvedReference) in try scope.fill(template) }
    return request
  }

  func connector(_ role: ConnectorRole) throws -> Target.Connector {
    guard let connector = session.connector(role) else {
      throw TargetError(role.capability?.missingReason ?? "the target has no connector")
    }
    return connector
  }

  /// Registers the secrets that a response discloses, so that no report shows them.
  ///
  /// - Returns: The secrets that the response may show: those of its purpose, and those that were unknown before.
  /// - Throws: `TargetError` if there are more than can be registered; the response is not logged then.
  func registerSecrets(of result: StepResult) throws(TargetError) -> [String] {
    var disclosed = ["secret", "value"].compactMap { result.saved?[$0]?.string }
    let response = result.exchange.response
    let secrets = session.secretFinder.secrets(headers: response.headers, body: response.body, json: result.body)
    guard secrets.count <= SecretFinder.maxCount else {
      throw TargetError(
        "the response holds more than \(SecretFinder.maxCount) secrets and is not evaluated: "
          + "not all of them can be kept out of reports",
        kind: .protocol)
    }
    for secret in secrets where !session.redactor.knows(secret.value) {
      let label = CaseScope.label(secret.name)
      switch secret.evidence {
      // words in the place of a hidden secret are in many responses, and leak nothing
      case .name where SecretText.isWords(secret.value): scope.mask(secret.value, as: label)
      case .name:
        // to show one of a former case again is no disclosure
        if !session.redactor.isRetired(secret.value) { disclosed.append(secret.value) }
        scope.registerSecret(secret.value, as: label)
      case .place: scope.mask(secret.value, as: label)
      }
    }
    registerSeparated(in: response.headers)
    return disclosed
  }

  /// Registers what is left of a secret that blanks separate: a value that was folded in the middle of a secret has one
  /// there (RFC 9112 section 5.2).
  private func registerSeparated(in fields: [HeaderField]) {
    func joined(_ value: String) -> [UInt8] { value.utf8.filter { !HeaderField.isBlank($0) } }
    let fields = fields.filter { $0.value.utf8.contains(where: HeaderField.isBlank) && !$0.isDate }
    guard !fields.isEmpty else { return }
    guard session.redactor.leak(in: fields.flatMap { joined($0.value) + [0x0A] }) != nil else { return }
    for field in fields {
      let value = Array(field.value.utf8)
      guard session.redactor.leak(in: value) == nil, let found = session.redactor.leak(in: joined(field.value)) else {
        continue
      }
      let indices = value.indices.filter { !HeaderField.isBlank(value[$0]) }
      let label = found.label.hasPrefix("$") ? String(found.label.dropFirst()) : "SECRET"
      scope.registerSecret(String(decoding: value[indices[found.offset]...], as: UTF8.self), as: label)
    }
  }
}
