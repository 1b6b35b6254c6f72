import ConformanceModel
import Cryptography
import TLS
import Testing

@Suite("TLS connections of a server") struct ServerConnectionTests {
  private static let key = SigningKey.generate(for: .es256)

  private static func context() throws -> TLSServerContext {
    let key = try #require(key)
    let certificate = try #require(Certificate(of: key, name: "server", hosts: ["localhost"]))
    return try TLSServerContext(certificates: certificate.pem, key: try #require(key.pem))
  }

  @Test("need a certificate and its own private key, in PEM and without a password")
  func identity() throws {
    let key = try #require(Self.key), other = try #require(SigningKey.generate(for: .es256))
    let certificate = try #require(Certificate(of: key, name: "server")).pem
    let pem = try #require(key.pem)
    #expect(throws: Never.self) { try TLSServerContext(certificates: certificate, key: pem) }
    #expect(throws: Never.self) { try TLSServerContext(certificates: certificate + pem, key: certificate + pem) }
    let encrypted = """
      -----BEGIN ENCRYPTED PRIVATE KEY-----
      MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAh3
      -----END ENCRYPTED PRIVATE KEY-----
      """
    for (chain, key) in [
      (certificate, try #require(other.pem)), (certificate, ""), ("", pem), ("no certificate", pem), (pem, pem),
      (certificate, certificate), (certificate, encrypted), (String(certificate.prefix(200)), pem),
    ] {
      #expect(throws: TLSError.self) { try TLSServerContext(certificates: chain, key: key) }
    }
  }

  @Test("end with an alert if the client speaks something else, and say why")
  func notTLS() throws {
    let connection = try TLSServerConnection(try Self.context())
    let request = Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    let error = #expect(throws: TLSError.self) { try request.withUnsafeBytes { _ = try connection.receive($0) } }
    #expect(error?.description == "http request")
    #expect(throws: TLSError.self) { try request.withUnsafeBytes { try connection.send($0) } }
    #expect(!connection.isOpen && connection.clientCertificate == nil)
    connection.end()
  }

  @Test("take any bytes without a crash", arguments: 0..<64)
  func anyBytes(_ seed: Int) throws {
    let connection = try TLSServerConnection(try Self.context())
    // the head of a handshake record of any length, and bytes that are none
    let bytes: [UInt8] =
      [22, 3, 1, UInt8(seed & 1), UInt8(truncatingIfNeeded: seed * 37)]
      + (0..<(seed * 19)).map { UInt8(truncatingIfNeeded: $0 * seed) }
    for byte in bytes {
      do {
        #expect(try withUnsafeBytes(of: byte) { try connection.receive($0) }.isEmpty)
      } catch {
        #expect(!connection.isOpen)
        return
      }
    }
    #expect(!connection.isOpen && !connection.hasEnded)
  }
}
