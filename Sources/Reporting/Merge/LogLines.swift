// The lines of a run log one after the other, without an incomplete line at its end.

import ConformanceModel
import Files
import Glibc
import JSONValue
import RunEvents

enum LogLines {
  /// Calls `body` for each line. A last line without its line break counts if it is a complete event.
  static func forEach(_ path: String, _ body: ([UInt8]) throws(ReportError) -> Void) throws(ReportError) {
    let descriptor: Int32
    do { descriptor = try RegularFile.open(path) } catch { throw ReportError(error) }
    defer { close(descriptor) }
    var lines = LineReader(descriptor: descriptor)
    while let line = lines.next() {
      guard line.isWhole || (try? Event(decoding: JSON(parsing: line.bytes))) != nil else { break }
      try body(line.bytes)
    }
    if let failure = lines.failure { throw .system("cannot be read", path, number: failure) }
  }
}
