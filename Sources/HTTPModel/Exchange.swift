// One request and its result.

/// One HTTP request and its response, with timings and the connection that carried them.
public struct Exchange: Sendable, Hashable {
  public var request: WireRequest
  public var response: WireResponse
  public var timings: Timings
  /// The connection that carried it; `nil` if there was none, as with an in-process transport.
  public var connection: ConnectionUse?
  /// Which attempt at the same request this is, counted from 1.
  public var attempt: Int

  public init(
    request: WireRequest, response: WireResponse, timings: Timings = Timings(), connection: ConnectionUse? = nil,
    attempt: Int = 1
  ) {
    self.request = request
    self.response = response
    self.timings = timings
    self.connection = connection
    self.attempt = attempt
  }
}

/// The place of an exchange among all exchanges of its connection.
public struct ConnectionUse: Sendable, Hashable {
  /// Identifies the connection within one transport; never used again.
  public var id: Int
  /// How many requests the connection had carried before this one: 0 on a new connection.
  public var index: Int

  public init(id: Int, index: Int) {
    self.id = id
    self.index = index
  }

  /// Whether the connection had carried another request before.
  public var isReused: Bool { index > 0 }
}

/// A connection on which bytes arrived that belong to no request.
///
/// HTTP/1.1 matches responses to requests by their order alone, so each response since the connection was last known
/// to be clean may belong to another request.
public struct ConnectionSurplus: Sendable, Hashable {
  /// The id of the connection, as in `ConnectionUse`.
  public var connection: Int
  /// The index of the first exchange whose response is in doubt.
  public var firstIndex: Int
  /// The first of the bytes, if they could be read: they may contain secrets.
  public var start: [UInt8]

  public init(connection: Int, firstIndex: Int, start: [UInt8] = []) {
    self.connection = connection
    self.firstIndex = firstIndex
    self.start = start
  }
}

/// Why a request has no complete response.
public struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: String, Sendable, Hashable {
    /// The endpoint could not be reached: name, address, refused connection, proxy.
    case connection
    /// The time limit of the request was exceeded.
    case timeout
    /// The TLS handshake failed or the certificate was rejected.
    case tls
    /// The response is not valid HTTP, or is incomplete.
    case `protocol`
    /// The request could not be made, as with a malformed URL.
    case request
    /// The run was stopped while the request was under way.
    case cancelled
  }

  public var kind: Kind
  /// What happened, with libcurl's text if it has any.
  public var message: String
  /// The connection on which it happened, if the request got as far.
  public var connection: ConnectionUse?
  /// The server stated that it did not process the request, so that it may be sent again (RFC 9113 sections 6.8, 8.7).
  public var isUnprocessed = false
  /// The connection ended before any byte of a response arrived; the server may have processed the request.
  public var isWithoutResponse = false

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  public var description: String { message }
}
