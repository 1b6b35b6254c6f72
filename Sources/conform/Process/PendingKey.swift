// The encryption of pending cases: their file holds tokens, and CI systems store it between jobs.

import ConformanceModel
import Cryptography

/// A secret, from which HKDF with SHA-256 (RFC 5869) derives the key of each file for AES-256-GCM (NIST SP 800-38D).
struct PendingKey: Sendable {
  static let variable = "CONFORM_PENDING_KEY"
  static let algorithm = "HKDF-SHA256, AES-256-GCM"
  private static let info = Array("conform pending.jsonl".utf8)
  private static let minLength = 16

  private let secret: [UInt8]

  /// - Returns: `nil` if the variable is not set or empty.
  /// - Throws: `StartError` if the secret is too short.
  init?(_ environment: [String: String]) throws(StartError) {
    guard let text = environment[PendingKey.variable], !text.isEmpty else { return nil }
    guard text.utf8.count >= PendingKey.minLength else {
      throw StartError(
        .usageError,
        "\(PendingKey.variable) is too short: at least \(PendingKey.minLength) bytes, "
          + "for example from 'openssl rand -hex 32'"
      )
    }
    secret = Array(text.utf8)
  }

  static var randomSalt: [UInt8] { (0..<16).map { _ in UInt8.random(in: 0 ... .max) } }

  /// - Parameter header: The first line of the file: a change of it is detected too.
  func seal(_ bytes: [UInt8], salt: [UInt8], header: [UInt8]) -> String? {
    cipher(salt)?.seal(bytes, header: header).map(Base64.encode)
  }

  /// - Returns: `nil` if the key is wrong, or the text or the header were changed.
  func open(_ text: String, salt: [UInt8], header: [UInt8]) -> [UInt8]? {
    Base64.decode(text).flatMap { cipher(salt)?.open($0, header: header) }
  }

  private func cipher(_ salt: [UInt8]) -> AES256GCM? {
    HKDF.key(from: secret, salt: salt, info: PendingKey.info, length: AES256GCM.keyLength).flatMap(AES256GCM.init)
  }
}
