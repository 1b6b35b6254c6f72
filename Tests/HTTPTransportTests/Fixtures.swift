// What the tests of the transport share: clients that are shut down, and shorthand for sent bytes and errors.

import ConformanceModel
import HTTPModel
import HTTPTransport
import TestSupport
import Testing

/// Runs `body` with a client and shuts the client down.
func withClient<Value: Sendable>(
  _ change: (inout HTTPClientOptions) -> Void = { _ in }, _ body: (HTTPClient) async throws -> Value
) async throws -> Value {
  var options = HTTPClientOptions()
  // Other tests may delay this one between two requests for longer than connections are kept.
  options.maxIdle = 3600
  change(&options)
  let client = try HTTPClient(options)
  do {
    let value = try await body(client)
    await client.shutdown()
    return value
  } catch {
    await client.shutdown()
    throw error
  }
}

/// The bytes of a request to `path` as sent, with `PORT` for the server's port.
func sent(_ path: String = "/", _ change: (inout WireRequest) -> Void = { _ in }) async throws -> String {
  let server = try RawServer { _, connection in connection.respond() }
  var request = WireRequest(url: server.url + path)
  change(&request)
  _ = try await withClient { try await $0.send(request) }
  let text = try #require(server.requests.first).text
  return text.replacing(":\(server.port)", with: ":PORT")
}

/// The response to a GET if the server sends these bytes and closes.
func received(_ bytes: [UInt8], method: String = "GET", _ change: (inout HTTPClientOptions) -> Void = { _ in })
  async throws
  -> WireResponse
{
  let server = try RawServer { _, connection in
    connection.send(bytes)
    connection.close()
  }
  return try await withClient(change) { try await $0.send(WireRequest(method: method, url: server.url)).response }
}

func received(_ text: String, method: String = "GET", _ change: (inout HTTPClientOptions) -> Void = { _ in })
  async throws
  -> WireResponse
{
  try await received(Array(text.utf8), method: method, change)
}

/// The error that `body` is to throw.
func failure<Value>(
  of body: () async throws -> Value, _ location: SourceLocation = #_sourceLocation
) async throws -> TransportError {
  try #require(await #expect(throws: TransportError.self, sourceLocation: location) { _ = try await body() })
}

/// Something that has happened, which a test awaits instead of sleeping.
struct Signal: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream() }

  func send() { continuation.yield() }
  func wait() async { for await _ in stream { return } }
}
