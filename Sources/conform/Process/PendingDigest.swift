// The digest of a line of pending.jsonl: a case that somebody edited would be judged by values that it never saw.

import ConformanceModel
import Cryptography

/// SHA-256 (FIPS 180-4) of the first line of the file and of the line itself, as its last member. It reports an edit;
/// a person who means to deceive can compute it too, and only encryption (`PendingKey`) prevents that.
enum PendingDigest {
  private static let start = Array(#","digest":""#.utf8)
  private static let end = Array(#""}"#.utf8)
  private static let length = start.count + 64 + end.count

  /// The line with its digest.
  ///
  /// - Parameter bytes: A JSON object with at least one member.
  static func add(to bytes: [UInt8], header: [UInt8]) -> [UInt8] {
    let digits = Hex.digits(SHA256.hash(header + [UInt8(ascii: "\n")] + bytes))
    return bytes.dropLast() + start + Array(digits.utf8) + end
  }

  /// The line without its digest; `nil` if it is not the line that was written, or the first line is another.
  static func removed(from line: [UInt8], header: [UInt8]) -> [UInt8]? {
    guard line.count > length else { return nil }
    let bytes = line.dropLast(length) + [UInt8(ascii: "}")]
    return add(to: Array(bytes), header: header) == line ? Array(bytes) : nil
  }
}
