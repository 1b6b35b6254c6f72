// A payload to the inbound URL with an access token (RFC 6750 section 2.1), and the inbox behind it.

import ConformanceModel
import HTTPModel
import JSONValue

extension CaseRunner {
  func payloadRequest(_ operation: PayloadPost) throws -> WireRequest {
    let token = try operation.token.map { try scope.look(up: Reference(path: [$0])) }
    let role = operation.connector ?? .first
    let connector = try connector(role)
    var request = WireRequest(method: "POST", url: try inboundURL(connector))
    if let suffix = operation.pathSuffix { request.url += try scope.fill(suffix).plainText }
    if let value = token?["value"] {
      let bearer = session.target.token.bearer
      request.headers.append(HeaderField(bearer.name, try session.fill(bearer.value, ["token": value]).plainText))
    }
    let (body, contentType) = try payload(operation.payload, connector)
    request.body = body
    if let contentType { request.headers.append(HeaderField("Content-Type", contentType)) }
    try request.apply(operation.edits) { template throws(UnresolvedReference) in try scope.fill(template) }
    return request
  }

  func inboundURL(_ connector: Target.Connector) throws -> String {
    try session.url(connector.inboundURL, ["connector": try session.values(of: connector)])
  }

  /// What is saved of a payload: the very bytes that were sent.
  func payloadAnswer(_ answer: StepResult) -> StepResult {
    var answer = answer
    answer.successStatuses = session.target.value(of: .payloadAccepted).array?.compactMap(\.int)
    let body = answer.exchange.request.body ?? []
    answer.saved = ["text": .string(String(decoding: body, as: UTF8.self)), "size": .int(body.count)]
    return answer
  }

  private func payload(_ payload: Payload, _ connector: Target.Connector) throws -> ([UInt8], contentType: String?) {
    switch payload {
    case .sample(let name):
      guard let sample = connector.payloads.first(where: { $0.name == name }) else {
        throw TargetError("the connector \(connector.name) has no payload '\(name)'")
      }
      return try self.sample(sample, connector)
    case .json(let template): return (try scope.fill(template).compactBytes, "application/json")
    case .text(let template): return (Array(try scope.fill(template).plainText.utf8), validContentType(connector))
    case .hex(let bytes): return (bytes, validContentType(connector))
    case .validOfSize(let template):
      let wanted = try scope.fill(template)
      guard let size = wanted.int ?? Int(wanted.plainText), (1...Filter.maxText * 4).contains(size) else {
        throw TargetError("'\(wanted.plainText.prefix(40))' is no size of a payload")
      }
      var (bytes, contentType) = try self.payload(.sample("valid"), connector)
      guard bytes.count <= size else {
        throw TargetError("the payload 'valid' of \(connector.name) has more than \(size) bytes already")
      }
      bytes += [UInt8](repeating: 0x20, count: size - bytes.count)
      return (bytes, contentType)
    }
  }

  /// A sample of the target file; its templates reach the target's values and `${unique}`.
  private func sample(_ sample: Target.Sample, _ connector: Target.Connector) throws -> ([UInt8], String?) {
    let more = ["unique": scope.names["unique"] ?? .null, "connector": try session.values(of: connector)]
    switch sample.payload {
    case .json(let template):
      return (try session.fill(template, more).compactBytes, sample.contentType ?? "application/json")
    case .text(let template):
      return (Array(try session.fill(template, more).plainText.utf8), sample.contentType ?? validContentType(connector))
    case .hex(let bytes): return (bytes, sample.contentType ?? validContentType(connector))
    case .sample, .validOfSize: throw TargetError("the payload '\(sample.name)' refers to another")
    }
  }

  /// The media type of the sample `valid`: a wrong payload is to be wrong in its content alone.
  private func validContentType(_ connector: Target.Connector) -> String {
    let valid = connector.payloads.first { $0.name == "valid" }
    if let contentType = valid?.contentType { return contentType }
    if case .text(let template) = valid?.payload, template.literalText?.hasPrefix("<") == true {
      return "application/xml"
    }
    return "application/json"
  }

  /// Reads what the service received. A lone payload does not go amiss among others: the target filters by `${unique}`.
  func inboxRequest(_ role: ConnectorRole, _ inbox: Target.Inbox) throws -> WireRequest {
    let connector = try connector(role)
    return try session.request(
      inbox.read, ["connector": try session.values(of: connector), "unique": scope.names["unique"] ?? .null])
  }

  func inboxAnswer(_ answer: StepResult, _ inbox: Target.Inbox) throws -> StepResult {
    var answer = answer
    answer.successStatuses = inbox.read.statuses
    guard let locator = inbox.read.answer["payloads"] else { return answer }
    if case .json = locator, answer.body == nil {
      answer.missingReason = "the inbox's answer is not JSON"
      return answer
    }
    answer.received = try answer.values(at: locator, session.patterns).map { $0.string ?? $0.compact }
    return answer
  }
}
