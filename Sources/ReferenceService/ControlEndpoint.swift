// Test hooks: the clock, the inbox, and a fresh start. They need no key: the service is a double, not a vault.

import Conformance

struct ControlEndpoint {
  let store: Store

  /// - Parameter path: What stands behind `/control`.
  func answer(_ request: ServiceRequest, _ path: [String]) -> ServiceAnswer {
    switch (path.first, path.count) {
    case ("clock", 1): return clock(request)
    case ("inbox", 2): return inbox(request, path[1])
    case ("reset", 1):
      guard request.method == "POST" else { return .methodNotAllowed(request.method, allow: "POST") }
      store.reset()
      return ServiceAnswer(204)
    default: return .notFound
    }
  }

  private func clock(_ request: ServiceRequest) -> ServiceAnswer {
    switch request.method {
    case "GET", "HEAD": return ServiceAnswer(200, json: clockState)
    case "PUT":
      guard let body = request.body, let json = try? JSON(parsing: body), let instant = instant(json) else {
        return .problem(400, "malformed", "say {\"now\": \"2022-07-21T10:03:08Z\"} or {\"epoch\": 1658397788}")
      }
      guard store.moveClock(to: instant) else {
        return .problem(409, "backward", "the clock stands at \(store.now) and moves only forward; POST /control/reset starts afresh")
      }
      return ServiceAnswer(200, json: clockState)
    default: return .methodNotAllowed(request.method, allow: "GET, PUT")
    }
  }

  private func instant(_ json: JSON) -> Instant? {
    if let text = json["now"]?.string { return Instant(rfc3339: text) }
    return json["epoch"]?.int.flatMap { (0...253_402_300_799).contains($0) ? Instant(seconds: Int64($0)) : nil }
  }

  private var clockState: JSON {
    let now = store.now
    return ["now": .string(now.description), "epoch": .int(now.seconds)]
  }

  private func inbox(_ request: ServiceRequest, _ name: String) -> ServiceAnswer {
    guard store.connector(name) != nil else { return .notFound }
    switch request.method {
    case "GET", "HEAD":
      let part = Form(Array(request.query.utf8))?["contains"]
      let received = store.inbox(of: name).filter { payload in part.map { payload.body.holds(Array($0.utf8)) } ?? true }
      return ServiceAnswer(200, json: ["payloads": .array(received.map(describe))])
    case "DELETE":
      store.emptyInbox(of: name)
      return ServiceAnswer(204)
    default: return .methodNotAllowed(request.method, allow: "GET, DELETE")
    }
  }

  private func describe(_ payload: Store.Received) -> JSON {
    var members = [
      JSON.Member("id", .string(payload.id)), JSON.Member("received_at", .string(payload.receivedAt.description)),
      JSON.Member("content_type", .string(payload.contentType)),
    ]
    if let text = String(validating: payload.body, as: UTF8.self) {
      members.append(JSON.Member("body", .string(text)))
    } else {
      members.append(JSON.Member("base64", .string(Base64.encode(payload.body))))
    }
    return .object(members)
  }
}

extension [UInt8] {
  /// Whether these bytes occur in the first 64 KiB: enough to find a payload by its mark.
  fileprivate func holds(_ part: [UInt8]) -> Bool {
    let searched = prefix(64 << 10)
    guard let first = part.first, part.count <= searched.count else { return part.isEmpty }
    var index = 0
    while index <= searched.count - part.count {
      if searched[index] == first, searched[index..<index + part.count].elementsEqual(part) { return true }
      index += 1
    }
    return false
  }
}
