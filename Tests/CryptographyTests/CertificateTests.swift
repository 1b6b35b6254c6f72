import ConformanceModel
import Cryptography
import Testing

@Suite("Certificates") struct CertificateTests {
  @Test("are made for keys of all kinds, and have them", arguments: SignatureAlgorithm.ofPrivateKeys)
  func made(_ algorithm: SignatureAlgorithm) throws {
    let key = try #require(SigningKey.generate(for: algorithm))
    let certificate = try #require(Certificate(of: key, name: "Ünï", hosts: ["localhost", "127.0.0.1", "::1"]))
    #expect(certificate.publicKey?.thumbprint == key.publicKey.thumbprint)
    #expect(Certificate(der: certificate.der) == certificate)
    #expect(Certificate(pem: certificate.pem) == certificate)
    #expect(Certificate(pem: "text before\n\(certificate.pem)\(certificate.pem)") == certificate)
    // no two are alike: each has a serial number of its own
    #expect(Certificate(of: key, name: "Ünï") != Certificate(of: key, name: "Ünï"))
  }

  @Test("are not read from anything else")
  func unreadable() throws {
    let key = try #require(SigningKey.generate(for: .es256))
    let certificate = try #require(Certificate(of: key, name: "a"))
    for bytes in [[], [0x30], Array(certificate.der.dropLast()), certificate.der + [0]] {
      #expect(Certificate(der: bytes) == nil)
    }
    for text in ["", "-----BEGIN CERTIFICATE-----", try #require(key.pem), String(certificate.pem.dropLast(60))] {
      #expect(Certificate(pem: text) == nil)
    }
  }
}
