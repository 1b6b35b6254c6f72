// Certificates (RFC 5280) that are made or compared; TLS itself verifies them elsewhere.

import CLibCrypto
import ConformanceModel

/// A certificate.
public struct Certificate: Sendable, Hashable {
  /// The bytes of the certificate (X.690).
  public let der: [UInt8]

  /// The first certificate in a text in PEM (RFC 7468 section 5).
  ///
  /// - Returns: `nil` if there is none.
  public init?(pem: String) {
    let text = Array(pem.utf8)
    guard text.count <= 1 << 20, let memory = BIO_new_mem_buf(text, Int32(text.count)) else { return nil }
    defer {
      BIO_free(memory)
      ERR_clear_error()
    }
    self.init(PEM_read_bio_X509(memory, nil, nil, nil))
  }

  /// - Returns: `nil` if the bytes are none.
  public init?(der: [UInt8]) {
    defer { ERR_clear_error() }
    let certificate = der.withUnsafeBufferPointer { buffer in
      var start = buffer.baseAddress
      return d2i_X509(nil, &start, buffer.count)
    }
    self.init(certificate)
    // nothing may follow it
    guard self.der == der else { return nil }
  }

  /// A certificate that a key signed for itself. It is valid from 2000 to 9999: targets may run at any simulated time.
  ///
  /// - Parameters:
  ///   - name: The common name of its subject.
  ///   - hosts: The names (`localhost`) and addresses (`127.0.0.1`) of a server.
  /// - Returns: `nil` if OpenSSL cannot make it.
  public init?(of key: SigningKey, name: String, hosts: [String] = []) {
    let names = hosts.map { host in
      (host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." } ? "IP:" : "DNS:") + host
    }
    let digest = key.algorithms.first.flatMap(\.digest)
    self.init(
      conform_self_signed(key.handle.key, digest, name, names.isEmpty ? nil : names.joined(separator: ",")))
  }

  /// Takes over a certificate of OpenSSL.
  private init?(_ certificate: OpaquePointer?) {
    guard let certificate else { return nil }
    defer { X509_free(certificate) }
    var bytes: UnsafeMutablePointer<UInt8>?
    let count = i2d_X509(certificate, &bytes)
    guard count > 0, let bytes else { return nil }
    defer { CRYPTO_free(bytes, nil, 0) }
    der = Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
  }

  /// The certificate in PEM.
  public var pem: String {
    var lines = ["-----BEGIN CERTIFICATE-----"]
    var rest = Base64.encode(der)[...]
    while !rest.isEmpty {
      lines.append(String(rest.prefix(64)))
      rest = rest.dropFirst(64)
    }
    return (lines + ["-----END CERTIFICATE-----", ""]).joined(separator: "\n")
  }

  /// The key that it certifies; `nil` if no algorithm of `SignatureAlgorithm` uses it.
  public var publicKey: VerifyingKey? {
    defer { ERR_clear_error() }
    let certificate = der.withUnsafeBufferPointer { buffer in
      var start = buffer.baseAddress
      return d2i_X509(nil, &start, buffer.count)
    }
    defer { X509_free(certificate) }
    return KeyHandle(X509_get_pubkey(certificate)).map(VerifyingKey.init)
  }
}
