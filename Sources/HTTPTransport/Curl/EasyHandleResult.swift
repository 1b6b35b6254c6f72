// The result of a transfer: an exchange with its timings, or an error.

import CCurl
import ConformanceModel
import HTTPModel

extension EasyHandle {
  /// The exchange, or why there is none. Takes the body out of the reception.
  func result(of transfer: Transfer, _ code: CURLcode) -> Result<Exchange, TransportError> {
    guard hasResponse(code), let head = reception.received else { return .failure(failure(transfer, code).error) }
    let response = WireResponse(
      status: ccurl_get_long(easy, CURLINFO_RESPONSE_CODE), version: head.version, headers: head.fields,
      body: reception.body, isCut: isBodyCut(code), interim: reception.interim)
    return .success(Exchange(request: transfer.request, response: response, timings: timings))
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

  /// The server closed a kept connection as it was used again, before any line of the response.
  ///
  /// libcurl sees to this itself as long as it has not begun to send a long body; this is for the rest.
  func wasClosedWhileIdle(_ code: CURLcode) -> Bool {
    guard code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING else { return false }
    return ccurl_get_long(easy, CURLINFO_NUM_CONNECTS) == 0 && reception.byteCount == 0
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
    let announced = ccurl_get_offset(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T)
    return announced < 0 || reception.body.count < announced
  }

  private func failure(_ transfer: Transfer, _ code: CURLcode) -> TransferFailure {
    TransferFailure(
      code: code, curlText: String(cString: errorText), systemError: Int32(ccurl_get_long(easy, CURLINFO_OS_ERRNO)),
      endpoint: options.unixSocket.map { "the Unix socket \($0)" } ?? Endpoint.of(transfer.request.url),
      refusal: reception.refusal, received: reception.byteCount,
      isConnected: ccurl_get_offset(easy, CURLINFO_PRETRANSFER_TIME_T) > 0, timeout: transfer.timeout, options: options)
  }

  private func seconds(_ info: CURLINFO) -> Double? {
    let microseconds = ccurl_get_offset(easy, info)
    return microseconds > 0 ? Double(microseconds) / 1_000_000 : nil
  }
}
