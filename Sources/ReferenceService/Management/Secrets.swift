// Secrets and tokens: made of the system's randomness, kept as hashes, compared in constant time.

import ConformanceModel

enum Secrets {
  /// 256 random bits in the URL-safe alphabet of Base64: fits `b64token` (RFC 6750 section 2.1) and visible ASCII.
  static func make() -> String { random(bytes: 32) }

  /// An id that says what it is of; not a secret.
  static func makeID(_ kind: String) -> String { "\(kind)-\(random(bytes: 9))" }

  private static func random(bytes count: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<count).map { _ in UInt8.random(in: 0 ... .max, using: &generator) }
    return String(Base64.encode(bytes).compactMap { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 == "=" ? nil : $0 })
  }

  static func hash(_ text: String) -> [UInt8] { SHA256.hash(Array(text.utf8)) }

  /// Whether this text is the one that was hashed. The time does not tell where they differ.
  static func matches(_ text: String, _ hash: [UInt8]) -> Bool {
    let other = Secrets.hash(text)
    guard other.count == hash.count else { return false }
    return zip(other, hash).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  /// Compared with where there is no client, so that an unknown id costs as much time as a wrong secret.
  static let nobody = hash("nobody")
}
