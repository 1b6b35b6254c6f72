// The wire: broken bytes, many requests on a connection, start and stop.

import ConformanceModel
import HTTPModel
import ReferenceService
import Testing

@Suite("on the wire")
struct WireTests {
  @Test(
    "bytes that are not a request get a 4xx with the date of the service's clock",
    arguments: [
      ("GET / HTTP/1.1\r\nHost x\r\n\r\n", 400), ("GET /\u{1} HTTP/1.1\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nX: \(String(repeating: "a", count: 100_000))\r\n\r\n", 431),
    ])
  func broken(bytes: String, status: Int) async throws {
    try await withListeningService { api async throws in
      let response = try await WireClient.send([Array(bytes.utf8)], port: api.port, readsOn: true)[0]
      #expect(response.status == status)
      #expect(response.header("Date") == "Wed, 20 Jul 2022 10:03:08 GMT")
      #expect(response["error"] != nil)
      #expect(response.isClosed)
      #expect(try await api.send("GET", "/health").status == 200)
    }
  }

  @Test("a body with broken framing gets a 400")
  func brokenBody() async throws {
    try await withListeningService { api async throws in
      let request = "PUT /control/clock HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
      let response = try await WireClient.send([Array(request.utf8)], port: api.port)[0]
      #expect(response.status == 400)
      #expect(response.header("Date") == "Wed, 20 Jul 2022 10:03:08 GMT")
    }
  }

  @Test("pipelined requests get their responses in order")
  func pipelined() async throws {
    try await withListeningService { api async throws in
      let requests = ["/health", "/nothing", "/control/clock", "/control"].map {
        "GET \($0) HTTP/1.1\r\nHost: localhost\r\n\r\n"
      }.joined()
      #expect(
        try await WireClient.send([Array(requests.utf8)], port: api.port, responses: 4).map(\.status) == [
          200, 404, 200, 404,
        ])
    }
  }

  @Test("the absolute form of a request target is accepted")
  func absoluteForm() async throws {
    try await withListeningService { api async throws in
      #expect(try await api.send("GET", "\(api.url)/health").status == 200)
      #expect(try await api.send("GET", "HTTP://other.example/control/clock").status == 200)
    }
  }

  @Test("the asterisk form of a request target is unknown")
  func asteriskForm() async throws {
    try await withListeningService { api async throws in
      #expect(try await api.send("OPTIONS", "*").status == 404)
    }
  }

  @Test("HEAD gets the header fields of GET and no body")
  func head() async throws {
    try await withListeningService { api async throws in
      let (head, get) = (try await api.send("HEAD", "/health"), try await api.send("GET", "/health"))
      #expect(head.headers == get.headers)
      #expect(head.body.isEmpty && !get.body.isEmpty)
    }
  }

  @Test("a service without a given key generates one")
  func managerKey() async throws {
    try await withListeningService { first async throws in
      try await withListeningService { second async throws in
        #expect(first.managerKey != second.managerKey && first.managerKey.utf8.count == 43)
        #expect(first.port != second.port)
      }
    }
  }

  @Test("a port in use is reported with advice")
  func portTaken() async throws {
    try await withListeningService { api async throws in
      let error = await #expect(throws: ReferenceServiceError.self) { () async throws in
        try await withListeningService {
          $0.port = Int(api.port)
        } _: { _ in
        }
      }
      #expect(
        error?.description
          == "the reference service cannot listen on 127.0.0.1:\(api.port): the port is in use; "
          + "choose another port, or 0 for a free one"
      )
    }
  }

  @Test("the service stops when its body ends, and its port is free again")
  func stops() async throws {
    var port: UInt16 = 0
    try await withListeningService { api async throws in
      port = api.port
      #expect(try await api.send("GET", "/health").status == 200)
    }
    let closed = port
    await #expect(throws: WireError.self) {
      _ = try await WireClient.send([Array("GET /health HTTP/1.1\r\n\r\n".utf8)], port: closed)
    }
    try await withListeningService {
      $0.port = Int(port)
    } _: { api async throws in
      #expect(try await api.send("GET", "/health").status == 200)
    }
  }

  @Test("an error of the body is rethrown, and the service stops")
  func throwing() async throws {
    struct Failure: Error {}
    await #expect(throws: Failure.self) { try await withListeningService { _ async throws in throw Failure() } }
  }
}
