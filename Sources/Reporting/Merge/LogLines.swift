// The lines of a run log one after the other, without half a line at its end.

import ConformanceModel
import Glibc
import JSONValue
import RunEvents

enum LogLines {
  /// Hands out each line; a last one without its line break only where it is a whole event all the same.
  static func forEach(_ path: String, _ body: ([UInt8]) throws(ReportError) -> Void) throws(ReportError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("cannot be read", path) }
    defer { close(descriptor) }
    var lines = LineReader(descriptor: descriptor)
    while let line = lines.next() {
      guard line.isWhole || (try? Event(decoding: JSON(parsing: line.bytes))) != nil else { break }
      try body(line.bytes)
    }
    if let failure = lines.failure { throw .system("cannot be read", path, number: failure) }
  }
}
