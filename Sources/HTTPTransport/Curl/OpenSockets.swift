// The sockets of all connections, so that one with unrequested bytes is not used again.

import CCurl
import Glibc

/// Confined to the loop thread, and outlives the multi handle.
///
/// An unrequested response on an idle connection would be read as the response to the next request. libcurl before 8.0
/// does not check, and reports only the addresses of the connection that a request is about to use, not its socket.
final class OpenSockets {
  /// Both ends of a connection.
  struct Ends: Hashable {
    var theirs: String
    var ours: String
  }

  /// Sockets whose ends are not known yet: they have to be connected first.
  private var unknown: Set<curl_socket_t> = []
  private var sockets: [Ends: curl_socket_t] = [:]
  private var ends: [curl_socket_t: Ends] = [:]

  /// Makes libcurl report the sockets that it opens for this handle.
  func watch(_ easy: UnsafeMutableRawPointer) -> CURLcode {
    ccurl_watch_sockets(
      easy,
      { context, socket, _ in
        if let context { OpenSockets.of(context).unknown.insert(socket) }
        return CURL_SOCKOPT_OK
      },
      { context, socket in
        if let context { OpenSockets.of(context).remove(socket) }
        return close(socket)
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Whether unrequested bytes wait on an idle connection.
  func hasUnasked(_ ends: Ends) -> Bool {
    guard let socket = socket(ends) else { return false }
    var byte: UInt8 = 0
    // At the end of the connection it is 0, which libcurl detects.
    return recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) > 0
  }

  private func socket(_ wanted: Ends) -> curl_socket_t? {
    if let known = sockets[wanted] { return known }
    for socket in unknown {
      guard let theirs = OpenSockets.address(socket, getpeername), let ours = OpenSockets.address(socket, getsockname)
      else { continue }
      let ends = Ends(theirs: theirs, ours: ours)
      unknown.remove(socket)
      sockets[ends] = socket
      self.ends[socket] = ends
    }
    return sockets[wanted]
  }

  private func remove(_ socket: curl_socket_t) {
    unknown.remove(socket)
    if let ends = ends.removeValue(forKey: socket) { sockets[ends] = nil }
  }

  private static func of(_ context: UnsafeMutableRawPointer) -> OpenSockets {
    Unmanaged<OpenSockets>.fromOpaque(context).takeUnretainedValue()
  }

  /// `IP PORT` of one end; `nil` where it has none, as a Unix socket.
  private static func address(
    _ socket: curl_socket_t, _ ask: (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> Int32
  ) -> String? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { storage in
      storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard ask(socket, address, &length) == 0 else { return nil }
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST)), port = [CChar](repeating: 0, count: 8)
        let numeric = Int32(NI_NUMERICHOST | NI_NUMERICSERV)
        guard address.pointee.sa_family != sa_family_t(AF_UNIX),
          getnameinfo(address, length, &host, socklen_t(host.count), &port, socklen_t(port.count), numeric) == 0
        else { return nil }
        return text(host) + " " + text(port)
      }
    }
  }

  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
