// Secrets and tokens: random, stored as hashes, compared in constant time.

import ConformanceModel
import Cryptography

enum Secrets {
  /// 256 random bits in the URL-safe alphabet of Base64, which fit `b64token` (RFC 6750 section 2.1) and visible ASCII.
  static func make() -> String { random(bytes: 32) }

  /// An id that starts with its kind; not a secret.
  static func makeID(_ kind: String) -> String { "\(kind)-\(random(bytes: 9))" }

  private static func random(bytes count: Int) -> String {
    // eight bytes of each system call
    var generator = SystemRandomNumberGenerator()
    var bytes: [UInt8] = []
    while bytes.count < count { withUnsafeBytes(of: generator.next()) { bytes += $0.prefix(count - bytes.count) } }
    return Base64.urlEncode(bytes)
  }

  static func hash(_ text: String) -> [UInt8] { SHA256.hash(Array(text.utf8)) }

  /// Whether the hash is that of the text, in constant time.
  static func matches(_ text: String, _ hash: [UInt8]) -> Bool {
    let other = Secrets.hash(text)
    guard other.count == hash.count else { return false }
    return zip(other, hash).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  /// Compared with if there is no client, so that an unknown id takes as long as a wrong secret.
  static let nobody = hash("nobody")
}
