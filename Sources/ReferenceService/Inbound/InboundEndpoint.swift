// The inbound URL of a connector's service: `POST /v1/{company}/{service}` with a bearer token (RFC 6750), and the
// receipts of its payloads: `GET /v1/{company}/{service}/receipts/{id}`.

import Compression
import ConformanceModel
import HTTPModel
import JSONValue

struct InboundEndpoint {
  let store: Store
  let policy: Policy

  /// Refuses a request by its head: authentication before existence, existence before method, then size and type.
  func refusal(of request: ServiceRequest) -> ServiceResponse? {
    let connector = connector(request) ?? receipt(request)?.connector
    if let refused = BearerAuthentication(store: store, policy: policy, realm: realm(request)).refusal(
      of: request, for: connector)
    {
      return refused
    }
    return headProblem(request, connector).map { ServiceResponse($0) }
  }

  /// Accepts the payload of a request whose head was not refused.
  func respond(to request: ServiceRequest) -> ServiceResponse {
    if let receipt = receipt(request) { return show(receipt.id, of: receipt.connector) }
    guard let connector = connector(request) else { return ServiceResponse(.notFound) }
    guard let body = request.body else { return ServiceResponse(.tooLargePayload(limit: policy.maxPayload)) }
    let payload: [UInt8]
    do throws(ServiceProblem) { payload = try decoded(body, request.contentCodings) } catch {
      return ServiceResponse(error)
    }
    do throws(ServiceProblem) {
      try check(payload, connector.entity)
    } catch {
      guard policy.toleratesPayload(error) else { return ServiceResponse(error) }
    }
    let id = policy.makeReceipt(payload)
    let receivedAt = store.receive(
      payload, contentType: request.headers.first("Content-Type") ?? "", id: id, for: connector.name)
    return ServiceResponse(
      policy.acceptedStatus,
      json: ["id": .string(id), "received_at": .string(receivedAt.description), "bytes": .int(payload.count)])
  }

  /// The payload without its content codings, the last one first (RFC 9110 section 8.4).
  private func decoded(_ body: [UInt8], _ codings: [String]) throws(ServiceProblem) -> [UInt8] {
    var payload = body
    for coding in codings.reversed().compactMap({ ContentCoding(rawValue: $0) }) {
      switch policy.decode(coding, payload, policy.maxPayload) {
      case .success(let decoded): payload = decoded
      case .failure(.tooLarge): throw .tooLargePayload(limit: policy.maxPayload)
      case .failure(.malformed): throw .malformedCoding(coding)
      }
    }
    return payload
  }

  private func connector(_ request: ServiceRequest) -> ConnectorDefinition? {
    store.connectors.first { $0.inboundPath == request.path }
  }

  /// The receipt that the URL is about, and its connector.
  private func receipt(_ request: ServiceRequest) -> (id: String, connector: ConnectorDefinition)? {
    for connector in store.connectors {
      let start = "\(connector.inboundPath)/receipts/"
      if request.path.hasPrefix(start) { return (String(request.path.dropFirst(start.count)), connector) }
    }
    return nil
  }

  private func show(_ receipt: String, of connector: ConnectorDefinition) -> ServiceResponse {
    guard let payload = policy.found(receipt, store.inbox(of: connector.name)) else {
      return ServiceResponse(.notFound)
    }
    var members: [JSON.Member] = [
      .init("id", .string(payload.id)), .init("received_at", .string(payload.receivedAt.description)),
      .init("bytes", .int(payload.body.count)),
    ]
    if let text = String(validating: payload.body, as: UTF8.self) { members.append(.init("body", .string(text))) }
    return ServiceResponse(200, json: .object(members))
  }

  /// `{company}/{service}` of the URL, also for an unknown service, so that it does not reveal which exist.
  private func realm(_ request: ServiceRequest) -> String {
    let realm = request.path.dropFirst("/v1/".count)
    let isPlain = realm.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "/-._~%".utf8.contains(byte)
      }
    }
    return isPlain && !realm.isEmpty && realm.utf8.count <= 200 ? String(realm) : "inbound"
  }

  private func headProblem(_ request: ServiceRequest, _ connector: ConnectorDefinition?) -> ServiceProblem? {
    guard let connector else { return .notFound }
    if receipt(request) != nil { return request.method == "GET" ? nil : .method(request.method, allow: "GET") }
    guard request.method == "POST" else { return .method(request.method, allow: "POST") }
    if let length = request.announcedLength, length > policy.maxPayload {
      return .tooLargePayload(limit: policy.maxPayload)
    }
    guard request.contentCodings.allSatisfy({ policy.decodes($0, connector) }) else {
      return .unsupportedCoding(connector.contentCodings)
    }
    guard policy.accepts(request.mediaType, connector.entity) else {
      return .unsupportedMediaType(connector.entity.mediaTypes)
    }
    return nil
  }

  private func check(_ body: [UInt8], _ entity: Entity) throws(ServiceProblem) {
    if policy.isBlank(body) { throw .blankPayload }
    let mismatch: Entity.Mismatch?
    switch entity.format {
    case .json:
      do throws(JSONError) {
        mismatch = entity.mismatch(try JSON(parsing: policy.readable(body)))
      } catch {
        throw .malformedPayload("the payload is not JSON (byte \(error.offset))")
      }
    case .xml:
      guard let outline = XMLOutline(body) else { throw .malformedPayload("the payload is not well-formed XML") }
      mismatch = entity.mismatch(outline)
    }
    if let mismatch { throw .mismatch(mismatch) }
  }
}
