// All open connections with their accounts.

import CCurl
import ConformanceModel
import Glibc
import HTTPModel

/// Confined to the loop thread, and outlives the multi handle.
///
/// libcurl reports the sockets that it opens and closes, and before each request the addresses of the connection on
/// which it is about to send it; its own number of the connection is not known before version 8.2.
final class Connections {
  /// Both ends of a connection.
  struct Ends: Hashable {
    var theirs: String
    var ours: String
  }

  /// The connections on which bytes arrived that belong to no request.
  private(set) var surpluses: [ConnectionSurplus] = []

  /// Sockets whose ends are unknown until they are connected.
  private var unknown: Set<curl_socket_t> = []
  private var byEnds: [Ends: ConnectionAccount] = [:]
  private var bySocket: [curl_socket_t: ConnectionAccount] = [:]
  private var lastID = 0

  func opened(_ socket: curl_socket_t) { unknown.insert(socket) }

  /// Makes libcurl report the sockets that it closes.
  func watchClosing(_ easy: UnsafeMutableRawPointer) -> CURLcode {
    ccurl_set_socket_closer(
      easy,
      { context, socket in
        if let context { Unmanaged<Connections>.fromOpaque(context).takeUnretainedValue().closing(socket) }
        return close(socket)
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  /// The account of the connection between these ends.
  ///
  /// - Parameter newSocket: the socket that was opened last for the request, if there is one; a Unix socket has no
  ///   addresses by which it could be found.
  func account(_ ends: Ends, newSocket: curl_socket_t?) -> ConnectionAccount? {
    if let known = byEnds[ends] { return known }
    for socket in unknown {
      guard let theirs = Connections.address(socket, getpeername), let ours = Connections.address(socket, getsockname)
      else { continue }
      unknown.remove(socket)
      let account = add(socket)
      account.ends = Ends(theirs: theirs, ours: ours)
      account.ends.map { byEnds[$0] = account }
    }
    if let found = byEnds[ends] { return found }
    guard let newSocket, unknown.remove(newSocket) != nil else { return nil }
    return add(newSocket)
  }

  /// Records that bytes arrived on a connection that belong to no request.
  func recordSurplus(_ account: ConnectionAccount) {
    guard !account.hasSurplus else { return }
    account.hasSurplus = true
    // The only response of a connection is the first that the server sent on it.
    guard account.requestCount > 1 else { return }
    surpluses.append(
      ConnectionSurplus(connection: account.id, firstIndex: account.firstInDoubt, start: account.unreadStart()))
  }

  /// How long to wait, in seconds, until `finish` may be called.
  func remainingQuietTime() -> Double {
    let now = monotonicSeconds()
    return reused.map { $0.remainingQuietTime(at: now) }.max() ?? 0
  }

  /// Sends no more on the idle connections that were used more than once, and waits until each is closed by the server
  /// or has bytes that belong to no request, for at most a second.
  ///
  /// Most servers close at once; one that is still busy with a request responds first.
  func finish() {
    var open = Array(reused)
    for account in open { account.endSending() }
    let end = monotonicSeconds() + ConnectionAccount.endTime
    while true {
      let now = monotonicSeconds()
      open.removeAll { account in
        let arrival = account.look(at: now)
        if arrival == .surplus { recordSurplus(account) }
        return arrival != .nothing
      }
      guard !open.isEmpty, now < end else { return }
      var sockets = open.map { pollfd(fd: $0.socket, events: Int16(POLLIN), revents: 0) }
      poll(&sockets, nfds_t(sockets.count), Int32(((end - now) * 1000).rounded(.up)))
    }
  }

  private var reused: some Sequence<ConnectionAccount> {
    bySocket.values.lazy.filter { $0.isIdle && $0.requestCount > 1 && !$0.isHTTP2 }
  }

  private func add(_ socket: curl_socket_t) -> ConnectionAccount {
    lastID += 1
    let account = ConnectionAccount(id: lastID, socket: socket)
    bySocket[socket] = account
    return account
  }

  private func closing(_ socket: curl_socket_t) {
    unknown.remove(socket)
    guard let account = bySocket.removeValue(forKey: socket) else { return }
    if let ends = account.ends { byEnds[ends] = nil }
    account.keepUnreadStart()
    guard account.requestCount > 1, account.lookAtClose() == .surplus else { return }
    // Within a transfer that fails, unread bytes are no surplus; its end decides.
    if account.isIdle { recordSurplus(account) } else { account.hadBytesAtClose = true }
  }

  /// `IP PORT` of one end; `nil` if it has none, as a Unix socket.
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
