// The certificate by which a client identifies itself in a TLS handshake.

/// The certificate of one request, in place of that of the transport.
public indirect enum ClientCertificate: Sendable, Hashable {
  /// None is sent.
  case none
  /// Files in PEM: a certificate (RFC 8446 section 4.4.2) with those between it and its authority, and its key.
  case files(certificate: String, key: String, password: String?)
  /// Texts in PEM, of a certificate that the run made for the client with this name.
  case made(name: String, certificate: String, key: String)
}
