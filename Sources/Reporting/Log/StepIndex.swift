// Where the steps of each case stand in a run log: found in one pass, read when they are asked for.

import Conformance
import Glibc

/// A few bytes for each step; the steps themselves stay in the file.
struct StepIndex {
  private struct Entry {
    var number: Int32
    var length: Int32
    var offset: Int64
  }

  private let path: String
  /// In the order of the file, those of one case together.
  private var entries: [Entry] = []
  private var first: [Int32: Int] = [:]

  init(_ log: RunLog) throws(ReportError) {
    path = log.path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("cannot be read", path) }
    defer { close(descriptor) }
    var lines = LineReader(descriptor: descriptor)
    while let line = lines.next() {
      // what was cut off at the end of a killed run is no step
      guard line.isWhole, let number = StepIndex.number(line.bytes) else { continue }
      entries.append(Entry(number: number, length: Int32(clamping: line.bytes.count), offset: line.offset))
    }
    if let failure = lines.failure { throw .system("cannot be read", path, number: failure) }
    entries.sort { ($0.number, $0.offset) < ($1.number, $1.offset) }
    for index in entries.indices where first[entries[index].number] == nil { first[entries[index].number] = index }
  }

  /// How many bytes the steps of a case take in the log.
  func size(of number: Int) -> Int { of(number).reduce(0) { $0 + Int($1.length) } }

  /// The lines of the steps of a case, in the order in which they were played.
  func lines(of number: Int, from descriptor: Int32) throws(ReportError) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    for entry in of(number) { lines.append(try RunLog.read(descriptor, path, offset: entry.offset, count: Int(entry.length))) }
    return lines
  }

  private func of(_ number: Int) -> ArraySlice<Entry> {
    guard let number = Int32(exactly: number), let start = first[number] else { return [] }
    return entries[start...].prefix { $0.number == number }
  }

  private static let start = LineHead.step + Array(#","n":"#.utf8)

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
