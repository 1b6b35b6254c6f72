// The service without a socket.

import ConformanceModel
import HTTPModel
import JSONValue
import ReferenceService
import Testing

@Suite("the in-process transport")
struct InProcessTransportTests {
  @Test("responds as the service does over a socket")
  func sameResponses() async throws {
    let configuration = ReferenceServiceConfiguration()
    let transport = InProcessTransport(configuration)
    let inProcess = try await Conversation.responses(transport.url, transport.managerKey) { request in
      let response = try await transport.send(request).response
      return Response(
        interim: response.interim, status: response.status, headers: response.headers, body: response.body)
    }
    try await withReferenceService(configuration) { running in
      let port = try #require(running.url.split(separator: ":").last.flatMap { UInt16($0) })
      let overSocket = try await Conversation.responses(running.url, running.managerKey) { request in
        let bytes = request.bytes(below: running.url)
        return try await WireClient.send([bytes], port: port, isHead: request.method == "HEAD")[0]
      }
      #expect(inProcess.count == overSocket.count)
      for (one, other) in zip(inProcess, overSocket) { #expect(one == other) }
    }
  }

  @Test("has a service of its own that keeps its state")
  func state() async throws {
    let (one, other) = (InProcessTransport(), InProcessTransport())
    let clock = WireRequest(method: "PUT", url: "\(one.url)/control/clock", body: Array(#"{"epoch": 1700000000}"#.utf8))
    #expect(try await one.send(clock).response.status == 200)
    let health = WireRequest(url: "\(one.url)/health")
    #expect(try await one.send(health).response.headers.first("Date") == "Tue, 14 Nov 2023 22:13:20 GMT")
    #expect(try await other.send(health).response.headers.first("Date") == "Wed, 20 Jul 2022 10:03:08 GMT")
    #expect(one.managerKey != other.managerKey)
  }

  @Test(
    "refuses other authorities",
    arguments: [
      "http://127.0.0.1:1/health", "http://reference.invalid.example/health", "https://reference.invalid/health",
      "http://reference.invalid:81/health",
    ])
  func otherAuthority(url: String) async throws {
    let error = await #expect(throws: TransportError.self) {
      try await InProcessTransport().send(WireRequest(url: url))
    }
    #expect(error?.kind == .connection)
  }

  @Test("does not wait for a response that is held back, and says how long it would have taken")
  func heldBack() async throws {
    var configuration = ReferenceServiceConfiguration()
    configuration.faults = [try #require(Fault.named("payloads-wait-for-processing"))]
    let transport = InProcessTransport(configuration)
    let health = WireRequest(url: "\(transport.url)/health")
    #expect(try await transport.send(health).timings.total == 0)
    let post = WireRequest(method: "POST", url: "\(transport.url)/v1/acme/orders", body: [])
    #expect(try await transport.send(post).timings.total == 6)
  }

  @Test("refuses what it cannot frame")
  func framing() async throws {
    let transport = InProcessTransport()
    for field in [
      HeaderField("X", "a\r\nY: b"), HeaderField("Content-Length", "7"), HeaderField("Transfer-Encoding", "x"),
    ] {
      let request = WireRequest(method: "POST", url: "\(transport.url)/v1/acme/orders", headers: [field], body: [1])
      let error = await #expect(throws: TransportError.self) { try await transport.send(request) }
      #expect(error?.kind == .request)
    }
  }

  @Test("hands over a body as far as Content-Length announces it")
  func announcedLength() async throws {
    for (fault, bytes) in [("content-length-too-short", true), ("content-length-too-long", false)] {
      var configuration = ReferenceServiceConfiguration()
      configuration.faults = [try #require(Fault.named(fault))]
      let transport = InProcessTransport(configuration)
      let request = WireRequest(method: "POST", url: "\(transport.url)/connectors/orders/oauth/token", body: [])
      if bytes {
        let response = try await transport.send(request).response
        #expect(
          response.headers.first("Content-Length") == "\(response.body.count)"
            && response.headers.first("Connection") == "close")
        #expect((try? JSON(parsing: response.body)) == nil)
      } else {
        let error = await #expect(throws: TransportError.self) { try await transport.send(request) }
        #expect(error?.kind == .protocol)
      }
    }
  }

  @Test("sends nothing after its shutdown, nor in a cancelled task")
  func shutdown() async throws {
    let transport = InProcessTransport()
    let request = WireRequest(url: "\(transport.url)/health")
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await transport.send(request)
    }
    await #expect(throws: TransportError(.cancelled, "the task was cancelled")) { try await task.value }
    #expect(try await transport.send(request, SendOptions(attempt: 2)).attempt == 2)
    await transport.shutdown()
    await #expect(throws: TransportError(.cancelled, "the transport was shut down")) {
      try await transport.send(request)
    }
  }
}

/// Requests of each kind; later ones use the credentials of earlier ones.
private enum Conversation {
  typealias Send = (WireRequest) async throws -> Response

  /// A response without random values.
  struct Steady: Equatable {
    var request: String
    var interim: [Int]
    var status: Int
    var headers: [HeaderField]
    var body: String
  }

  static func responses(_ url: String, _ key: String, _ send: Send) async throws -> [Steady] {
    var responses: [Steady] = []
    var made: [String] = [String(url.dropFirst("http://".count)), key]
    func ask(
      _ method: String, _ path: String, _ headers: [HeaderField] = [], _ body: String? = nil, chunked: Bool = false
    ) async throws -> Response {
      let request = WireRequest(
        method: method, url: url + path, headers: headers, body: body.map { Array($0.utf8) }, chunked: chunked)
      let response = try await send(request)
      made += ["client_id", "client_secret", "access_token", "id"].compactMap { response[$0]?.string }
      func steady(_ text: String) -> String {
        made.enumerated().reduce(text) { $0.replacing($1.element, with: "<\($1.offset)>") }
      }
      let body = steady(response.text)
      responses.append(
        Steady(
          request: "\(method) \(steady(path))", interim: response.interim, status: response.status,
          headers: response.headers.map { field in
            // the length of a body with the host in it differs, and so does a cookie
            if field.name == "Content-Length", body != response.text { return HeaderField(field.name, "…") }
            return HeaderField(field.name, field.name == "Set-Cookie" ? "…" : steady(field.value))
          }, body: body))
      return response
    }
    let manager = HeaderField("Authorization", "Bearer \(key)")
    let (form, json) = ("application/x-www-form-urlencoded", HeaderField("Content-Type", "application/json"))
    _ = try await ask("GET", "/health")
    _ = try await ask("HEAD", "/health")
    _ = try await ask("GET", "/nowhere?x=1")
    _ = try await ask("DELETE", "/health")
    _ = try await ask("FOO", "/v1/acme/orders")
    _ = try await ask("PROPFIND", "/v1/acme/orders")
    _ = try await ask("GET", "/connectors/orders")
    _ = try await ask("GET", "/connectors/orders", [manager])
    let client = try await ask("POST", "/connectors/orders/clients", [manager, json], #"{"name": "nightly"}"#)
    let credentials = Credentials(
      id: try #require(client["client_id"]?.string), secret: try #require(client["client_secret"]?.string))
    let basic = HeaderField("Authorization", credentials.basic)
    _ = try await ask("POST", "/connectors/orders/oauth/token", [HeaderField("Content-Type", form)], API.grant)
    let token = try await ask(
      "POST", "/connectors/orders/oauth/token", [HeaderField("Content-Type", form), basic], API.grant)
    let bearer = HeaderField("Authorization", "Bearer \(try #require(token["access_token"]?.string))")
    _ = try await ask("POST", "/v1/acme/orders", [bearer, json], API.order)
    _ = try await ask("POST", "/v1/acme/orders", [bearer, json], API.order, chunked: true)
    _ = try await ask("POST", "/v1/acme/orders", [bearer, json, HeaderField("Expect", "100-continue")], API.order)
    _ = try await ask("POST", "/v1/acme/orders", [json, HeaderField("Expect", "100-continue")], API.order)
    _ = try await ask("POST", "/v1/acme/orders", [bearer, json], "{")
    _ = try await ask("POST", "/v1/acme/orders", [bearer, json], "[" + String(repeating: " ", count: 9 << 20) + "]")
    _ = try await ask(
      "POST", "/v1/acme/orders", [bearer, json], "[" + String(repeating: " ", count: 9 << 20) + "]", chunked: true)
    _ = try await ask("POST", "/v1/acme/orders")
    _ = try await ask("PUT", "/control/clock", [json], #"{"epoch": 1700000000}"#)
    _ = try await ask("GET", "/control/inbox/orders?contains=A-1")
    _ = try await ask("POST", "/control/reset")
    _ = try await ask("GET", "/connectors/orders/authentication")
    _ = try await ask("GET", "/connectors/orders/authentication/sign-in")
    _ = try await ask("GET", "/connectors/orders/authentication/page.css")
    _ = try await ask("GET", "/health", [HeaderField("X", String(repeating: "a", count: 100_000))])
    _ = try await ask("GET", "/health", [HeaderField("X Y", "a")])
    _ = try await ask("GET", "/connectors/orders", [HeaderField("authorization", "  Bearer \(key)\t")])
    return responses
  }
}

extension WireRequest {
  /// The request on a connection of its own, as a client sends it.
  fileprivate func bytes(below base: String) -> [UInt8] {
    var lines = ["\(method) \(url.dropFirst(base.count)) HTTP/1.1", "Host: \(base.dropFirst("http://".count))"]
    lines += headers.map { "\($0.name): \($0.value)" }
    var content = body ?? []
    if chunked {
      lines.append("Transfer-Encoding: chunked")
      content = Array("\(String(content.count, radix: 16))\r\n".utf8) + content + Array("\r\n0\r\n\r\n".utf8)
    } else if body != nil || method == "POST" {
      lines.append("Content-Length: \(content.count)")
    }
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + content
  }
}
