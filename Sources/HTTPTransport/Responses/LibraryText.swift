// The texts of libcurl and OpenSSL, as people read them.

enum LibraryText {
  /// libcurl's text without what only its developers need: OpenSSL's version, error numbers and names of functions.
  static func plain(_ text: String) -> String {
    var text = text[...]
    // OpenSSL SSL_read: OpenSSL/3.0.19: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0
    if let error = text.firstRange(of: "error:") {
      let rest = text[error.upperBound...]
      let words = rest.split(separator: ":", omittingEmptySubsequences: false)
      if words.count >= 4 { text = rest[words[3].startIndex...] }
    }
    if let number = text.firstRange(of: ", errno ") { text = text[..<number.lowerBound] }
    for prefix in ["Recv failure: ", "Send failure: ", "SSL: ", "SSL certificate problem: "]
    where text.hasPrefix(prefix) {
      text = text.dropFirst(prefix.count)
    }
    // libcurl looks for the address of a connection that has ended
    if text.hasPrefix("getpeername() failed") { return "the connection has ended" }
    return String(text)
  }

  /// Why there is no TLS connection, with what to do.
  ///
  /// - Parameters:
  ///   - text: libcurl's text, without what only its developers need.
  ///   - hasCertificate: Whether there is a certificate of the client.
  static func tls(_ text: String, hasCertificate: Bool) -> String {
    if ["wrong version number", "packet length too long", "http request"].contains(where: text.contains) {
      return "it does not speak TLS at this port; write http:// in the URL, or the port of HTTPS"
    }
    if text.contains("match") && (text.contains("subject name") || text.contains("host name")) {
      return "its certificate is for another name (\(text)); write a name of the certificate in the URL, "
        + "and --resolve HOST:PORT:ADDRESS if that name leads elsewhere"
    }
    if text.contains("certificate has expired") {
      return "\(text); renew the certificate of the server"
    }
    if text.contains("not yet valid") {
      return "\(text); compare the clock of this machine with the start of the certificate"
    }
    let pass = "by --cert FILE and --key FILE, or by 'tls: { certificate: FILE, key: FILE }' in the target file"
    if isAboutClient(text) {
      return hasCertificate
        ? "the server does not accept the certificate of the client (\(text)); pass one that it trusts \(pass)"
        : "the server requests a certificate of the client (\(text)); pass it \(pass)"
    }
    // in TLS 1.2 the alert does not say why
    if text.contains("alert handshake failure") {
      return hasCertificate
        ? "the server ended it (\(text)): it may not accept the certificate of the client, or accept other ciphers only"
        : "the server ended it (\(text)): if it requests a certificate of the client, pass one \(pass); or it accepts "
          + "other ciphers only"
    }
    if ["self-signed", "self signed", "local issuer", "issuer certificate", "first certificate", "untrusted"]
      .contains(where: text.contains)
    {
      return "its certificate is not trusted (\(text)); pass its certificate by --cacert FILE, or that of its issuer, "
        + "or disable verification by --insecure"
    }
    if text.contains("protocol version") || text.contains("unsupported protocol") {
      return "no version of TLS that both sides accept (\(text)); conform needs TLS 1.2 or later"
    }
    return text
  }

  /// Whether the server ended the handshake because of the certificate of the client, or because it got none: these
  /// alerts are about what the other side sent (RFC 8446 section 6.2).
  static func isAboutClient(_ text: String) -> Bool {
    let alerts = [
      "certificate required", "bad certificate", "unknown ca", "certificate unknown", "certificate expired",
      "certificate revoked", "unsupported certificate",
    ]
    return alerts.contains { text.contains("alert \($0)") }
  }
}
