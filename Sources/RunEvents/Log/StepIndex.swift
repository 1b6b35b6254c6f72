// The positions of the steps of each case in a run log: found in one pass, read on demand.

import ConformanceModel

/// A few bytes for each step; the steps themselves stay in the file.
package struct StepIndex {
  private struct Entry {
    var number: Int32
    var length: Int32
    var offset: Int64
  }

  private let log: RunLog
  /// In the order of the file, those of one case together.
  private var entries: [Entry] = []
  private var first: [Int32: Int] = [:]

  package init(_ log: RunLog) throws(ReportError) {
    self.log = log
    var entries: [Entry] = []
    try log.eachStepLine { line in
      // the incomplete line at the end of a killed run is not a step
      guard line.isWhole, let number = StepIndex.number(line.bytes) else { return }
      entries.append(Entry(number: number, length: Int32(clamping: line.bytes.count), offset: line.offset))
    }
    entries.sort { ($0.number, $0.offset) < ($1.number, $1.offset) }
    for index in entries.indices where first[entries[index].number] == nil { first[entries[index].number] = index }
    self.entries = entries
  }

  /// The size of the steps of a case in the log, in bytes.
  package func size(of number: Int) -> Int { of(number).reduce(0) { $0 + Int($1.length) } }

  /// The steps of a case, in the order in which they were executed. Lines that are not events are left out.
  package func steps(of number: Int) throws(ReportError) -> [StepRecord] {
    var steps: [StepRecord] = []
    for entry in of(number) {
      let line = try RunLog.read(log.descriptor, log.path, offset: entry.offset, count: Int(entry.length))
      if let step = RunLog.step(line) { steps.append(step) }
    }
    return steps
  }

  private func of(_ number: Int) -> ArraySlice<Entry> {
    guard let number = Int32(exactly: number), let start = first[number] else { return [] }
    return entries[start...].prefix { $0.number == number }
  }

  private static let start = LineHead.step + LineHead.number

  /// The number of the case in the line of a step.
  private static func number(_ line: [UInt8]) -> Int32? {
    guard line.starts(with: start) else { return nil }
    var number: Int32 = 0
    for byte in line[start.count...] {
      guard (0x30...0x39).contains(byte), number < 1 << 24 else { return byte == UInt8(ascii: ",") ? number : nil }
      number = 10 * number + Int32(byte - 0x30)
    }
    return nil
  }
}
