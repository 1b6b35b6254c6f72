// HTTP/2: early responses whose stream is reset, and servers that end idle connections.

import ConformanceModel
import HTTPModel
import HTTPTransport
import TestSupport
import Testing

@Suite("Over HTTP/2, the end")
struct HTTP2EndTests {
  /// How an early 413 ends.
  enum End: String, CaseIterable, Sendable {
    /// With a length and a body, in one piece with the reset.
    case body
    /// With its header section alone, which ends the stream and has no length.
    case header
    /// With a length of 0.
    case empty
    /// The reset follows once the client has sent more.
    case later
  }

  @Test(
    "of a stream by NO_ERROR after a whole early response leaves the response (RFC 9113 section 8.1)",
    arguments: End.allCases, [70_000, 1 << 20])
  func early(end: End, size: Int) async throws {
    let server = try RawServer.http2 { stream, connection in
      let reset = Frame(.reset, stream: stream, [0, 0, 0, 0]).bytes
      switch end {
      case .body:
        connection.send(
          Frame.response(stream, status: "413", [("content-length", "2")]).bytes + Frame.data(stream, "no").bytes
            + reset)
      case .header: connection.send(Frame.response(stream, status: "413", [], ends: true).bytes + reset)
      case .empty:
        connection.send(Frame.response(stream, status: "413", [("content-length", "0")], ends: true).bytes + reset)
      case .later:
        connection.send(
          Frame.response(stream, status: "413", [("content-length", "2")]).bytes + Frame.data(stream, "no").bytes)
        // the head of a DATA frame
        _ = connection.read(9)
        connection.send(reset)
      }
    }
    let exchange: Exchange
    do {
      exchange = try await withClient {
        $0.httpVersion = .http2
      } _: { client in
        try await client.send(
          WireRequest(method: "POST", url: server.url, body: [UInt8](repeating: 97, count: size)))
      }
    } catch let error as TransportError {
      // libcurl 7 loses a response that it reads together with the reset
      #expect(HTTPClient.libraryVersion.hasPrefix("libcurl/7."))
      #expect(error.kind == .protocol && !error.isWithoutResponse && !error.isUnprocessed)
      #expect(
        error.message.contains("responded before the request was sent completely and reset the stream"),
        "\(error.message)")
      #expect(error.message.contains("use HTTP/1.1 ('http: 1.1' in the target file)"))
      return
    }
    #expect(exchange.response.status == 413)
    #expect(exchange.response.body == (end == .body || end == .later ? Array("no".utf8) : []))
  }

  /// Sends two requests over TLS to a server that calls the handler with each header section.
  private func second(
    method: String, _ handler: @escaping @Sendable (Int, RawConnection) -> Void
  ) async throws -> (Result<Exchange, TransportError>, connections: Int) {
    let server = try RawServer.http2(handler)
    let front = try TLSFront(before: server, version: "TLSv1_3", protocols: ["h2"])
    let body: [UInt8]? = method == "POST" ? [65] : nil
    let result = try await withClient {
      $0.httpVersion = .http2
      $0.caFile = front.certificate
    } _: { client -> Result<Exchange, TransportError> in
      let first = try await client.send(WireRequest(url: front.url))
      #expect(first.response.version == "2")
      do throws(TransportError) {
        return .success(try await client.send(WireRequest(method: method, url: front.url, body: body)))
      } catch {
        return .failure(error)
      }
    }
    return (result, server.connectionCount)
  }

  private static func response(_ stream: Int) -> [UInt8] {
    Frame.response(stream, [("content-length", "2")]).bytes + Frame.data(stream, "ok").bytes
  }

  @Test(
    "of an idle connection by GOAWAY, with or without its close, makes the next request use a new one",
    .enabled(if: TLSFront.isAvailable), arguments: ["GET", "POST"], [true, false])
  func idle(method: String, closes: Bool) async throws {
    let (result, connections) = try await second(method: method) { stream, connection in
      connection.send(Self.response(stream) + Frame(.goAway, Frame.number(stream, 4) + [0, 0, 0, 0]).bytes)
      if closes { connection.close() }
    }
    #expect(try result.get().response.status == 200)
    #expect(try result.get().connection == ConnectionUse(id: 2, index: 0))
    #expect(connections == 2)
  }

  @Test(
    "of a kept connection by a GOAWAY that excludes the request says that it was not processed",
    .enabled(if: TLSFront.isAvailable), arguments: ["GET", "POST"], [true, false])
  func excluded(method: String, closes: Bool) async throws {
    let (result, connections) = try await second(method: method) { stream, connection in
      guard stream > 1 else {
        connection.send(Self.response(stream))
        return
      }
      connection.send(Frame(.goAway, Frame.number(1, 4) + [0, 0, 0, 0]).bytes)
      if closes { connection.close() }
    }
    let error = #expect(throws: TransportError.self) { try result.get() }
    #expect(error?.isUnprocessed == true, "\(String(describing: error))")
    #expect(error?.connection == ConnectionUse(id: 1, index: 1))
    #expect(connections == 1)
  }

  @Test(
    "of a kept connection before any byte of a response is an error that says so",
    .enabled(if: TLSFront.isAvailable), arguments: ["GET", "POST"])
  func closed(method: String) async throws {
    let (result, connections) = try await second(method: method) { stream, connection in
      if stream > 1 { connection.close() } else { connection.send(Self.response(stream)) }
    }
    let error = #expect(throws: TransportError.self) { try result.get() }
    #expect(error?.isWithoutResponse == true && error?.isUnprocessed == false, "\(String(describing: error))")
    #expect(error?.connection == ConnectionUse(id: 1, index: 1))
    #expect(connections == 1)
  }
}
