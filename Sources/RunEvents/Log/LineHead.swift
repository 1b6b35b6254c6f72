// The head of a line that tells of one case, read without the rest of it.

/// The number of a case and its shard, as they stand in the first bytes of a line.
package struct LineHead {
  package static let runStarted = Array(#"{"event":"run-started""#.utf8)
  package static let requirements = Array(#"{"event":"requirements""#.utf8)
  package static let planned = Array(#"{"event":"planned","n":"#.utf8)
  package static let finished = Array(#"{"event":"case-finished","n":"#.utf8)
  package static let step = Array(#"{"event":"step""#.utf8)
  package static let runFinished = Array(#"{"event":"run-finished""#.utf8)
  private static let shard = Array(#""shard":"#.utf8)

  package let number: Int
  package let shard: Int?

  /// `nil` where the line is no whole line that starts so, as it is written here.
  package init?(_ line: [UInt8], _ start: [UInt8]) {
    guard line.last == UInt8(ascii: "}"), line.starts(with: start) else { return nil }
    var rest = line[start.count...]
    guard let number = LineHead.takeNumber(&rest) else { return nil }
    self.number = number
    guard rest.starts(with: LineHead.shard) else {
      shard = nil
      return
    }
    rest = rest.dropFirst(LineHead.shard.count)
    guard let shard = LineHead.takeNumber(&rest) else { return nil }
    self.shard = shard
  }

  /// Takes digits and the comma behind them.
  private static func takeNumber(_ rest: inout ArraySlice<UInt8>) -> Int? {
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    guard (1...9).contains(digits.count), rest.dropFirst(digits.count).first == UInt8(ascii: ",") else { return nil }
    rest = rest.dropFirst(digits.count + 1)
    return digits.reduce(0) { 10 * $0 + Int($1 - 0x30) }
  }
}
