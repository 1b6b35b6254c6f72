// Splits what a program prints into lines, in bounded memory.

/// Passes whole lines through a filter that masks secrets.
///
/// A line that is too long is truncated with a note. The text before the cut is dropped as far as a secret can reach,
/// since the filter does not recognize the first part of a secret.
struct LineFilter {
  static let maxLine = 256 << 10
  /// The length of the longest masked form of a secret.
  static let maxSecret = 16 << 10

  private let filter: ([UInt8]) -> [UInt8]
  private var line: [UInt8] = []
  /// Bytes of the current line that were dropped; `nil` if it is not too long so far.
  private var dropped: Int?

  /// - Parameter filter: Takes one or more lines with their line breaks.
  init(_ filter: @escaping ([UInt8]) -> [UInt8]) { self.filter = filter }

  /// Takes some bytes, and returns the lines that they end.
  mutating func add(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var lines: [UInt8] = []
    for byte in bytes {
      if let count = dropped {
        dropped = count + 1
        if byte == UInt8(ascii: "\n") { result += endOfTruncatedLine() }
        continue
      }
      line.append(byte)
      if byte == UInt8(ascii: "\n") {
        lines += line
        line.removeAll(keepingCapacity: true)
      } else if line.count >= LineFilter.maxLine {
        result += filter(lines) + filter(line).dropLast(LineFilter.maxSecret)
        lines = []
        line = []
        dropped = LineFilter.maxSecret
      }
    }
    return result + (lines.isEmpty ? [] : filter(lines))
  }

  /// Returns the last line, if no line break ended it.
  mutating func finish() -> [UInt8] {
    defer { line = [] }
    if dropped != nil { return endOfTruncatedLine() }
    return line.isEmpty ? [] : filter(line)
  }

  private mutating func endOfTruncatedLine() -> [UInt8] {
    defer { dropped = nil }
    return Array("… \(dropped ?? 0) bytes of this line omitted\n".utf8)
  }
}
