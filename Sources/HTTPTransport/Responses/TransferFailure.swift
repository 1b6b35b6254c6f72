// Why a transfer has no response, and the wording of it.

import CCurl
import ConformanceModel
import Glibc
import HTTPModel

struct TransferFailure {
  var code: CURLcode
  /// libcurl's text for this failure; may be empty.
  var curlText: String
  /// `errno` of the last system call that failed, or 0.
  var systemError: Int32
  /// `host:port`, or the Unix socket.
  var endpoint: String
  /// The server stated that it did not process the request.
  var isUnprocessed: Bool
  /// The stream ended although the request was not sent completely.
  var hasStreamEnded: Bool
  var refusal: Reception.Refusal?
  /// The bytes received: header lines and body.
  var received: Int
  var isConnected: Bool
  var isTLS: Bool
  /// The limit of the exchange in seconds.
  var timeout: Double
  var options: HTTPClientOptions

  var error: TransportError {
    switch refusal {
    case .headerBytes:
      TransportError(
        .protocol, "the header section of the response from \(endpoint) exceeds \(options.maxHeaderBytes) bytes")
    case .headerCount:
      TransportError(.protocol, "the response from \(endpoint) has more than \(options.maxHeaders) header fields")
    case .interimCount:
      TransportError(
        .protocol, "\(endpoint) sent more than \(Reception.maxInterim) interim responses (1xx) and no final response")
    case .statusLine:
      notHTTP("its status line has no version and three-digit status, such as HTTP/1.1 200")
    case .field(let line):
      notHTTP("line \(line) of its header section is not a header field")
    case .framing(let diagnostic):
      notHTTP("it \(diagnostic), so the end of its body is unknown")
    case nil where isUnprocessed && received == 0:
      TransportError(.protocol, "\(endpoint) did not process the request: it refused the stream or is shutting down")
    case nil where hasStreamEnded && received == 0:
      TransportError(
        .protocol,
        "\(endpoint) responded before the request was sent completely and reset the stream (RFC 9113 section 8.1), and "
          + "libcurl \(CurlLibrary.version) lost the response; use HTTP/1.1 ('http: 1.1' in the target file)")
    case .body, nil:
      TransportError(kind, message)
    }
  }

  private func notHTTP(_ reason: String) -> TransportError {
    TransportError(.protocol, "the response from \(endpoint) is not valid HTTP: \(reason)")
  }

  private var kind: TransportError.Kind {
    switch code {
    case CURLE_OPERATION_TIMEDOUT: .timeout
    case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY,
      CURLE_INTERFACE_FAILED:
      .connection
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE, CURLE_SSL_INVALIDCERTSTATUS,
      CURLE_SSL_CLIENTCERT,
      CURLE_SSL_SHUTDOWN_FAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
      CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_USE_SSL_FAILED:
      .tls
    case CURLE_URL_MALFORMAT, CURLE_SETOPT_OPTION_SYNTAX, CURLE_BAD_FUNCTION_ARGUMENT, CURLE_UNKNOWN_OPTION,
      CURLE_FAILED_INIT, CURLE_LOGIN_DENIED, CURLE_NOT_BUILT_IN:
      // libcurl uses some of these codes for received data as well.
      received > 0 ? .protocol : .request
    // Everything else happens on a connection. An unsupported protocol is HTTP/0.9: the scheme was checked before.
    default: .protocol
    }
  }

  private var message: String {
    switch code {
    case CURLE_OPERATION_TIMEDOUT where !isConnected:
      "no connection to \(endpoint) within \(Self.plain(min(options.connectTimeout, timeout))) s"
    case CURLE_OPERATION_TIMEDOUT:
      "no complete response from \(endpoint) within \(Self.plain(timeout)) s (received \(received) bytes)"
    case CURLE_COULDNT_CONNECT:
      "could not connect to \(endpoint): \(systemError == 0 ? text : String(cString: strerror(systemError)))"
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY, CURLE_INTERFACE_FAILED:
      "could not reach \(endpoint): \(text)"
    case CURLE_SSL_CERTPROBLEM:
      "could not use the certificate of the client: \(tlsText)"
    case CURLE_GOT_NOTHING:
      "\(endpoint) closed the connection before sending a status line"
    case CURLE_OK:
      // libcurl takes the end of the connection for the end of the header.
      "the response from \(endpoint) is incomplete after \(received) bytes, within its header section"
    case CURLE_RECV_ERROR where LibraryText.isAboutClient(text), CURLE_SEND_ERROR where LibraryText.isAboutClient(text):
      "no TLS connection to \(endpoint): \(tlsText)"
    case CURLE_RECV_ERROR where received == 0, CURLE_PARTIAL_FILE where received == 0:
      "the connection to \(endpoint) failed before a status line arrived: \(text)"
    case CURLE_SEND_ERROR:
      "the request could not be sent completely to \(endpoint): \(text)"
        + (isTLS && received == 0
          ? "; a server that requests a certificate of the client ends connections like this" : "")
    case CURLE_RECV_ERROR, CURLE_PARTIAL_FILE:
      "the response from \(endpoint) is incomplete after \(received) bytes: \(text)"
    case CURLE_OUT_OF_MEMORY:
      // libcurl's code for a header line that does not fit its buffer.
      "a header line of the response from \(endpoint) is longer than libcurl accepts (100 KiB), or memory ran out"
    default:
      switch kind {
      case .tls: "no TLS connection to \(endpoint): \(tlsText)"
      case .request: "the request to \(endpoint) could not be made: \(text)"
      default: "the response from \(endpoint) is not valid HTTP: \(text)\(versionHint)"
      }
    }
  }

  /// A server that speaks HTTP/2 only responds with frames.
  private var versionHint: String {
    guard text.contains("HTTP/0.9"), options.httpVersion == .http1 else { return "" }
    let hint = "; if the server speaks HTTP/2 only, write 'http: 2' in the target file"
    return isTLS ? hint : "\(hint); if it expects TLS at this port, https:// in the URL"
  }

  /// libcurl's text for this failure, or else for its code.
  private var text: String { curlText.isEmpty ? CurlLibrary.text(code) : LibraryText.plain(curlText) }

  private var tlsText: String { LibraryText.tls(text, hasCertificate: options.certificateFile != nil) }

  /// "10" and "0.2" rather than "10.0".
  private static func plain(_ seconds: Double) -> String {
    seconds == seconds.rounded() && seconds < 1e9 ? String(Int(seconds)) : String(seconds)
  }
}

extension TransportError {
  static let cancelled = TransportError(.cancelled, "the request was cancelled")
  static let shutDown = TransportError(.cancelled, "the HTTP client was shut down")
}
