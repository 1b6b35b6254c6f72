// A server for tests that records the bytes of requests and sends any bytes, however invalid.

import ConformanceModel

/// Listens on a port of the loopback interface chosen by the system, or on a Unix socket, until it is closed or
/// released.
///
///     let server = try RawServer { request, connection in
///       connection.send("HTTP/1.1 204 No Content\r\n\r\n")
///     }
///
/// Each connection has a thread, which reads one request after the other and calls the handler with each.
public final class RawServer: Sendable {
  public typealias Handler = @Sendable (RawRequest, RawConnection) -> Void

  /// When the handler is called.
  public enum Trigger: Sendable {
    /// As soon as there is a connection, once; the request is empty.
    case connection
    /// After the empty line that ends the header; the body is left unread.
    case head
    /// After the body, as its Content-Length or its chunks have it.
    case wholeRequest
  }

  /// 0 for a Unix socket.
  public let port: UInt16
  private let listener: Listener

  /// Throws the `errno` of the first system call that fails.
  public init(on trigger: Trigger = .wholeRequest, unixSocket path: String? = nil, _ handler: @escaping Handler)
    throws(Errno)
  {
    let (descriptor, port) = if let path { try Listener.listen(unixSocket: path) } else { try Listener.listen() }
    self.port = port
    listener = Listener(descriptor, trigger, handler)
    let listener = listener
    runThread { listener.run() }
  }

  deinit { close() }

  /// `http://127.0.0.1:PORT`, without a slash at the end.
  public var url: String { "http://127.0.0.1:\(port)" }
  /// All requests so far, in the order in which they were whole.
  public var requests: [RawRequest] { listener.state.withLock { $0.requests } }
  /// The number of connections so far.
  public var connectionCount: Int { listener.state.withLock { $0.connectionCount } }

  /// Ends the listening and all connections.
  public func close() { listener.close() }
}
