// Posts payloads to the inbound URL with an access token (RFC 6750 section 2.1).

import Compression
import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents

extension CaseRunner {
  func payloadRequest(_ operation: PayloadPost) throws -> WireRequest {
    let token = try operation.token.map { try scope.look(up: Reference(path: [$0])) }
    let role = operation.connector ?? .first
    let connector = try connector(role)
    var request = WireRequest(method: "POST", url: try inboundURL(connector))
    if let suffix = operation.pathSuffix { request.url += try scope.fill(suffix).plainText }
    if let value = token?["value"] {
      let bearer = session.target.token.bearer
      request.headers.append(
        HeaderField(bearer.name, try session.templates.resolve(bearer.value, ["token": value]).plainText))
    }
    let (body, contentType) = try payload(operation.payload, connector)
    request.body = body
    if let contentType { request.headers.append(HeaderField("Content-Type", contentType)) }
    if let coding = operation.contentCoding { request.headers.append(HeaderField("Content-Encoding", coding.rawValue)) }
    try request.apply(operation.edits) { template throws(UnresolvedReference) in try scope.fill(template) }
    return request
  }

  /// A request with its body in a content coding.
  func encoded(_ request: WireRequest, _ coding: ContentCoding?) async throws -> WireRequest {
    guard let coding else { return request }
    // megabytes would delay the requests of other cases
    return try await withTaskExecutorPreference(globalConcurrentExecutor) {
      await Task.yield()
      guard let body = coding.encode(request.body ?? []) else {
        throw TargetError("there is no memory to compress a payload of \((request.body ?? []).count.counted("byte"))")
      }
      var encoded = request
      encoded.body = body
      return encoded
    }
  }

  /// A request with a payload, and with its signature if the target asks for one.
  func signed(_ request: WireRequest) async throws -> WireRequest {
    guard let signer = session.drivers.makePayloadSigner() else { return request }
    return try await signer.sign(request, at: environment.timeline.now)
  }

  func inboundURL(_ connector: Target.Connector) throws -> String {
    try session.templates.url(connector.inboundURL, ["connector": try session.templates.values(of: connector)])
  }

  /// Saves the payload as it was sent, if the step names it: it may have megabytes.
  ///
  /// - Parameters:
  ///   - request: The request before its body was compressed: what is delivered is the payload itself.
  ///   - time: When it was posted.
  func payloadResult(
    _ result: StepResult, of request: WireRequest, savedAs name: String?, postedAt time: SimulatedInstant,
    to role: ConnectorRole
  ) throws -> StepResult {
    var result = result
    let receipt = try session.connector(role)?.receipt.flatMap { try result.value(at: $0, session.patterns) }
    result.successStatuses = session.target.value(of: .payloadAccepted).array?.compactMap(\.int)
    if name == nil {
      result.payload = request.body ?? []
      result.receipt = receipt
    } else {
      result.saved = SentPayload.saved(
        request.body ?? [], contentType: request.headers.first("Content-Type"), postedAt: time, to: role,
        receipt: receipt)
    }
    return result
  }

  /// Looks up the receipt of a saved payload, where the target file says how.
  func showReceipt(_ name: String, _ tokenName: String?) async throws -> StepResult {
    let payload = try scope.look(up: Reference(path: [name]))
    let connector = try connector(payload["connector"]?.string.flatMap(ConnectorRole.init) ?? .first)
    guard let lookup = connector.receiptLookup else { throw TargetError(Capability.receiptLookup.missingReason) }
    guard let receipt = payload["receipt"] else {
      throw TargetError("the response to the payload '\(name)' had no receipt to look up", kind: .protocol)
    }
    var values = [
      "connector": try session.templates.values(of: connector), "unique": scope.names["unique"] ?? .null,
      "receipt": receipt,
    ]
    values["token"] = try tokenName.map { try scope.look(up: Reference(path: [$0]))["value"] ?? .null }
    var result = try await send(try session.templates.request(lookup, values))
    result.successStatuses = lookup.statuses
    guard result.statusMeansSuccess else { return result }
    var found: [JSON.Member] = []
    for name in ["receipt", "payload"] {
      let value = try lookup.answer[name].flatMap { try result.value(at: $0, session.patterns) }
      if let value { found.append(.init(name, value)) }
    }
    result.saved = .object(found)
    return result
  }

  private func payload(_ payload: Payload, _ connector: Target.Connector) throws -> ([UInt8], contentType: String?) {
    switch payload {
    case .chosenSample(let name): return try self.payload(.sample(try scope.fill(name).plainText), connector)
    case .sample(let name):
      guard let sample = connector.payloads.first(where: { $0.name == name }) else {
        throw TargetError("the connector \(connector.name) has no payload '\(name)'")
      }
      return try session.content(of: sample, connector, unique: scope.names["unique"] ?? .null)
    case .json(let template): return (try scope.fill(template).compactBytes, "application/json")
    case .text(let template): return (Array(try scope.fill(template).plainText.utf8), connector.validContentType)
    case .hex(let bytes): return (bytes, connector.validContentType)
    case .validOfSize(let template):
      let wanted = try scope.fill(template)
      guard let size = wanted.int ?? Int(wanted.plainText), (1...Filter.maxText * 4).contains(size) else {
        throw TargetError(
          "the size '\(wanted.plainText.prefix(40))' is not a number of bytes from 1 to \(Filter.maxText * 4)")
      }
      var (bytes, contentType) = try self.payload(.sample("valid"), connector)
      guard bytes.count <= size else {
        throw TargetError(
          "the payload 'valid' of \(connector.name) has \(bytes.count) bytes, more than the size \(size)")
      }
      bytes.reserveCapacity(size)
      bytes.append(contentsOf: repeatElement(0x20, count: size - bytes.count))
      return (bytes, contentType)
    case .validSpelled(let template):
      let spelling = try word(template, "spelling of JSON", JSONSpelling.self)
      let unique = scope.names["unique"]?.string ?? ""
      return try changedValid(connector, by: spelling.rawValue) { spelling.apply(to: $0, keeping: unique) }
    case .validMalformed(let template):
      let defect = try word(template, "defect of JSON", JSONDefect.self)
      return try changedValid(connector, by: defect.rawValue) { defect.apply(to: $0) }
    }
  }

  private func word<Word: RawRepresentable<String> & CaseIterable>(
    _ template: Template, _ what: String, _ words: Word.Type
  ) throws -> Word {
    let text = try scope.fill(template).plainText
    guard let word = Word(rawValue: text) else {
      let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw TargetError("'\(text.prefix(40))' is no \(what); expected one of: \(known)")
    }
    return word
  }

  /// The sample `valid`, if it is JSON, with other bytes.
  private func changedValid(
    _ connector: Target.Connector, by word: String, _ change: ([UInt8]) -> [UInt8]?
  ) throws -> ([UInt8], contentType: String?) {
    let (bytes, contentType) = try payload(.sample("valid"), connector)
    let subtype = contentType.flatMap(MediaType.init)?.subtype ?? ""
    guard subtype == "json" || subtype.hasSuffix("+json"), let changed = change(bytes) else {
      throw NotApplicable(
        reason: "the payload 'valid' of \(connector.name) is not JSON, or '\(word)' makes no difference to it")
    }
    return (changed, contentType)
  }
}

extension CaseScope {
  /// The name of the sample that a payload is; `nil` if it is none.
  func sampleName(_ payload: Payload) -> String? {
    switch payload {
    case .sample(let name): name
    case .chosenSample(let template): (try? fill(template))?.plainText
    case .json, .text, .hex, .validOfSize, .validSpelled, .validMalformed: nil
    }
  }
}
