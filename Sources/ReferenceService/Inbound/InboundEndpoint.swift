// The inbound URL of a connector's service: `POST /v1/{company}/{service}` with a bearer token (RFC 6750).

import ConformanceModel
import HTTPModel
import JSONValue

struct InboundEndpoint {
  let service: Service

  /// Refuses what the head alone shows to be wrong: authentication before existence, existence before method, then size and type.
  func refusal(of request: ServiceRequest) -> ServiceResponse? {
    let connector = connector(request)
    if let refused = BearerAuthentication(service: service, realm: realm(request)).refusal(of: request, for: connector)
    {
      return refused
    }
    return headProblem(request, connector).map { ServiceResponse($0) }
  }

  /// Takes the payload of a request whose head was not refused.
  func answer(_ request: ServiceRequest) -> ServiceResponse {
    guard let connector = connector(request) else { return ServiceResponse(.notFound) }
    guard let body = request.body else { return ServiceResponse(.tooLargePayload(limit: service.policy.maxPayload)) }
    do throws(ServiceProblem) {
      try check(body, connector.entity)
    } catch {
      guard service.policy.toleratesPayload(error) else { return ServiceResponse(error) }
    }
    let id = Secrets.makeID("receipt")
    let receivedAt = service.store.receive(
      body, contentType: request.headers.first("Content-Type") ?? "", id: id, for: connector.name)
    return ServiceResponse(
      service.policy.acceptedStatus,
      json: ["id": .string(id), "received_at": .string(receivedAt.description), "bytes": .int(body.count)])
  }

  private func connector(_ request: ServiceRequest) -> ConnectorDefinition? {
    service.store.connectors.first { $0.inboundPath == request.path }
  }

  /// `{company}/{service}` as the address has it, also where there is no such service: a stranger does not learn which exist.
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
    guard request.method == "POST" else { return .method(request.method, allow: "POST") }
    if let length = request.announcedLength, length > service.policy.maxPayload {
      return .tooLargePayload(limit: service.policy.maxPayload)
    }
    guard request.contentCodings.allSatisfy(service.policy.decodes) else { return .unsupportedCoding }
    guard service.policy.accepts(request.mediaType, connector.entity) else {
      return .unsupportedMediaType(connector.entity.mediaTypes)
    }
    return nil
  }

  private func check(_ body: [UInt8], _ entity: Entity) throws(ServiceProblem) {
    if service.policy.isBlank(body) { throw .blankPayload }
    let mismatch: Entity.Mismatch?
    switch entity.format {
    case .json:
      do throws(JSONError) {
        mismatch = entity.mismatch(try JSON(parsing: body))
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
