// The interface between the code that runs test cases and the code that sends their requests.

/// Sends HTTP requests: over the network, or to a service in the same process.
///
/// A transport sends each request once. A caller that wants another attempt makes it and records both.
public protocol Transport: Sendable {
  /// Sends a request and waits for its complete response.
  ///
  /// - Throws: `TransportError`, with the connection as far as the request got.
  func send(_ request: WireRequest, _ options: SendOptions) async throws(TransportError) -> Exchange

  /// The executor on which code that sends many requests runs without thread hops, if there is one.
  var executor: (any TaskExecutor)? { get }

  /// Closes the connections that are kept, waits for late bytes on them, and reports every connection on which
  /// bytes arrived that belong to no request, since the transport was made.
  func settle() async -> [ConnectionSurplus]

  /// Ends the transport. Requests under way fail with `.cancelled`, and so does every later one.
  func shutdown() async
}

/// How one request is sent.
public struct SendOptions: Sendable, Hashable {
  /// The limit for the whole exchange in seconds; `nil` is the limit of the transport.
  public var timeout: Double?
  /// Open a connection for this request instead of using one that was kept alive.
  public var freshConnection = false
  /// Recorded in the exchange.
  public var attempt = 1

  public init(timeout: Double? = nil, freshConnection: Bool = false, attempt: Int = 1) {
    self.timeout = timeout
    self.freshConnection = freshConnection
    self.attempt = attempt
  }
}

extension Transport {
  /// Sends a request with the limits of the transport, on any connection.
  public func send(_ request: WireRequest) async throws(TransportError) -> Exchange {
    try await send(request, SendOptions())
  }
}
