// The head of a line that is about one case, read without the rest of it.

/// The number of a case and its shard, as the first bytes of a line have them.
package struct LineHead {
  package static let runStarted = EventTypes.runStarted.head
  package static let requirements = EventTypes.requirements.head
  package static let planned = EventTypes.casePlanned.head + number
  package static let finished = EventTypes.caseFinished.head + number
  package static let step = EventTypes.stepFinished.head
  package static let numberedStep = step + number
  package static let runFinished = EventTypes.runFinished.head
  package static let number = Array(#","n":"#.utf8)
  private static let shard = Array(#""shard":"#.utf8)

  package let number: Int
  package let shard: Int?

  /// `nil` unless the line is complete and starts like this, as the writer of the log has it.
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

  /// Takes digits and the comma after them.
  private static func takeNumber(_ rest: inout ArraySlice<UInt8>) -> Int? {
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    guard (1...9).contains(digits.count), rest.dropFirst(digits.count).first == UInt8(ascii: ",") else { return nil }
    rest = rest.dropFirst(digits.count + 1)
    return digits.reduce(0) { 10 * $0 + Int($1 - 0x30) }
  }
}
