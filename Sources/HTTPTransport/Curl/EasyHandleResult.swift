// The result of a transfer: an exchange with its timings, or an error.

import CCurl
import ConformanceModel
import HTTPModel

extension EasyHandle {
  /// The exchange, or why there is none. Takes the body out of the reception.
  func result(of transfer: Transfer, _ code: CURLcode) -> Result<Exchange, TransportError> {
    guard hasResponse(code), let head = reception.received else { return .failure(error(transfer, code)) }
    let isCut = isBodyCut(code)
    guard isCut || isEndKnown(head) else { return .failure(unknownEnd(transfer)) }
    if endsEarly(head, code) { return .failure(incomplete(transfer)) }
    if endsWithoutNotification(head, code) { return .failure(truncated(transfer)) }
    var response = WireResponse(
      status: ccurl_get_long(easy, CURLINFO_RESPONSE_CODE), version: head.version, headers: head.fields,
      body: reception.body, isCut: isCut, interim: reception.interim)
    response.reason = head.reason
    response.otherSections = reception.otherSections
    return .success(
      Exchange(request: transfer.request, response: response, timings: timings, connection: use))
  }

  /// The durations of the transfer so far; a reused connection has none of name, connection and TLS.
  var timings: Timings {
    let isFresh = ccurl_get_long(easy, CURLINFO_NUM_CONNECTS) > 0
    return Timings(
      dns: isFresh && options.unixSocket == nil ? seconds(CURLINFO_NAMELOOKUP_TIME_T) : nil,
      connect: isFresh ? seconds(CURLINFO_CONNECT_TIME_T) : nil,
      tls: isFresh ? seconds(CURLINFO_APPCONNECT_TIME_T) : nil,
      firstByte: seconds(CURLINFO_STARTTRANSFER_TIME_T),
      total: seconds(CURLINFO_TOTAL_TIME_T) ?? 0)
  }

  /// Closes the account of the transfer at its connection.
  func closeAccount(_ code: CURLcode) {
    guard let account, let use else { return }
    if reception.received?.version == "2" { account.isHTTP2 = true }
    account.finish(use, at: monotonicSeconds())
    if account.hadBytesAtClose || hasDiscardedBytes, code == CURLE_OK { connections.recordSurplus(account) }
  }

  /// There is a response, even if libcurl reports a failure.
  private func hasResponse(_ code: CURLcode) -> Bool {
    guard reception.isHeadComplete else { return false }
    return switch code {
    case CURLE_OK: true
    case CURLE_WRITE_ERROR: reception.refusal == .body || (reception.endsWithHead && reception.refusal == nil)
    // A 417, to which libcurl reacts with another request; it does not read its body.
    case CURLE_TOO_MANY_REDIRECTS: true
    // An early response, after which the server did not read on: it counts, although the request was not complete.
    case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE: !isRequestSent
    // libcurl does not count what it has buffered for the stream as unsent.
    case CURLE_HTTP2, CURLE_HTTP2_STREAM: !isRequestSent || reception.body.count == announcedLength
    default: false
    }
  }

  private var isRequestSent: Bool {
    guard let size = transfer?.request.body?.count else { return true }
    return ccurl_get_offset(easy, CURLINFO_SIZE_UPLOAD_T) >= size
  }

  /// The transfer ended before the announced length, or no length was announced.
  private func isBodyCut(_ code: CURLcode) -> Bool {
    guard code != CURLE_OK, !reception.endsWithHead else { return false }
    return announcedLength.map { reception.body.count < $0 } ?? true
  }

  private var announcedLength: Int? { reception.received?.fields.first("Content-Length").flatMap { Int($0) } }

  /// Neither the method nor the status excludes content (RFC 9110 section 6.4.1).
  private var mayHaveBody: Bool {
    let status = ccurl_get_long(easy, CURLINFO_RESPONSE_CODE)
    return transfer?.request.method != "HEAD" && status != 204 && status != 304
  }

  /// A stream of HTTP/2 has ended before the announced length, which libcurl takes for the end of the body.
  private func endsEarly(_ head: ReceivedHead, _ code: CURLcode) -> Bool {
    guard code == CURLE_OK, head.version == "2", mayHaveBody, let announcedLength else { return false }
    return reception.body.count < announcedLength
  }

  private func incomplete(_ transfer: Transfer) -> TransportError {
    var error = TransportError(
      .protocol,
      "the response from \(endpoint(transfer)) is incomplete after \(reception.byteCount.counted("byte")): its stream "
        + "ended before its Content-Length (RFC 9113 section 8.1.1)")
    error.connection = use
    return error
  }

  /// The end of the body is sure, or there is no body.
  ///
  /// libcurl takes the end of an HTTP/2 connection, and a stream that is reset without an error, for the end of the
  /// stream (RFC 9113 section 8.1). Only a Content-Length shows that the body is complete.
  private func isEndKnown(_ head: ReceivedHead) -> Bool {
    head.version != "2" || !mayHaveBody || head.fields.first("Content-Length") != nil
  }

  /// The end of the connection is the end of the body, and TLS has not announced it: anybody between client and server
  /// can end a connection (RFC 9112 section 9.8).
  private func endsWithoutNotification(_ head: ReceivedHead, _ code: CURLcode) -> Bool {
    code == CURLE_OK && head.version != "2" && mayHaveBody && account?.hasCloseNotification == false
      && head.fields.first("Content-Length") == nil && head.fields.first("Transfer-Encoding") == nil
  }

  private func truncated(_ transfer: Transfer) -> TransportError {
    var error = TransportError(
      .protocol,
      "the response from \(endpoint(transfer)) is incomplete after \(reception.body.count.counted("byte")): it has no "
        + "length, and the connection ended without the TLS alert close_notify (RFC 9112 section 9.8)")
    error.connection = use
    return error
  }

  private func unknownEnd(_ transfer: Transfer) -> TransportError {
    var error = TransportError(
      .protocol,
      "the HTTP/2 response from \(endpoint(transfer)) has no Content-Length, and libcurl \(CurlLibrary.version) does "
        + "not report whether its stream has ended, so it may be incomplete; use HTTP/1.1")
    error.connection = use
    return error
  }

  private func error(_ transfer: Transfer, _ code: CURLcode) -> TransportError {
    var error = failure(transfer, code).error
    error.connection = use
    error.isUnprocessed = isUnprocessed && !reception.isHeadComplete
    error.isWithoutResponse = !error.isUnprocessed && endedWithoutResponse(code)
    return error
  }

  /// The connection ended after the request was sent on it, and before the first line of a response.
  private func endedWithoutResponse(_ code: CURLcode) -> Bool {
    guard use != nil, reception.byteCount == 0, reception.refusal == nil else { return false }
    // of an HTTP/2 connection that ends within a stream
    if code == CURLE_PARTIAL_FILE { return true }
    return isResendRefused || code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING
  }

  /// libcurl's text for the failure after which it wanted to send the request again; none if the connection was closed.
  private var firstFailure: String? {
    let text = String(cString: errorText)
    return text.hasPrefix("Recv failure") || text.hasPrefix("Send failure") ? text : nil
  }

  private func endpoint(_ transfer: Transfer) -> String {
    if let path = options.unixSocket { return "the Unix socket \(path)" }
    let endpoint = Endpoint.of(transfer.request.url)
    return proxy.map { "\(endpoint) through the proxy \(Proxies.endpoint($0))" } ?? endpoint
  }

  private func failure(_ transfer: Transfer, _ code: CURLcode) -> TransferFailure {
    TransferFailure(
      code: isResendRefused ? (firstFailure == nil ? CURLE_GOT_NOTHING : CURLE_RECV_ERROR) : code,
      curlText: isResendRefused ? firstFailure ?? "" : String(cString: errorText),
      systemError: Int32(ccurl_get_long(easy, CURLINFO_OS_ERRNO)),
      endpoint: endpoint(transfer), isUnprocessed: isUnprocessed,
      hasStreamEnded: hasStreamEnded, refusal: reception.refusal, received: reception.byteCount,
      isConnected: ccurl_get_offset(easy, CURLINFO_PRETRANSFER_TIME_T) > 0, isTLS: isTLS,
      timeout: transfer.timeout, options: options)
  }

  private func seconds(_ info: CURLINFO) -> Double? {
    let microseconds = ccurl_get_offset(easy, info)
    return microseconds > 0 ? Double(microseconds) / 1_000_000 : nil
  }
}
