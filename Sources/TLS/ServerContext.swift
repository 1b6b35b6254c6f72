// What the TLS connections of a server share.

import CLibSSL

/// Why TLS cannot be used, or why a connection has failed.
public struct TLSError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String
}

/// The certificate of a server and the rules for its connections: TLS 1.2 and later, without resumption; clients may send
/// a certificate, which is only proven to be theirs. Sendable: nothing changes it after it was made, and OpenSSL counts its
/// references itself.
public final class TLSServerContext: @unchecked Sendable {
  let context: OpaquePointer

  /// - Parameters:
  ///   - certificates: In PEM: that of the server, and those between it and its authority.
  ///   - key: The private key of the first one, in PEM and without a password.
  /// - Throws: `TLSError` if they cannot be used.
  public init(certificates: String, key: String) throws(TLSError) {
    guard let context = conform_server_context() else { throw TLSError(description: "OpenSSL has no memory") }
    defer { ERR_clear_error() }
    let (chain, key) = (Array(certificates.utf8), Array(key.utf8))
    let isUsed = chain.withUnsafeBytes { chain in
      key.withUnsafeBytes { key in
        conform_use_identity(
          context, chain.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: chain.count),
          key.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: key.count)) == 1
      }
    }
    guard isUsed else {
      SSL_CTX_free(context)
      throw TLSError(
        description: "expected a certificate in PEM and its private key in PEM, without a password")
    }
    self.context = context
  }

  deinit { SSL_CTX_free(context) }
}
