// The digest with which a run log ends: a log that was changed after it was written is no evidence.

import Cryptography

/// SHA-256 of the lines of a log, in the order in which they are written or read.
///
/// The event run-finished holds the digest of all lines before it, so `head -n -1 run.jsonl | sha256sum` gives the same.
final class LogDigest {
  private static let member = Array(#","digest":""#.utf8)
  /// The digest in hexadecimal digits, its quotation mark and the end of the object.
  private static let length = 66

  private let hash = SHA256()

  private static let lineBreak = [UInt8(ascii: "\n")]

  /// Takes a line, without its line break.
  func take(_ line: [UInt8]) {
    hash.update(line)
    hash.update(LogDigest.lineBreak)
  }

  var text: [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return hash.digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  }

  /// The line of the event run-finished with the digest of what was taken, also if it has another one.
  func seal(_ line: [UInt8]) -> [UInt8] {
    var line = line
    line.removeLast(LogDigest.digest(of: line) == nil ? 1 : LogDigest.member.count + LogDigest.length)
    return line + LogDigest.member + text + Array(#""}"#.utf8)
  }

  /// The digest that the line of the event run-finished has as its last member.
  static func digest(of line: [UInt8]) -> ArraySlice<UInt8>? {
    let start = line.count - length - member.count
    guard start > 0, line[start...].starts(with: member) else { return nil }
    return line[(start + member.count)...].dropLast(2)
  }
}
