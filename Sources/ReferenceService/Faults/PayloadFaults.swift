// Payloads that are lost, doubled, changed, wrongly accepted or wrongly refused.

import Compression
import ConformanceModel
import HTTPModel
import JSONValue

extension Fault {
  static let payload: [Fault] =
    delivered + tolerated + almostJSON + limits + addresses + responsesToPayloads + transfers + entities

  // MARK: Tolerated

  private static let tolerated: [Fault] = [
    Fault("blank-payloads-accepted", .major, .payload, "Blank payloads are accepted.") {
      $0.tolerate { if case .blankPayload = $0 { true } else { false } }
    },
    Fault("white-space-is-a-payload", .major, .payload, "A payload of white space is accepted.") {
      $0.isBlank = { $0.isEmpty }
      $0.tolerate { if case .malformedPayload = $0 { true } else { false } }
      let correct = $0.toleratesPayload
      $0.onResponse { _, request, response in
        // other broken payloads are still refused
        guard request.isInbound, response.status == 201, let body = request.body, (try? JSON(parsing: body)) == nil,
          correct(.malformedPayload(""))
        else { return }
        if !body.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
          response = ServiceResponse(.malformedPayload("the payload is not JSON"))
        }
      }
    },
    Fault("wrong-entities-accepted", .major, .payload, "Payloads of any entity are accepted.") {
      $0.tolerate { if case .mismatch = $0 { true } else { false } }
    },
    Fault("missing-members-accepted", .major, .payload, "Payloads without a required member are accepted.") {
      $0.tolerate {
        if case .mismatch(let mismatch) = $0 { mismatch.description.contains("has no member") } else { false }
      }
    },
    Fault(
      "members-of-wrong-types-accepted", .major, .payload, "Payloads whose members have the wrong types are accepted."
    ) {
      $0.tolerate {
        if case .mismatch(let mismatch) = $0 { mismatch.description.contains("wrong type") } else { false }
      }
    },
    Fault("malformed-payloads-accepted", .major, .payload, "Payloads that are not JSON are accepted.") {
      $0.tolerate { if case .malformedPayload = $0 { true } else { false } }
    },
    Fault("any-media-type-accepted", .minor, .payload, "Payloads of any media type are accepted.") {
      $0.accepts = { _, _ in true }
    },
    Fault("any-coding-accepted", .minor, .payload, "Payloads of any content coding are read as text.") {
      $0.decodes = { _, _ in true }
      $0.decode = { _, bytes, _ in .success(bytes) }
    },
    status("blank-payloads-get-400", "Blank payloads get 400.", "blank_payload", 400),
    status("blank-payloads-get-500", "Blank payloads get 500.", "blank_payload", 500),
    status("wrong-entities-get-400", "Payloads of another entity get 400.", "wrong_entity", 400),
    status("wrong-entities-get-500", "Payloads of another entity get 500.", "wrong_entity", 500),
    status("malformed-payloads-get-500", "Malformed payloads get 500.", "malformed_payload", 500),
    status("wrong-media-types-get-500", "Payloads of another media type get 500.", "unsupported_media_type", 500),
    status("unknown-codings-get-500", "Payloads in an unknown content coding get 500.", "unsupported_coding", 500),
    status("large-payloads-get-400", "Payloads that are too large get 400.", "payload_too_large", 400),
    status("large-payloads-get-500", "Payloads that are too large get 500.", "payload_too_large", 500),
  ]

  private static func status(_ name: String, _ sentence: String, _ code: String, _ status: Int) -> Fault {
    Fault(name, .major, .payload, sentence) {
      $0.onInboundResponse { _, response in if response.errorCode == code { response.status = status } }
    }
  }

  // MARK: Limits

  private static let limits: [Fault] = [
    Fault("gzip-is-refused", .minor, .payload, "Payloads with the content coding gzip get 415.") {
      $0.decodes = { coding, _ in coding == "identity" }
    },
    Fault("gzip-has-no-limit", .major, .payload, "The size limit counts the bytes before gzip is undone.") {
      $0.decode = { coding, bytes, _ in coding.decode(bytes, limit: 1 << 30) }
    },
    Fault("broken-gzip-is-kept", .major, .payload, "A payload that is not in its content coding is delivered as it is.")
    {
      $0.decode = { coding, bytes, limit in
        let decoded = coding.decode(bytes, limit: limit)
        return decoded == .failure(.malformed) ? .success(bytes) : decoded
      }
      $0.tolerate { if case .malformedPayload = $0 { true } else { false } }
    },
    Fault("payloads-up-to-1-mb", .major, .payload, "Payloads above 1 MB get 413.") { $0.maxPayload = 1_000_000 },
    Fault("payloads-up-to-100-kb", .major, .payload, "Payloads above 100 kB get 413.") { $0.maxPayload = 100_000 },
    Fault("payloads-up-to-16-mb", .major, .payload, "Payloads up to 16 MB are accepted.") { $0.maxPayload = 16 << 20 },
    Fault("limit-is-a-byte-too-high", .major, .payload, "A payload of 8,388,609 bytes is accepted.") {
      $0.maxPayload = (8 << 20) + 1
    },
    Fault(
      "limit-trusts-content-length", .major, .payload,
      "A payload that is too large is accepted if it has no Content-Length."
    ) {
      $0.maxPayload = 32 << 20
      $0.onInboundHead { request in
        if let length = request.announcedLength, length > 8 << 20 { request.setHeader("Content-Length", "\(64 << 20)") }
      }
    },
    Fault("chunked-payloads-are-blank", .major, .payload, "Chunked payloads are treated as blank.") {
      let before = $0.readBody
      $0.readBody = { request in
        before(&request)
        if request.isInbound, request.header("Transfer-Encoding") != nil { request.body = [] }
      }
    },
    refuses("chunked-payloads-refused", .minor, "Payloads without Content-Length are refused.", 411) {
      $0.header("Content-Length") == nil
    },
    refuses(
      "media-type-parameters-of-payloads-refused", .major, "A media type with a parameter is refused.", 415
    ) {
      $0.header("Content-Type")?.contains(";") ?? false
    },
    refuses("unicode-refused", .major, "Payloads with characters outside ASCII are refused.", 422) {
      $0.body?.contains { $0 > 0x7F } ?? false
    },
    refuses("extra-members-refused", .major, "Payloads with additional members are refused.", 500) { request in
      guard let members = request.body.flatMap({ try? JSON(parsing: $0) })?.object else { return false }
      return members.contains { !["id", "lines", "sku", "price"].contains($0.name) }
    },
    Fault("same-payload-gets-409", .minor, .payload, "A payload that was received before gets 409.") {
      let seen = Locked<Set<[UInt8]>>([])
      let repeated = Locked<Set<[UInt8]>>([])
      $0.deliveries = { payload, connector in
        if seen.withLock({ $0.insert(payload.body).inserted }) { return [(payload, connector)] }
        _ = repeated.withLock { $0.insert(payload.body) }
        return []
      }
      $0.onInboundResponse(201) { request, response in
        guard let body = request.body, repeated.withLock({ $0.remove(body) }) != nil else { return }
        response = ServiceResponse(409, error: "duplicate", description: "this payload came before")
      }
    },
    Fault("unusual-json-crashes", .major, .payload, "JSON that is not an object gets 500.") {
      $0.onInboundResponse(422) { request, response in
        guard let json = request.body.flatMap({ try? JSON(parsing: $0) }), json.object == nil else { return }
        response = ServiceResponse(500, error: "server_error", description: "internal error")
      }
    },
  ]

  private static func refuses(
    _ name: String, _ severity: Severity, _ sentence: String, _ status: Int,
    _ isRefused: @escaping @Sendable (ServiceRequest) -> Bool
  ) -> Fault {
    Fault(name, severity, .payload, sentence) {
      $0.onInboundResponse(201) { request, response in
        if isRefused(request) { response = ServiceResponse(status, error: "refused", description: "refused") }
      }
    }
  }

  // MARK: Addresses

  private static let addresses: [Fault] = [
    head("any-service-accepted", "Payloads for unknown services are accepted.") { request in
      if !ConnectorDefinition.standard.contains(where: { $0.inboundPath == request.path }) {
        request.path = ConnectorDefinition.standard[0].inboundPath
      }
    },
    head("any-company-accepted", "The company in the inbound URL is ignored.") { request in
      let parts = request.path.split(separator: "/")
      if parts.count == 3 { request.path = "/v1/acme/\(parts[2])" }
    },
    head("longer-addresses-accepted", "Additional segments at the end of the inbound URL are ignored.") { request in
      let parts = request.path.split(separator: "/")
      if parts.count > 3 { request.path = "/" + parts.prefix(3).joined(separator: "/") }
    },
    Fault(
      "other-spellings-need-no-token", .critical, .payload, "An inbound URL in another letter case needs no token."
    ) {
      let mark = "X-Other-Spelling"
      $0.onInboundHead { request in
        guard request.path != request.path.lowercased() else { return }
        request.path = request.path.lowercased()
        request.headers.append(HeaderField(mark, "1"))
      }
      $0.refusal = { refusal, request in request.header(mark) == nil ? refusal : nil }
    },
    head("put-delivers", "PUT at an inbound URL is treated as POST.") { if $0.method == "PUT" { $0.method = "POST" } },
    head("any-method-delivers", "Any method at an inbound URL is treated as POST.") { request in
      if !["GET", "HEAD", "POST"].contains(request.method) { request.method = "POST" }
    },
    Fault("get-shows-payloads", .critical, .payload, "GET at an inbound URL shows what was received.") {
      $0.onResponse { store, request, response in
        guard request.isInbound, request.method == "GET", response.status == 405 else { return }
        let payloads =
          store.connectors.first { $0.inboundPath == request.path }.map { store.inbox(of: $0.name) }
          ?? []
        response = ServiceResponse(
          200, json: ["payloads": .array(payloads.suffix(20).map { .string(String(decoding: $0.body, as: UTF8.self)) })]
        )
      }
    },
    Fault("no-allow-at-the-inbound-url", .major, .payload, "The 405 of the inbound URL has no Allow field.") {
      $0.onInboundResponse(405) { $1.setHeader("Allow", nil) }
    },
    Fault("other-methods-get-404", .minor, .payload, "The inbound URL responds to other methods with 404.") {
      $0.onInboundResponse(405) { $1 = ServiceResponse(.notFound) }
    },
    early("unknown-services-are-told-to-strangers", "An unknown service gets 404 without a token.") {
      request, connector in
      connector == nil ? .notFound : nil
    },
    early("media-type-comes-before-authentication", "A wrong media type gets 415 without a token.") {
      request, connector in
      connector.map { $0.entity.mediaTypes.contains(request.mediaType ?? "") } ?? true
        ? nil : .unsupportedMediaType(["application/json"])
    },
    early("size-comes-before-authentication", "A payload that is too large gets 413 without a token.") { request, _ in
      (request.announcedLength ?? 0) > 8 << 20 ? .tooLargePayload(limit: 8 << 20) : nil
    },
    Fault("content-comes-before-authentication", .minor, .payload, "A wrong payload gets 422 or 400 without a token.") {
      $0.refusal = { refusal, request in refusal == .noCredentials && request.method == "POST" ? nil : refusal }
      // a right payload without a token is refused as always, and not delivered
      let mark = "; without-token", read = $0.readBody, deliver = $0.deliveries
      $0.readBody = { request in
        read(&request)
        guard request.isInbound, lacksToken(request) else { return }
        let type = request.header("Content-Type") ?? ""
        request.headers.removeAll { $0.name.lowercased() == "content-type" }
        request.headers.append(HeaderField("Content-Type", type + mark))
      }
      $0.deliveries = { payload, connector in
        payload.contentType.hasSuffix(mark) ? [] : deliver(payload, connector)
      }
      $0.onInboundResponse(201) { request, response in
        guard lacksToken(request) else { return }
        response = ServiceResponse(
          401, error: "unauthorized", description: "an access token is required",
          headers: [HeaderField("WWW-Authenticate", "Bearer realm=\"inbound\"")])
      }
    },
  ]

  /// Whether a request whose head was not refused has no access token.
  private static func lacksToken(_ request: ServiceRequest) -> Bool {
    request.header("Authorization").flatMap(BearerAuthentication.token) == nil
  }

  private static func head(
    _ name: String, _ sentence: String, _ edit: @escaping @Sendable (inout ServiceRequest) -> Void
  ) -> Fault {
    Fault(name, .major, .payload, sentence) { $0.onInboundHead(edit) }
  }

  /// Reveals without a token what only a client with a token may know.
  private static func early(
    _ name: String, _ sentence: String,
    _ problem: @escaping @Sendable (ServiceRequest, ConnectorDefinition?) -> ServiceProblem?
  ) -> Fault {
    Fault(name, .minor, .payload, sentence) {
      $0.onResponse { store, request, response in
        guard request.isInbound, response.status == 401 else { return }
        let connector = store.connectors.first { $0.inboundPath == request.path }
        if let problem = problem(request, connector) { response = ServiceResponse(problem) }
      }
    }
  }

  // MARK: Responses

  private static let responsesToPayloads: [Fault] = [
    accepted("payloads-get-204", .major, "Accepted payloads get 204.") { $0 = ServiceResponse(204) },
    accepted("payloads-get-202", .minor, "Accepted payloads get 202.") { $0.status = 202 },
    accepted("payloads-get-302", .major, "Accepted payloads are redirected.") {
      $0 = ServiceResponse(302, headers: [HeaderField("Location", "/done")])
    },
    accepted("payloads-get-307", .major, "Accepted payloads are redirected to another host.") {
      $0 = ServiceResponse(307, headers: [HeaderField("Location", "http://127.0.0.1:9/v1/acme/orders")])
    },
    accepted("payloads-get-500", .major, "Accepted payloads get 500.") {
      $0 = ServiceResponse(500, error: "server_error", description: "internal error")
    },
    accepted("payloads-get-422", .major, "Every payload gets 422.") {
      $0 = ServiceResponse(422, error: "wrong_entity", description: "no")
    },
    Fault("inbound-errors-with-stack-trace", .minor, .payload, "Error responses to payloads show a stack trace.") {
      $0.onInboundResponse(422) { _, response in
        response.editMembers {
          $0["trace"] = "java.lang.IllegalStateException: at com.acme.inbound.Entity.check(Entity.java:42)"
        }
      }
    },
  ]

  private static func accepted(
    _ name: String, _ severity: Severity, _ sentence: String,
    _ edit: @escaping @Sendable (inout ServiceResponse) -> Void
  ) -> Fault {
    Fault(name, severity, .payload, sentence) { $0.onInboundResponse(201) { edit(&$1) } }
  }
}
