// The steps of a run log, which are most of it, in one pass.

import ConformanceModel
import Glibc
import JSONValue

extension RunLog {
  /// Calls `body` for all steps in the order in which they were executed; one is in memory at a time.
  package func eachStep(_ body: (StepRecord) -> Void) throws(ReportError) {
    try eachStepLine { line in
      // the incomplete line at the end of a killed run is not a step
      if let step = RunLog.step(line.bytes) { body(step) }
    }
  }

  package func eachStepLine(_ body: (LineReader.Line) throws(ReportError) -> Void) throws(ReportError) {
    try readStepLines(while: { (line) throws(ReportError) -> Bool in
      try body(line)
      return true
    })
  }

  /// The same until `body` returns `false`.
  package func readStepLines(while body: (LineReader.Line) throws(ReportError) -> Bool) throws(ReportError) {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw .system("cannot be read", path) }
    var lines = LineReader(descriptor: descriptor)
    while let line = lines.next() {
      if line.bytes.starts(with: LineHead.step), try !body(line) { return }
    }
    if let failure = lines.failure { throw .system("cannot be read", path, number: failure) }
  }

  package static func step(_ line: [UInt8]) -> StepRecord? {
    guard let json = try? JSON(parsing: line), case .stepFinished(let step)? = try? Event(decoding: json) else {
      return nil
    }
    return step
  }
}
