// One libcurl easy handle: owned, set up once, and used for one transfer after the other.

import CCurl
import ConformanceModel
import HTTPModel

/// Confined to the loop thread.
///
/// Options that never change are those of the model; `prepare` sets every option that depends on the request, each time,
/// so that nothing of one request remains in the next and the handle need not be reset.
final class EasyHandle {
  let easy: UnsafeMutableRawPointer
  /// libcurl's text for a failure; may be empty.
  let errorText: UnsafeMutablePointer<CChar>
  var reception: Reception
  var transfer: Transfer?
  /// The connection on which the request was sent; `nil` before that.
  var use: ConnectionUse?
  var account: ConnectionAccount?
  /// The socket that was opened last for the transfer.
  var newSocket: curl_socket_t?
  /// The kept connection was not used: it has ended, or unrequested bytes wait on it.
  var isConnectionUnusable = false
  /// libcurl wanted to send the request a second time.
  var isResendRefused = false
  /// The server stated that it did not process the request (RFC 9113 sections 6.8 and 8.7).
  var isUnprocessed = false
  /// The stream has ended, although the request was not sent completely (RFC 9113 section 8.1).
  var hasStreamEnded = false
  /// libcurl has read bytes after the response, and discarded them.
  var hasDiscardedBytes = false
  private(set) var isTLS = false
  private(set) var proxy: String?
  /// That of the last request, if it was not that of the options.
  private var certificate: ClientCertificate?

  let connections: Connections
  private let model: HandleModel
  /// How many bytes libcurl has taken of a large body.
  var bodyOffset = 0
  private var headers = HeaderList()
  private var url: ParsedURL?
  private var resolve = HeaderList()

  init(_ model: HandleModel, _ connections: Connections) throws(TransportError) {
    easy = try model.copy()
    self.model = model
    self.connections = connections
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    reception = Reception(model.options)
    for entry in options.resolve { try resolve.append(entry) }
    if !options.resolve.isEmpty { try easy.check(ccurl_set_list(easy, CURLOPT_RESOLVE, resolve.first), "resolve") }
    if options.certificateFile != nil { try setCertificate(nil) }
    try setCallbacks()
  }

  var options: HTTPClientOptions { model.options }

  deinit {
    curl_easy_cleanup(easy)
    errorText.deallocate()
  }

  /// The object that owns a libcurl handle.
  static func of(_ easy: UnsafeMutableRawPointer) -> EasyHandle? {
    ccurl_get_private(easy).map { Unmanaged<EasyHandle>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Sets the handle up for a transfer, ready to be added to the multi handle.
  func prepare(_ transfer: Transfer) throws(TransportError) {
    let request = transfer.request
    isTLS = request.url.utf8.prefix(5).last != UInt8(ascii: ":")
    reception.reset(
      endingWithHead: request.method == "HEAD" && request.sendsBody, isVersion1: options.httpVersion == .http1)
    use = nil
    newSocket = nil
    isConnectionUnusable = false
    isResendRefused = false
    isUnprocessed = false
    hasStreamEnded = false
    hasDiscardedBytes = false
    errorText.pointee = 0
    headers = HeaderList()
    try headers.append(request)
    try setURL(request.url)
    try easy.set(CURLOPT_HTTP_VERSION, version)
    try easy.set(CURLOPT_VERBOSE, options.httpVersion == .http2 ? 1 : 0)
    try setMethod(request)
    if request.certificate != certificate { try setCertificate(request.certificate) }
    try easy.check(ccurl_set_list(easy, CURLOPT_HTTPHEADER, headers.first), "headers")
    if !options.proxies.isEmpty { try setProxy(request.url) }
    try easy.set(CURLOPT_TIMEOUT_MS, Self.milliseconds(transfer.timeout))
    // libcurl 7.88.1 switches a kept connection to HTTP/2 once more if that rests on prior knowledge, and fails.
    let isKept = options.reusesConnections && (isTLS || options.httpVersion == .http1)
    try easy.set(CURLOPT_FORBID_REUSE, isKept ? 0 : 1)
    try easy.set(CURLOPT_FRESH_CONNECT, transfer.freshConnection || !isKept ? 1 : 0)
    self.transfer = transfer
  }

  fileprivate func take(headerLine line: UnsafeRawBufferPointer) -> Bool {
    if options.httpVersion == .http2, line.starts(with: EasyHandle.protocolName) {
      // libcurl ends a transfer of HTTP/2 at its Content-Length: before the trailers, and before the end of the stream.
      // Without one it waits until both sides have ended the stream, in vain if the server does not take the rest of a
      // body (RFC 9113 section 8.1).
      let isHTTP2 = line.dropFirst(EasyHandle.protocolName.count).first == UInt8(ascii: "2")
      let isSent = transfer?.request.body?.count ?? 0 <= EasyHandle.smallBody
      ccurl_set_long(easy, CURLOPT_IGNORE_CONTENT_LENGTH, isHTTP2 && isSent ? 1 : 0)
    }
    let goesOn = reception.takeHeader(line)
    if reception.isHeadComplete { readLog() }
    return goesOn
  }

  private static let protocolName = Array("HTTP/".utf8)
  /// A body of so many bytes is sent without waiting for the server: a quarter of the initial window (RFC 9113 section
  /// 6.9.2).
  private static let smallBody = 16 << 10

  /// Releases what the transfer needed.
  func clear() {
    // libcurl keeps its copy of the body until it gets another.
    if transfer?.request.sendsBody == true { ccurl_set_pointer(easy, CURLOPT_POSTFIELDS, nil) }
    ccurl_set_list(easy, CURLOPT_HTTPHEADER, nil)
    headers = HeaderList()
    ccurl_set_pointer(easy, CURLOPT_CURLU, nil)
    url = nil
    reception.reset()
    account = nil
    transfer = nil
  }

  private var version: Int {
    switch options.httpVersion {
    case .http1: CURL_HTTP_VERSION_1_1
    case .http2: isTLS ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE
    }
  }

  /// The text is always set: alone, it gives libcurl's error; with the parts, libcurl need not make it from them.
  private func setURL(_ text: String) throws(TransportError) {
    url = model.urls.url(text)
    try easy.set(CURLOPT_URL, text)
    try easy.check(ccurl_set_pointer(easy, CURLOPT_CURLU, url.map { UnsafeMutableRawPointer($0.parts) }), "URL")
  }

  private func setMethod(_ request: WireRequest) throws(TransportError) {
    // Back to the plain state first: a GET with neither body nor NOBODY.
    try easy.set(CURLOPT_HTTPGET, 1)
    if request.sendsBody {
      try setBody(of: request)
    } else if request.method == "HEAD" {
      try easy.set(CURLOPT_NOBODY, 1)
    }
    try easy.set(CURLOPT_CUSTOMREQUEST, request.method)
  }

  private func setProxy(_ url: String) throws(TransportError) {
    proxy =
      options.unixSocket == nil ? options.proxies.proxy(for: url, exceptLoopback: options.noProxyForLoopback) : nil
    try easy.set(CURLOPT_PROXY, proxy ?? "")
  }

  /// Sets the certificate of a request; `nil` is that of the options. libcurl keeps connections with another one apart.
  private func setCertificate(_ certificate: ClientCertificate?) throws(TransportError) {
    var (file, key, password) = (
      options.certificateFile, options.keyFile ?? options.certificateFile, options.keyPassword
    )
    var (text, keyText): (String?, String?) = (nil, nil)
    switch certificate {
    case nil: break
    case ClientCertificate.none?: (file, key, password) = (nil, nil, nil)
    case .files(let certificate, let own, let secret)?: (file, key, password) = (certificate, own, secret)
    case .made(_, let certificate, let own)?:
      (file, key, password) = (nil, nil, nil)
      (text, keyText) = (certificate, own)
    }
    for (option, text) in [(CURLOPT_SSLCERT_BLOB, text), (CURLOPT_SSLKEY_BLOB, keyText)] {
      try easy.check(ccurl_set_bytes(easy, option, text), option)
    }
    for (option, value) in [(CURLOPT_SSLCERT, file), (CURLOPT_SSLKEY, key), (CURLOPT_KEYPASSWD, password)] {
      if let value { try easy.set(option, value) } else { try easy.check(ccurl_set_pointer(easy, option, nil), option) }
    }
    self.certificate = certificate
  }

  private func setCallbacks() throws(TransportError) {
    // Unretained, because the handle does not outlive this object.
    let context = Unmanaged.passUnretained(self).toOpaque()
    try easy.check(ccurl_set_pointer(easy, CURLOPT_PRIVATE, context), "context")
    try easy.check(ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText), "error text")
    try easy.check(ccurl_set_header_sink(easy, takeHeader, context), "header function")
    try easy.check(ccurl_set_body_sink(easy, takeBody, context), "body function")
    try setConnectionCallbacks()
    try setLogFunction()
  }

  /// At least one, since 0 means "no limit" to libcurl, and no more than libcurl takes.
  static func milliseconds(_ seconds: Double) -> Int {
    Int(min(max((seconds * 1000).rounded(.up), 1), Double(Int32.max)))
  }
}

/// Returns the number of bytes taken; any other number than the one given makes libcurl end the transfer.
private let takeHeader: ccurl_sink = { bytes, size, count, context in
  guard let bytes, let context else { return 0 }
  let handle = Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue()
  return handle.take(headerLine: UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

private let takeBody: ccurl_sink = { bytes, size, count, context in
  guard let bytes, let context else { return 0 }
  let handle = Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue()
  // With no bytes to take, 0 would mean success.
  return handle.reception.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : .max
}
