// The certificate of the service.

import ConformanceModel
import Cryptography
import TLS

/// The certificate of a service and its private key.
public struct ServiceIdentity: Sendable {
  /// In PEM, with those between it and its authority.
  public let certificate: String
  /// In PEM, without a password.
  public let key: String

  public init(certificate: String, key: String) {
    self.certificate = certificate
    self.key = key
  }

  /// A new certificate for the loopback interface that its own key signed.
  ///
  /// - Throws: `ReferenceServiceError` if libcrypto cannot make it.
  public static func made() throws(ReferenceServiceError) -> ServiceIdentity {
    guard let key = SigningKey.generate(for: .es256), let pem = key.pem,
      let certificate = Certificate(
        of: key, name: "conform reference service", hosts: ["localhost", "127.0.0.1", "::1"])
    else { throw ReferenceServiceError(description: "no certificate can be made: libcrypto refuses it") }
    return ServiceIdentity(certificate: certificate.pem, key: pem)
  }

  /// - Throws: `ReferenceServiceError` if certificate and key cannot be used.
  func context() throws(ReferenceServiceError) -> TLSServerContext {
    do {
      return try TLSServerContext(certificates: certificate, key: key)
    } catch {
      throw ReferenceServiceError(description: "the certificate of the service cannot be used: \(error)")
    }
  }
}
