// A transport whose responses a test chooses, without sockets.

import ConformanceModel
public import HTTPModel

/// Records every request and responds to it by a closure.
///
/// Requests share one kept connection with the id 1; a request that asks for a fresh connection gets one of its own.
public final class ScriptedTransport: Transport {
  /// One attempt at a request.
  public struct Sent: Sendable {
    public var request: WireRequest
    public var options: SendOptions
    public var connection: ConnectionUse
    /// How many requests were sent before it.
    public var number: Int

    /// The path and query of the URL.
    public var path: String {
      request.url.split(separator: "/", maxSplits: 2).dropFirst(2).first.map { "/\($0)" } ?? "/"
    }
  }

  public typealias Respond = @Sendable (Sent) throws(TransportError) -> WireResponse

  private let respond: Respond
  private let surpluses: [ConnectionSurplus]
  private let log = Locked<(sent: [Sent], kept: Int, lastConnection: Int)>(([], 0, 1))

  /// - Parameters:
  ///   - surpluses: What `settle()` reports.
  ///   - respond: Makes the response to a request. The connection of an error that it throws is filled in.
  public init(surpluses: [ConnectionSurplus] = [], respond: @escaping Respond) {
    self.surpluses = surpluses
    self.respond = respond
  }

  /// Every attempt so far, in order.
  public var sent: [Sent] { log.withLock { $0.sent } }

  public func send(_ request: WireRequest, _ options: SendOptions) async throws(TransportError) -> Exchange {
    let sent = log.withLock { log -> Sent in
      var use = ConnectionUse(id: 1, index: log.kept)
      if options.freshConnection {
        log.lastConnection += 1
        use = ConnectionUse(id: log.lastConnection, index: 0)
      } else {
        log.kept += 1
      }
      let sent = Sent(request: request, options: options, connection: use, number: log.sent.count)
      log.sent.append(sent)
      return sent
    }
    do {
      let response = try respond(sent)
      return Exchange(request: request, response: response, connection: sent.connection, attempt: options.attempt)
    } catch {
      var error = error
      error.connection = sent.connection
      throw error
    }
  }

  public var executor: (any TaskExecutor)? { nil }

  public func settle() async -> [ConnectionSurplus] { surpluses }

  public func shutdown() async {}
}

extension WireResponse {
  public init(_ status: Int, _ body: String = "", _ headers: [HeaderField] = []) {
    self.init(status: status, headers: headers, body: Array(body.utf8))
  }
}

extension TransportError {
  /// The connection closed without a response.
  public static var lost: TransportError {
    var error = TransportError(.connection, "the connection closed before a response arrived")
    error.isWithoutResponse = true
    return error
  }
}
