// The digest with which a run log ends: a log that was changed after it was written is no evidence.

import ConformanceModel
import Cryptography

/// SHA-256 of a log up to the digest itself, which is the last member of its event run-finished.
///
/// `sed '$s/,"digest":.*//' run.jsonl | head -c -1 | sha256sum` gives the same for a log that ends with this event.
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

  /// The line of the event run-finished with the digest of what was taken and of its own members, in place of the digest
  /// that it may have.
  func seal(_ line: [UInt8]) -> [UInt8] {
    let members = Array(LogDigest.parts(of: line)?.members ?? line.dropLast())
    return members + LogDigest.member + Array("\(Hex.digits(hash.digest(with: members)))\"}".utf8)
  }

  /// Whether the line of the event run-finished has the digest of what was taken and of its own members; `nil` if it
  /// does not end with a digest.
  func matches(_ line: [UInt8]) -> Bool? {
    LogDigest.parts(of: line).map { members, digest in
      digest.elementsEqual(Hex.digits(hash.digest(with: Array(members))).utf8)
    }
  }

  /// What is before the last member of a line, and its value, if that member is a digest.
  private static func parts(of line: [UInt8]) -> (members: ArraySlice<UInt8>, digest: ArraySlice<UInt8>)? {
    let start = line.count - length - member.count
    guard start > 0, line[start...].starts(with: member) else { return nil }
    return (line[..<start], line[(start + member.count)...].dropLast(2))
  }
}
