// Keeps a report within the sizes that its consumers accept.

import XML

/// Divides the space of a file among the cases that have a text. What one case leaves over, the next may use.
struct JUnitBudget {
  /// In bytes. Consumers refuse files over 30 MB and single texts over 1 MB.
  static let maxFile = 28_000_000
  static let maxText = 990_000
  /// The size to which a text is cut at most.
  static let minText = 200
  /// What a case takes at most without its text: names, class name, markup.
  static let maxFrame = 500

  private var rest: Int
  private var cases: Int

  /// - Parameters:
  ///   - cases: How many cases the report has.
  ///   - withText: How many of them have a text.
  init(cases: Int, withText: Int) {
    rest = max(0, JUnitBudget.maxFile - cases * JUnitBudget.maxFrame)
    self.cases = max(1, withText)
  }

  /// The text as the file can hold it: without illegal characters, and without its middle if it is too long.
  ///
  /// - Parameter message: The attribute of the same element; its size counts too.
  /// - Parameter isLast: The case has no further text.
  mutating func fit(_ text: String, message: String = "", isLast: Bool = true) -> String {
    let share = min(JUnitBudget.maxText, max(JUnitBudget.minText, rest / max(1, cases) - JUnitBudget.size(message)))
    let fitting = JUnitBudget.cut(XMLText.legal(text), to: share)
    rest = max(0, rest - JUnitBudget.size(fitting) - JUnitBudget.size(message))
    if isLast { cases -= 1 }
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

  /// Omits the middle of a text that takes more than `maxSize` bytes in the file, with a note of how much.
  static func cut(_ text: String, to maxSize: Int) -> String {
    guard size(text) > maxSize else { return text }
    let bytes = Array(text.utf8)
    let half = max(20, (maxSize - 60) / 2)
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
    // never inside a character
    while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    return String(decoding: bytes[..<start], as: UTF8.self) + "\n… \(end - start) bytes omitted …\n"
      + String(decoding: bytes[end...], as: UTF8.self)
  }
}
