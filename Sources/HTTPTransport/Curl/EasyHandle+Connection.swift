// The connection of a transfer: whether it may be used, and that the request is sent on it once.

import CCurl
import ConformanceModel
import HTTPModel

extension EasyHandle {
  func setConnectionCallbacks() throws(TransportError) {
    // Unretained, because the handle does not outlive this object.
    let context = Unmanaged.passUnretained(self).toOpaque()
    try easy.check(connections.watchClosing(easy), "socket function")
    try easy.check(ccurl_set_socket_opened(easy, socketOpened, context), "socket function")
    try easy.check(ccurl_set_before_request(easy, beforeRequest, context), "request function")
  }

  /// Whether the request may be sent on this connection.
  ///
  /// libcurl sends a request again by itself if a kept connection ends before the response, although the server may
  /// have processed it (RFC 9110 section 9.2.2), and if the server refuses the stream (RFC 9113 section 8.7).
  fileprivate func mayUse(_ ends: Connections.Ends) -> Bool {
    guard use == nil else {
      isResendRefused = true
      return false
    }
    guard let account = connections.account(ends, newSocket: newSocket) else { return true }
    if account.requestCount > 0 {
      let arrival = account.look(at: monotonicSeconds())
      if arrival == .surplus { connections.recordSurplus(account) }
      if arrival != .nothing || account.hasEndedSending {
        isConnectionUnusable = true
        return false
      }
    }
    self.account = account
    use = account.begin(tls: isTLS ? ccurl_openssl_session(easy) : nil, isTLS: isTLS, at: monotonicSeconds())
    return true
  }

  /// Whether a socket that libcurl has opened may connect.
  fileprivate func mayConnect(_ socket: curl_socket_t) -> Bool {
    guard use == nil else {
      isResendRefused = true
      return false
    }
    newSocket = socket
    connections.opened(socket)
    return true
  }
}

private let beforeRequest: ccurl_before_request = { context, theirAddress, ourAddress, theirPort, ourPort in
  guard let context, let theirAddress, let ourAddress else { return CURL_PREREQFUNC_OK }
  let ends = Connections.Ends(
    theirs: "\(String(cString: theirAddress)) \(theirPort)", ours: "\(String(cString: ourAddress)) \(ourPort)")
  return Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue().mayUse(ends)
    ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

private let socketOpened: ccurl_socket_opened = { context, socket, _ in
  guard let context else { return CURL_SOCKOPT_OK }
  return Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue().mayConnect(socket)
    ? CURL_SOCKOPT_OK : CURL_SOCKOPT_ERROR
}
