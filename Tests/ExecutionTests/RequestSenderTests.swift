import HTTPModel
import TestSupport
import Testing

@testable import Execution

@Suite("A request that belongs to no case") struct RequestSenderTests {
  /// Sends a request after another one, on the connection that was kept, and loses its response so many times.
  private func send(_ method: String, losses: Int, kept: Bool = true) async throws -> (
    sent: [ScriptedTransport.Sent], ok: Bool
  ) {
    let transport = ScriptedTransport { sent throws(TransportError) in
      if sent.path == "/clock", sent.options.attempt <= losses { throw .lost }
      return WireResponse(200)
    }
    let sender = RequestSender(transport: transport)
    if kept { _ = try await sender.send(WireRequest(url: "http://target/")) }
    let exchange = try? await sender.send(WireRequest(method: method, url: "http://target/clock"))
    return (transport.sent.filter { $0.path == "/clock" }, exchange != nil)
  }

  @Test(
    "is sent again on a new connection if a kept one closed without a response and its method is idempotent",
    arguments: ["GET", "PUT", "DELETE", "HEAD"])
  func idempotent(method: String) async throws {
    let (sent, ok) = try await send(method, losses: 1)
    #expect(ok)
    #expect(sent.map(\.options.freshConnection) == [false, true] && sent.map(\.options.attempt) == [1, 2])
    #expect(try await send(method, losses: 2).ok == false)
    #expect(try await send(method, losses: 2).sent.count == 2)
  }

  @Test("is not sent again if the server may have processed it, or if the connection was new")
  func once() async throws {
    #expect(try await send("POST", losses: 1).sent.count == 1)
    #expect(try await send("PUT", losses: 1, kept: false).sent.count == 1)
  }
}
