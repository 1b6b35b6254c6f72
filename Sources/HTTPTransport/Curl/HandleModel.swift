// What all easy handles of a client have in common.

import CCurl
import ConformanceModel
import HTTPModel

/// A libcurl handle with the options that never change. The handles of transfers are copies of it: to copy one takes
/// less time than to set these options again.
///
/// Confined to the loop thread.
final class HandleModel {
  let options: HTTPClientOptions
  var urls = ParsedURLs()
  private let easy: UnsafeMutableRawPointer

  /// - Throws: `TransportError` of kind `.request` if libcurl does not accept an option.
  init(_ options: HTTPClientOptions) throws(TransportError) {
    guard let easy = curl_easy_init() else { throw TransportError(.request, "libcurl returned no handle") }
    self.options = options
    self.easy = easy
    try setProtocol()
    try setRoutes()
  }

  deinit { curl_easy_cleanup(easy) }

  func copy() throws(TransportError) -> UnsafeMutableRawPointer {
    guard let copy = curl_easy_duphandle(easy) else { throw TransportError(.request, "libcurl returned no handle") }
    return copy
  }

  private func setProtocol() throws(TransportError) {
    try easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
    try easy.set(CURLOPT_HTTP09_ALLOWED, 0)
    try easy.set(CURLOPT_PATH_AS_IS, 1)
    try easy.set(CURLOPT_USERAGENT, "conform")
    try easy.set(CURLOPT_FOLLOWLOCATION, 0)
    // libcurl reacts to a 417 to `Expect` with a second request; without redirects it cannot.
    try easy.set(CURLOPT_MAXREDIRS, 0)
    try easy.set(CURLOPT_KEEP_SENDING_ON_ERROR, 0)
    try easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    try easy.set(CURLOPT_MAXAGE_CONN, options.maxIdle)
  }

  private func setRoutes() throws(TransportError) {
    // Signals belong to the program. libcurl sends with MSG_NOSIGNAL, under TLS too, so no SIGPIPE comes of this.
    try easy.set(CURLOPT_NOSIGNAL, 1)
    // Ending a transfer must not wait for a name server, since the loop would.
    try easy.set(CURLOPT_QUICK_EXIT, 1)
    try easy.set(CURLOPT_TCP_NODELAY, 1)
    try easy.set(CURLOPT_CONNECTTIMEOUT_MS, EasyHandle.milliseconds(options.connectTimeout))
    // An empty name also stops libcurl from reading the environment.
    try easy.set(CURLOPT_PROXY, "")
    try easy.set(CURLOPT_NOPROXY, "")
    if let path = options.unixSocket { try easy.set(CURLOPT_UNIX_SOCKET_PATH, path) }
    if let file = options.caFile { try easy.set(CURLOPT_CAINFO, file) }
    if let text = options.authority {
      try easy.check(ccurl_set_bytes(easy, CURLOPT_CAINFO_BLOB, text), CURLOPT_CAINFO_BLOB)
    }
    try easy.set(CURLOPT_SSL_VERIFYPEER, options.insecure ? 0 : 1)
    try easy.set(CURLOPT_SSL_VERIFYHOST, options.insecure ? 0 : 2)
  }
}

/// libcurl's options, by a libcurl handle.
extension UnsafeMutableRawPointer {
  func set(_ option: CURLoption, _ value: Int) throws(TransportError) {
    try check(ccurl_set_long(self, option, value), option)
  }

  func set(_ option: CURLoption, _ value: String) throws(TransportError) {
    try check(ccurl_set_text(self, option, value), option)
  }

  func check(_ code: CURLcode, _ option: @autoclosure () -> Any) throws(TransportError) {
    guard code == CURLE_OK else {
      throw TransportError(.request, "libcurl does not accept the option “\(option())”: \(CurlLibrary.text(code))")
    }
  }
}
