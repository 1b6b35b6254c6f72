// Keeps a report within what its readers accept, however much the failures have to say.

import XML

/// Shares what a file may hold among the cases that have something to say: what one leaves over, the next may use.
struct JUnitBudget {
  /// Consumers give up on files over 30 MB, and on single texts over 1 MB.
  static let maxFile = 28_000_000
  static let maxText = 990_000
  /// Of a text that had to be cut at least this much is left.
  static let shortestText = 200
  /// What a case takes at most without its text: names, class name, markup.
  static let frame = 500

  private var rest: Int
  private var cases: Int

  /// - Parameters:
  ///   - cases: How many cases the report has.
  ///   - speaking: How many of them have a text.
  init(cases: Int, speaking: Int) {
    rest = max(0, JUnitBudget.maxFile - cases * JUnitBudget.frame)
    self.cases = max(1, speaking)
  }

  /// The text as the file can hold it: without illegal characters, and without its middle where that is too long.
  /// - Parameter message: What stands in an attribute beside it, and takes its part.
  mutating func fit(_ text: String, beside message: String = "") -> String {
    let share = min(
      JUnitBudget.maxText, max(JUnitBudget.shortestText, rest / max(1, cases) - JUnitBudget.size(message)))
    let fitting = JUnitBudget.cut(XMLText.legal(text), to: share)
    rest = max(0, rest - JUnitBudget.size(fitting) - JUnitBudget.size(message))
    cases -= 1
    return fitting
  }

  /// Bytes that a text takes in the file.
  static func size(_ text: String) -> Int { text.utf8.reduce(0) { $0 + size($1) } }

  private static func size(_ byte: UInt8) -> Int {
    switch byte {
    case UInt8(ascii: "&"), 0x0D: 5
    case UInt8(ascii: "<"), UInt8(ascii: ">"): 4
    case UInt8(ascii: "\""): 6
    default: 1
    }
  }

  /// Leaves out the middle of a text that takes more bytes than `longest` in the file, and says how much.
  static func cut(_ text: String, to longest: Int) -> String {
    guard size(text) > longest else { return text }
    let bytes = Array(text.utf8)
    let half = max(20, (longest - 60) / 2)
    var (start, end) = (0, bytes.count)
    var spent = 0
    while start < end, spent + size(bytes[start]) <= half {
      spent += size(bytes[start])
      start += 1
    }
    spent = 0
    while end > start, spent + size(bytes[end - 1]) <= half {
      end -= 1
      spent += size(bytes[end])
    }
    // not within a character
    while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    return String(decoding: bytes[..<start], as: UTF8.self) + "\n… \(end - start) bytes left out …\n"
      + String(decoding: bytes[end...], as: UTF8.self)
  }
}
