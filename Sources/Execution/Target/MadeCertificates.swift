// The certificates with which clients that a run creates authenticate (RFC 8705 section 2.2).

import ConformanceModel
import Cryptography
import JSONValue

/// A self-signed certificate of a client, and its private key.
struct MadeCertificate: Sendable {
  /// In PEM.
  let certificate: String
  /// In PEM. Only a pending case writes it down.
  let key: String
  /// The public key with the certificate, as a JSON Web Key (RFC 7517 section 4.7).
  let jwk: JSON

  /// What a case saves of it.
  var saved: JSON { ["certificate": .string(certificate), "key": .string(key)] }

  init?(name: String) {
    guard let key = SigningKey.generate(for: .es256), let pem = key.pem, let members = key.publicKey.jwk?.object,
      let id = key.publicKey.thumbprint, let certificate = Certificate(of: key, name: name)
    else { return nil }
    self.certificate = certificate.pem
    self.key = pem
    let own: [JSON.Member] = [
      .init("kid", .string(id)), .init("use", "sig"), .init("x5c", [.string(Base64.encode(certificate.der))]),
    ]
    jwk = .object(members + own)
  }
}

/// Makes the certificates of a run. The lock protects those that were made.
final class MadeCertificates: Sendable {
  private let made = Locked<[MadeCertificate]>([])

  /// As many as one case has clients that must not be confused.
  private static let maxCount = 8

  /// - Parameter number: Counts the clients of a case. Those of one case have different certificates.
  func certificate(number: Int) throws(TargetError) -> MadeCertificate {
    let certificate = made.withLock { made in
      while made.count <= number % MadeCertificates.maxCount {
        guard let new = MadeCertificate(name: "conform-client-\(made.count + 1)") else {
          return nil as MadeCertificate?
        }
        made.append(new)
      }
      return made[number % MadeCertificates.maxCount]
    }
    guard let certificate else { throw TargetError("no certificate of a client can be made: libcrypto refuses it") }
    return certificate
  }
}
