// Test hooks without authentication: the clock, the inbox, and a reset.

import ConformanceModel
import Glibc
import JSONValue

struct ControlEndpoint {
  let store: Store

  /// - Parameter path: The path segments after `/control`.
  func respond(to request: ServiceRequest, _ path: [String]) -> ServiceResponse {
    do throws(ServiceProblem) {
      switch (path.first, path.count) {
      case ("clock", 1): return try clock(request)
      case ("inbox", 2): return try inbox(request, path[1])
      case ("reset", 1):
        try request.mustBe("POST")
        store.reset()
        return ServiceResponse(204)
      default: throw .notFound
      }
    } catch {
      return ServiceResponse(error)
    }
  }

  private func clock(_ request: ServiceRequest) throws(ServiceProblem) -> ServiceResponse {
    try request.mustBe("GET", "PUT")
    if request.method == "PUT" {
      guard let instant = instant(try request.json()) else {
        throw .malformedBody("expected {\"now\": \"2022-07-21T10:03:08Z\"} or {\"epoch\": 1658397788}")
      }
      guard store.advanceClock(to: instant) else { throw .backwardClock(now: store.now) }
    }
    let now = store.now
    return ServiceResponse(200, json: ["now": .string(now.description), "epoch": .int(now.seconds)])
  }

  private func instant(_ json: JSON) -> SimulatedInstant? {
    if let now = json["now"] { return now.string.flatMap { SimulatedInstant(rfc3339: $0) } }
    // within bounds in which no arithmetic overflows
    return json["epoch"]?.int.flatMap {
      (-(1 << 40)...(1 << 40)).contains($0) ? SimulatedInstant(seconds: Int64($0)) : nil
    }
  }

  private func inbox(_ request: ServiceRequest, _ name: String) throws(ServiceProblem) -> ServiceResponse {
    try request.mustBe("GET", "DELETE")
    guard store.connector(name) != nil else { throw .notFound }
    if request.method == "DELETE" {
      store.emptyInbox(of: name)
      return ServiceResponse(204)
    }
    guard let query = Form(Array(request.query.utf8)) else {
      throw .malformedBody("the query is not form-encoded UTF-8")
    }
    let part = Array((query["contains"] ?? "").utf8)
    return ServiceResponse(
      200, json: ["payloads": .array(store.inbox(of: name).filter { $0.body.contains(part) }.map(describe))])
  }

  private func describe(_ payload: ReceivedPayloads.Payload) -> JSON {
    let body =
      String(validating: payload.body, as: UTF8.self).map { JSON.Member("body", .string($0)) }
      ?? JSON.Member("base64", .string(Base64.encode(payload.body)))
    return .object([
      JSON.Member("id", .string(payload.id)), JSON.Member("received_at", .string(payload.receivedAt.description)),
      JSON.Member("content_type", .string(payload.contentType)), body,
    ])
  }
}

extension [UInt8] {
  /// Whether these bytes occur in it, by the search of the C library: inboxes can have many megabytes.
  fileprivate func contains(_ part: [UInt8]) -> Bool {
    guard let first = part.first else { return true }
    return withUnsafeBytes { whole in
      var rest = whole[...]
      while rest.count >= part.count, let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress,
        let found = memchr(start, Int32(first), rest.count - part.count + 1)
      {
        if memcmp(found, part, part.count) == 0 { return true }
        rest = rest.dropFirst(UnsafeRawPointer(found) - start + 1)
      }
      return false
    }
  }
}
