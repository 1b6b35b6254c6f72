// The inbound URL of a connector's service: `POST /v1/{company}/{service}` with a bearer token (RFC 6750).

import Conformance

struct InboundEndpoint {
  /// 8 MB as the larger of its two readings: 8 MiB.
  static let largestPayload = 8 << 20

  let store: Store

  /// Refuses what the head alone shows to be wrong: authentication before existence, existence before method, then size and type.
  func refusal(of request: ServiceRequest) -> ServiceAnswer? {
    let connector = store.connectors.first { $0.inboundPath == request.path }
    if let refused = BearerAuthentication(store: store, realm: connector?.inboundPath ?? request.path).refusal(of: request, for: connector) {
      return refused
    }
    guard let connector else { return .notFound }
    guard request.method == "POST" else { return .methodNotAllowed(request.method, allow: "POST") }
    if let length = request.announcedLength, length > InboundEndpoint.largestPayload { return tooLarge }
    return mediaTypeRefusal(request, connector)
  }

  func answer(_ request: ServiceRequest) -> ServiceAnswer {
    guard let connector = store.connectors.first(where: { $0.inboundPath == request.path }) else { return .notFound }
    guard let body = request.body else { return tooLarge }
    if body.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
      return .problem(422, "blank_payload", "the payload is blank")
    }
    let json: JSON
    do throws(JSONError) {
      json = try JSON(parsing: body)
    } catch {
      return .problem(400, "malformed_payload", "the payload is not JSON (byte \(error.offset))")
    }
    if let mismatch = connector.entity.mismatch(json) { return .problem(422, "wrong_entity", mismatch) }
    let id = Secrets.makeID().replacingClient
    let receivedAt = store.receive(body, contentType: request.headers.first("Content-Type") ?? "", id: id, for: connector.name)
    return ServiceAnswer(201, json: ["id": .string(id), "received_at": .string(receivedAt.description), "bytes": .int(body.count)])
  }

  private var tooLarge: ServiceAnswer {
    .problem(413, "payload_too_large", "a payload may have \(InboundEndpoint.largestPayload) bytes")
  }

  private func mediaTypeRefusal(_ request: ServiceRequest, _ connector: ConnectorDefinition) -> ServiceAnswer? {
    if let coding = request.headers.first("Content-Encoding"), coding.lowercased() != "identity" {
      return .problem(415, "unsupported_coding", "the payload must not be encoded", headers: [HeaderField("Accept-Encoding", "identity")])
    }
    guard request.mediaType == "application/json" else {
      return .problem(415, "unsupported_media_type", "the payload must be application/json")
    }
    return nil
  }
}

extension String {
  /// A receipt's number is made as a client's id is.
  fileprivate var replacingClient: String { "receipt" + drop { $0 != "-" } }
}
