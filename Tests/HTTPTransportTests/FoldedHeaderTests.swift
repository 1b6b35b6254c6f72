// Header lines that start with white space, in every place.

import ConformanceModel
import HTTPModel
import HTTPTransport
import TestSupport
import Testing

@Suite("A header line that starts with white space")
struct FoldedHeaderTests {
  static let long = String(repeating: "x", count: 300)

  /// Sends requests on one connection, each in turn for an ordinary response and for `response`.
  private func alternate(_ response: String, times: Int = 60) async throws -> [Result<Exchange, TransportError>] {
    let server = try RawServer { request, connection in
      if request.head.contains("/odd") { connection.send(response) } else { connection.respond("plain") }
    }
    return try await withClient { client in
      var results: [Result<Exchange, TransportError>] = []
      for _ in 0..<times {
        let plain = await result(client, server.url + "/plain")
        #expect(throws: Never.self) { try plain.get() }
        results.append(await result(client, server.url + "/odd"))
      }
      return results
    }
  }

  private func result(_ client: HTTPClient, _ url: String) async -> Result<Exchange, TransportError> {
    do throws(TransportError) {
      return .success(try await client.send(WireRequest(url: url)))
    } catch {
      return .failure(error)
    }
  }

  @Test(
    "is a protocol error as the first line, on handles that were used before", arguments: [" ", "\t", " \t  "],
    ["X-Y: \(long)", long, ":", ""])
  func first(blank: String, text: String) async throws {
    for result in try await alternate("HTTP/1.1 201 Created\r\n\(blank)\(text)\r\nContent-Length: 0\r\n\r\n") {
      guard case .failure(let error) = result else {
        Issue.record("the response was accepted")
        continue
      }
      #expect(error.kind == .protocol)
    }
  }

  @Test("is a protocol error as the first line of an interim response, and of the final one after it")
  func interim() async throws {
    let texts = [
      "HTTP/1.1 103 Early Hints\r\n Link: \(Self.long)\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n X: \(Self.long)\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n X: \(Self.long)\r\nContent-Length: 0\r\n\r\n",
    ]
    for text in texts {
      for result in try await alternate(text) { #expect(throws: TransportError.self) { try result.get() } }
    }
  }

  @Test("continues the field before it, in headers and in trailers")
  func continued() async throws {
    let folded = try await alternate("HTTP/1.1 200 OK\r\nX: a\r\n \(Self.long)\r\n\tc\r\nContent-Length: 0\r\n\r\n")
    for result in folded {
      #expect(try result.get().response.headers.first("X") == "a \(Self.long) c")
    }
    let trailers = try await alternate(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: a\r\n \(Self.long)\r\n\r\n")
    for result in trailers { #expect(try result.get().response.body == Array("ok".utf8)) }
  }

  @Test("is a protocol error as the first trailer")
  func trailer() async throws {
    let results = try await alternate(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n X: \(Self.long)\r\n\r\n")
    for result in results { #expect(throws: TransportError.self) { try result.get() } }
  }
}
