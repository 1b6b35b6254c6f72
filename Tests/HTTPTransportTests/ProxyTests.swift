// Which requests go through a proxy, and how messages name it.

import ConformanceModel
import HTTPModel
import HTTPTransport
import TestSupport
import Testing

@Suite("A proxy that the environment names")
struct ProxyTests {
  /// The request lines that reach a proxy when a GET is sent to the URL.
  private func requestLines(
    to url: String, _ environment: [String: String] = [:], _ change: (inout HTTPClientOptions) -> Void = { _ in }
  ) async throws -> [String] {
    let proxy = try RawServer { _, connection in connection.respond("proxy") }
    var variables = ["http_proxy": proxy.url]
    variables.merge(environment) { $1 }
    let proxies = Proxies { variables[$0] }
    try await withClient {
      $0.proxies = proxies
      $0.connectTimeout = 1
      change(&$0)
    } _: { client in
      _ = try? await client.send(WireRequest(url: url), timeout: 2)
    }
    return proxy.requests.map { String($0.head.prefix { $0 != "\r\n" }) }
  }

  @Test("gets requests to other hosts")
  func used() async throws {
    #expect(try await requestLines(to: "http://service.invalid/a") == ["GET http://service.invalid/a HTTP/1.1"])
  }

  @Test(
    "gets no request to a loopback address or to localhost",
    arguments: [
      "127.0.0.1", "127.8.9.10", "127.1", "localhost", "LOCALHOST.", "a.localhost", "[::1]", "[::ffff:127.0.0.1]",
    ])
  func loopback(host: String) async throws {
    #expect(try await requestLines(to: "http://\(host):1/") == [])
  }

  @Test("gets requests to loopback addresses if an option permits that")
  func permitted() async throws {
    let lines = try await requestLines(to: "http://127.0.0.1:1/") { $0.noProxyForLoopback = false }
    #expect(lines == ["GET http://127.0.0.1:1/ HTTP/1.1"])
  }

  @Test(
    "gets no request to a host that no_proxy names",
    arguments: [
      ("*", "a.invalid"), ("a.invalid", "a.invalid"), (".invalid", "a.invalid"), ("x, invalid", "a.INVALID."),
      ("192.0.2.1", "192.0.2.1"), ("192.0.2.0/24", "192.0.2.77"), ("2001:db8::/32", "[2001:db8::1]"),
    ])
  func exception(list: String, host: String) async throws {
    #expect(try await requestLines(to: "http://\(host):1/", ["no_proxy": list]) == [])
  }

  @Test(
    "gets requests to hosts that no_proxy does not name",
    arguments: [("b.invalid", "a.invalid"), ("nvalid", "a.invalid"), ("192.0.2.0/30", "192.0.2.4"), ("", "a.invalid")])
  func noException(list: String, host: String) async throws {
    #expect(try await requestLines(to: "http://\(host)/", ["no_proxy": list]).count == 1)
  }

  @Test("is named by the message if it cannot be reached, without its user information")
  func message() async throws {
    let proxies = Proxies { $0 == "http_proxy" ? "http://user:secret@127.0.0.1:1/" : nil }
    let error = try await failure(of: {
      try await withClient {
        $0.proxies = proxies
      } _: { client in
        try await client.send(WireRequest(url: "http://service.invalid/"))
      }
    })
    #expect(
      error.message == "could not connect to service.invalid:80 through the proxy 127.0.0.1:1: Connection refused")
  }
}
