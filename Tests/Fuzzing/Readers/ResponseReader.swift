// Responses on the wire: a server sends the input, and the HTTP client reads it on handles and connections in use.

import ConformanceModel
import Foundation
import HTTPModel
import HTTPTransport
import TestSupport

/// Each input is the response to the second request of a connection; the requests around it get ordinary responses.
struct ResponseReader: Reader {
  let name = "response"
  let tokens = [
    "HTTP/1.1 200 OK\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 101 X\r\n", "HTTP/1.0 204\r\n", "HTTP/2 200\r\n",
    "HTTP/1.1 304 Not Modified\r\n", "HTTP/1.1 417 X\r\n", "\r\n", "\r\n\r\n", "\r", "\n", "\r\n ", "\r\n\t", " X: ",
    ":",
    ": ", "Content-Length: ", "Content-Length: 5\r\n", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n",
    "Connection: close\r\n", "Connection: keep-alive\r\n", "0\r\n", "0\r\n\r\n", "5\r\nhello\r\n", ";a=b",
    "ffffffffffffffff\r\n", "Location: /\r\n", "WWW-Authenticate: Basic\r\n", "\0", "\u{FF}",
  ]
  let structure = Structure.none

  private static let traffic = Result { try Traffic() }

  func corpus() -> [[UInt8]] {
    [
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 201 Created\r\nX: a\r\n b\r\n\tc\r\nContent-Length: 2\r\n\r\nok",
      "HTTP/1.1 201 Created\r\n X-Y: z\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX: y\r\n z\r\n\r\n",
      "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n b\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\"\r\nContent-Length: 2\r\n\r\n{}",
      "HTTP/1.1 204 No Content\r\nDate: Wed, 20 Jul 2022 10:03:08 GMT\r\n\r\n",
      "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
      "HTTP/1.0 200 OK\r\n\r\nuntil the end",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstray",
    ].map { Array($0.utf8) }
  }

  func check(_ input: [UInt8]) throws {
    let traffic = try Self.traffic.get()
    let (before, odd, after) = traffic.exchange(input)
    for plain in [before, after] {
      // The server may close the connection just as the next request is sent on it (RFC 9112 section 9.3.1).
      if case .failure(let error) = plain, error.isWithoutResponse { continue }
      guard case .success(let exchange) = plain, exchange.response.body == Traffic.plain else {
        throw FuzzFinding("an ordinary request has no ordinary response: \(plain)")
      }
    }
    switch odd {
    case .failure(let error):
      try promise(error.kind == .protocol || error.kind == .timeout, "the error is of kind \(error.kind)")
      try promise(
        !error.message.isEmpty && error.message.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F },
        "the message is empty or contains control characters")
    case .success(let exchange):
      try check(exchange.response)
    }
  }

  private func check(_ response: WireResponse) throws {
    try promise((100...999).contains(response.status), "the status is \(response.status)")
    for field in response.headers {
      try promise(
        !field.name.isEmpty && field.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") },
        "a field has an invalid name")
    }
    guard !response.isCut, ![101, 204, 304].contains(response.status) else { return }
    if let length = response.headers.first("Content-Length").flatMap({ Int($0) }) {
      try promise(response.body.count == length, "the body has \(response.body.count) bytes of \(length)")
    }
  }
}

/// A client and the server that sends it the inputs.
private final class Traffic: Sendable {
  static let plain = Array("plain".utf8)

  private let client: HTTPClient
  private let server: RawServer
  private let input: Locked<[UInt8]>

  init() throws {
    let input = Locked<[UInt8]>([])
    self.input = input
    server = try RawServer { request, connection in
      guard request.head.hasPrefix("GET /odd") else { return connection.respond("plain") }
      let bytes = input.withLock { $0 }
      connection.send(bytes)
      // Some inputs leave the connection open, so that the next request may use it.
      if bytes.count % 8 != 0 { connection.close() }
    }
    var options = HTTPClientOptions()
    options.timeout = 5
    client = try HTTPClient(options)
  }

  typealias Outcome = Result<Exchange, TransportError>

  func exchange(_ bytes: [UInt8]) -> (Outcome, Outcome, Outcome) {
    input.withLock { $0 = bytes }
    let outcomes = Locked<[Outcome]>([])
    let isDone = DispatchSemaphore(value: 0)
    Task { [self] in
      for (path, timeout) in [("/plain", 5), ("/odd", bytes.count % 8 == 0 ? 0.03 : 5), ("/plain", 5)] {
        let outcome = await send(path, timeout)
        outcomes.withLock { $0.append(outcome) }
      }
      isDone.signal()
    }
    isDone.wait()
    let all = outcomes.withLock { $0 }
    return (all[0], all[1], all[2])
  }

  private func send(_ path: String, _ timeout: Double) async -> Outcome {
    do throws(TransportError) {
      return .success(try await client.send(WireRequest(url: server.url + path), timeout: timeout))
    } catch {
      return .failure(error)
    }
  }
}
