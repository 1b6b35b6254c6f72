// Protection from web pages: the Host and Origin of requests, over raw connections.

import HTTPModel
import JSONValue
import Testing

@testable import ReferenceService

@Suite("the origin of requests")
struct RequestOriginTests {
  static let protected = [
    "GET /control/clock", "POST /control/reset", "GET /control/inbox/orders", "DELETE /control/inbox/orders",
    "GET /connectors/orders/clients", "POST /connectors/orders/clients", "OPTIONS /control/clock",
  ]
  static let paths = [
    "GET /health", "GET /nowhere", "POST /connectors/orders/oauth/token", "POST /v1/acme/orders", "GET /control/clock",
    "GET /connectors/orders/clients", "GET /connectors/orders/authentication/sign-in",
    "GET /.well-known/oauth-authorization-server/connectors/orders",
  ]

  @Test("a request without exactly one valid Host field gets 400 on every route", arguments: paths)
  func invalidHost(line: String) async throws {
    try await withListeningService { api async throws in
      for fields in [
        [], ["Host:"], ["Host: localhost", "Host: localhost"], ["Host: localhost", "host: evil.example"],
        ["Host: a b"], ["Host: a/b"], ["Host: user@localhost"], ["Host: localhost:x"], ["Host: localhost:80:80"],
        ["Host: [::1"], ["Host: []"], ["Host: [::1]x"], ["Host: :80"],
      ] {
        let response = try await request(line, fields, api)
        #expect(response.status == 400 && response["error"]?.string == "invalid_host", "\(fields)")
      }
    }
  }

  @Test("a request of HTTP/1.0 needs no Host field")
  func oldVersion() async throws {
    try await withListeningService { api async throws in
      let bytes = Array("GET /control/clock HTTP/1.0\r\n\r\n".utf8)
      #expect(try await WireClient.send([bytes], port: api.port)[0].status == 200)
      let doubled = Array("GET /control/clock HTTP/1.0\r\nHost: localhost\r\nHost: localhost\r\n\r\n".utf8)
      #expect(try await WireClient.send([doubled], port: api.port)[0].status == 400)
    }
  }

  @Test("control and client management are not available by an unknown host name", arguments: protected)
  func unknownHost(line: String) async throws {
    try await withListeningService { api async throws in
      let client = try await api.makeClient()
      for host in ["evil.example", "evil.example:\(api.port)", "localhost.evil.example", "127.0.0.1.evil.example"] {
        let response = try await request(line, ["Host: \(host)"], api)
        #expect(response.status == 403 && response["error"]?.string == "untrusted_host", "\(host)")
      }
      #expect(try await api.requestToken(["Authorization: \(client.basic)"]).status == 200)
    }
  }

  @Test("the page is not available by an unknown host name either")
  func pageOfUnknownHost() async throws {
    try await withListeningService { api async throws in
      let response = try await request("GET /connectors/orders/authentication/sign-in", ["Host: evil.example"], api)
      #expect(response.status == 403)
    }
  }

  @Test("the names of the loopback interface are known, with any port, and so are configured ones")
  func knownHosts() async throws {
    try await withListeningService({ $0.allowedHosts = ["double.example", "fd00::1"] }) { api async throws in
      for host in [
        "localhost", "LocalHost:\(api.port)", "127.0.0.1:\(api.port)", "127.0.0.1:1", "[::1]:\(api.port)",
        "double.example", "Double.Example:8443", "[fd00::1]",
      ] {
        let response = try await request("GET /control/clock", ["Host: \(host)"], api)
        #expect(response.status == 200, "\(host)")
      }
    }
  }

  @Test("a service on all interfaces is available by addresses, and by the names that it is given")
  func allInterfaces() {
    for listening in ["0.0.0.0", "::"] {
      let hosts = TrustedHosts(listening: listening, allowed: ["double"])
      for host in ["10.1.2.3:80", "[fd00::1]:80", "localhost", "double:8080"] { #expect(hosts.contains(host)) }
      for host in ["evil.example", "10.1.2.3.example", "10.1.2", "10.1.2.256", "1.2.3.4.5", ""] {
        #expect(!hosts.contains(host))
      }
    }
    #expect(!TrustedHosts(listening: "127.0.0.1").contains("10.1.2.3"))
  }

  @Test("control and client management refuse pages of other origins", arguments: protected)
  func otherOrigin(line: String) async throws {
    try await withListeningService { api async throws in
      let client = try await api.makeClient()
      let host = "Host: 127.0.0.1:\(api.port)"
      for fields in [
        ["Origin: https://evil.example"], ["Origin: null"], ["Origin:"], ["Origin: http://127.0.0.1:1"],
        ["Origin: http://127.0.0.1:\(api.port).evil.example"], ["Origin: 127.0.0.1:\(api.port)"],
        ["Origin: http://evil.example/127.0.0.1:\(api.port)"], ["Origin: \(api.url)", "Origin: https://evil.example"],
        ["Sec-Fetch-Site: cross-site"], ["Sec-Fetch-Site: same-site"],
        ["Origin: \(api.url)", "Sec-Fetch-Site: cross-site"],
      ] {
        let response = try await request(line, [host] + fields, api)
        #expect(response.status == 403 && response["error"]?.string == "foreign_origin", "\(fields)")
        #expect(response.header("Access-Control-Allow-Origin") == nil)
      }
      #expect(try await api.requestToken(["Authorization: \(client.basic)"]).status == 200)
    }
  }

  @Test("requests of the service's own pages and of programs are accepted")
  func ownOrigin() async throws {
    try await withListeningService { api async throws in
      let host = "Host: 127.0.0.1:\(api.port)"
      for fields in [
        [], ["Origin: \(api.url)"], ["Origin: \(api.url.uppercased())"], ["Sec-Fetch-Site: same-origin"],
        ["Sec-Fetch-Site: none"], ["Origin: https://127.0.0.1:\(api.port)"],
      ] {
        #expect(try await request("GET /control/clock", [host] + fields, api).status == 200, "\(fields)")
      }
      #expect(try await request("POST /control/reset", [host, "Origin: \(api.url)"], api).status == 204)
    }
  }

  @Test("the token endpoint and the inbound URL are available to any host name and origin")
  func publicEndpoints() async throws {
    try await withListeningService { api async throws in
      let fields = ["Host: api.example", "Origin: https://app.example", "Sec-Fetch-Site: cross-site"]
      #expect(try await request("POST /connectors/orders/oauth/token", fields, api).status == 400)
      #expect(try await request("POST /v1/acme/orders", fields, api).status == 401)
      #expect(try await request("GET /health", fields, api).status == 200)
    }
  }

  /// One request with these header fields only, apart from the manager key.
  private func request(_ line: String, _ fields: [String], _ api: API) async throws -> Response {
    let lines = ["\(line) HTTP/1.1"] + fields + ["Authorization: Bearer \(api.managerKey)", "Content-Length: 0"]
    let bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    return try await WireClient.send([bytes], port: api.port)[0]
  }
}
