// What one connection has carried, and whether bytes arrived on it that belong to no request.

import CCurl
import ConformanceModel
import Glibc
import HTTPModel

/// Confined to the loop thread.
///
/// HTTP/1.1 matches responses to requests by their order alone (RFC 9112 section 9.3.2). A second response to one
/// request therefore shifts all later ones, and shows only when one response too many is left at the end.
final class ConnectionAccount {
  /// What a look at an idle connection shows.
  enum Arrival {
    case nothing
    /// The server has ended the connection.
    case end
    /// Bytes that belong to no request.
    case surplus
  }

  /// After this time without bytes, in seconds, each response is taken to belong to its request. A shifted response comes
  /// as late as the server takes for a request, so the time is much longer than that.
  static let cleanTime = 5.0
  /// How long, in seconds, the end of the connection is awaited at the end of a run. Most servers close it at once.
  static let endTime = 1.0

  let id: Int
  let socket: curl_socket_t
  var ends: Connections.Ends?
  /// The requests that were sent on it.
  private(set) var requestCount = 0
  /// No request is under way.
  private(set) var isIdle = false
  /// No more requests can be sent on it.
  private(set) var hasEndedSending = false
  /// HTTP/2 names the request in each frame, so that nothing can be mixed up.
  var isHTTP2 = false
  /// Bytes waited on it when it was closed within a transfer.
  var hadBytesAtClose = false
  /// Bytes arrived on it that belong to no request: it is not used again.
  var hasSurplus = false
  /// The first exchange whose response may belong to another request.
  ///
  /// The response to the first request of a connection is the first that the server sent on it.
  private(set) var firstInDoubt = 1
  private var tls: TLSReader?
  private var idleSince = 0.0
  private var beganAt = 0.0
  /// The longest time of a request, in seconds.
  private(set) var slowest = 0.0

  init(id: Int, socket: curl_socket_t) {
    self.id = id
    self.socket = socket
  }

  /// Counts a request that is about to be sent.
  func begin(tls session: UnsafeMutableRawPointer?, isTLS: Bool, at now: Double) -> ConnectionUse {
    if isTLS, requestCount == 0 { tls = TLSReader(session) }
    defer { requestCount += 1 }
    isIdle = false
    beganAt = now
    // libcurl can use the connection again before the end of the last transfer is handled
    tls?.mark()
    return ConnectionUse(id: id, index: requestCount)
  }

  /// Notes the end of a transfer. The next one may have begun already.
  func finish(_ use: ConnectionUse, at now: Double) {
    guard use.index == requestCount - 1 else { return }
    isIdle = true
    idleSince = now
    slowest = max(slowest, now - beganAt)
    tls?.mark()
  }

  /// Ends the connection in the direction of the server.
  func endSending() {
    hasEndedSending = true
    shutdown(socket, Int32(SHUT_WR))
  }

  /// Whether the server has said over TLS that it sends no more (RFC 8446 section 6.1); `nil` if that cannot be known.
  var hasCloseNotification: Bool? { tls?.hasCloseNotification }

  /// Looks for bytes before the connection is used again. Costs one system call.
  func look(at now: Double) -> Arrival {
    guard !isHTTP2 else { return .nothing }
    guard !hasSurplus else { return .surplus }
    let arrival = tls.map { $0.look(socket) } ?? Self.look(socket)
    if case .nothing = arrival, now - idleSince >= Self.cleanTime { firstInDoubt = max(requestCount, 1) }
    return arrival
  }

  /// How long to wait, in seconds, until the server may be asked to close the connection: some drop then what they would
  /// still send.
  func remainingQuietTime(at now: Double) -> Double { max(0, min(max(0.01, 2 * slowest), 0.05) - (now - idleSince)) }

  /// Looks for bytes as the connection is being closed, when its TLS session exists no more.
  func lookAtClose() -> Arrival {
    guard !isHTTP2 else { return .nothing }
    guard let tls else { return Self.look(socket) }
    return isIdle ? tls.lookAtClose(socket) : .nothing
  }

  /// The unread bytes of a plain connection.
  private static func look(_ socket: curl_socket_t) -> Arrival {
    withUnsafeTemporaryAllocation(byteCount: timeoutStart.count, alignment: 1) { start in
      let count = recv(socket, start.baseAddress, start.count, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
      if count < 0 { return errno == EAGAIN || errno == EINTR ? .nothing : .end }
      // A server may announce with a 408 that it closes an idle connection (RFC 9110 section 15.5.9).
      if count == 0 || UnsafeRawBufferPointer(start).prefix(count).elementsEqual(timeoutStart) { return .end }
      return .surplus
    }
  }

  private static let maxStart = 512
  /// Those of a socket that is being closed: its number can be that of another connection after it.
  private var startAtClose: [UInt8]?

  func keepUnreadStart() { startAtClose = unreadStart() }

  /// The first unread bytes, which stay unread; none of a connection with TLS, or if they were read already.
  func unreadStart() -> [UInt8] {
    if let startAtClose { return startAtClose }
    guard tls == nil, !isHTTP2 else { return [] }
    return withUnsafeTemporaryAllocation(byteCount: Self.maxStart, alignment: 1) { start in
      let count = recv(socket, start.baseAddress, start.count, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
      return Array(UnsafeRawBufferPointer(start).prefix(max(0, count)))
    }
  }

  private static let timeoutStart = Array("HTTP/1.1 408".utf8)
}

/// The monotonic clock, in seconds.
func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
