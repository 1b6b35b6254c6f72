// What the index needs of the line of a finished case, found without decoding the rest.

import ConformanceModel
import JSONValue

/// The outcome of a case. The texts of a line are most of it, and an overview does not need them.
struct LineOutcome {
  let head: LineHead
  let suite: String
  /// The index in `RunLog.verdicts`.
  let verdict: UInt8
  let seconds: Double
  let startedAt: Int64
  let exchanges: Int
  /// Whether nothing in the line has to be compared with its verdict: a case that passed, or was skipped, without
  /// findings.
  let isPlain: Bool

  /// `nil` if the line differs from what the writer of a log writes: it is then decoded as a whole, which reports what
  /// is wrong.
  init?(_ line: [UInt8]) {
    guard let head = LineHead(line, LineHead.finished) else { return nil }
    var members = Members()
    var isReadable = true
    let isObject = line.withUnsafeBufferPointer { buffer in
      var walker = JSONWalker(buffer)
      return walker.members { name, value in
        if !members.take(name, value) { isReadable = false }
      }
    }
    guard isObject, isReadable, let suite = LineOutcome.unquoted(members.suite),
      let word = LineOutcome.unquoted(members.verdict).flatMap({ Verdict(rawValue: $0) }),
      let verdict = RunLog.verdicts.firstIndex(of: word),
      let seconds = members.seconds.flatMap({ try? LineOutcome.duration.read(.number($0), "seconds") }),
      let start = members.startedAt.flatMap({ try? LineOutcome.instant.read(.number($0), "started-at") })
    else { return nil }
    // a number that cannot be read fails the reports that read the whole line
    exchanges = members.exchanges.flatMap { Int($0) } ?? 0
    self.head = head
    self.suite = suite
    self.verdict = UInt8(verdict)
    self.seconds = seconds
    startedAt = start.milliseconds
    self.isPlain = (word == .passed || word == .skipped) && (members.findings ?? "[]") == "[]"
  }

  /// The members that the index needs, as they are written.
  private struct Members {
    var suite: String?
    var verdict: String?
    var seconds: String?
    var startedAt: String?
    var findings: String?
    var exchanges: String?

    /// - Returns: Whether the line can be read without decoding it.
    mutating func take(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) -> Bool {
      if name.isSame(as: "suite") { return Members.take(value, &suite) }
      if name.isSame(as: "verdict") { return Members.take(value, &verdict) }
      if name.isSame(as: "seconds") { return Members.take(value, &seconds) }
      if name.isSame(as: "started-at") { return Members.take(value, &startedAt) }
      if name.isSame(as: "findings") { return Members.take(value, &findings) }
      if name.isSame(as: "exchanges") { return Members.take(value, &exchanges) }
      return true
    }

    /// Texts with escapes are decoded, and so are repeated members, of which the last one counts.
    private static func take(_ value: UnsafeBufferPointer<UInt8>, _ member: inout String?) -> Bool {
      guard member == nil, !value.contains(UInt8(ascii: "\\")), let text = String(valid: value) else { return false }
      member = text
      return true
    }
  }

  private static let duration = Codec<Double>.seconds
  private static let instant = Codec<SimulatedInstant>.wall

  /// The content of a string that has no escapes.
  private static func unquoted(_ value: String?) -> String? {
    guard let value, value.utf8.count >= 2, value.utf8.first == UInt8(ascii: "\"") else { return nil }
    return String(value.utf8.dropFirst().dropLast())
  }
}
