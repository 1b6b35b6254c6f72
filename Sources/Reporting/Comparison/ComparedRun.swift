// One side of a comparison: a run log, or a JUnit file of any tool.

public import ConformanceModel
import Files
import Glibc
public import RunEvents

/// The results of a run. A few hundred bytes are kept of each case.
public struct ComparedRun {
  /// A case of a run log or of a JUnit file.
  struct Case {
    /// The case id, or class and name in a file of another tool.
    var id: String
    /// Class and name, as JUnit has them.
    var name: String
    /// The name of the JUnit suite.
    var suite = ""
    /// Attributes that can distinguish cases with the same suite, class and name.
    var qualifiers: [String: String] = [:]
    var title: String?
    var verdict: Verdict
    var seconds: Double?
    /// Why it did not pass, on one line.
    var reason: String?
    /// The failing step, as a sentence.
    var step: String?
    var place: Place?
    /// The number in the log.
    var number: Int?
    /// How its attempts ended, if there was more than one: `failed, then passed`.
    var retry: String?
    /// An error or a failure of a whole suite, outside its cases.
    var isSuite = false
  }

  public let path: String
  public let target: String?
  public let startedAt: SimulatedInstant?
  let log: RunLog?
  private(set) var cases: [Case]
  /// The suites of a JUnit file that have no error of their own.
  let healthySuites: Set<String>
  /// What is inconsistent in the file.
  let notes: [String]
  /// All cases have case ids.
  let hasIDs: Bool
  /// Why the run is incomplete: `was stopped (interrupted by SIGINT)`.
  let stopped: String?

  /// - Throws: `ReportError` if the file is neither, or cannot be read.
  public init(path: String) throws(ReportError) {
    switch try ComparedRun.firstByte(of: path) {
    case UInt8(ascii: "{"): try self.init(try RunLog(path: path))
    case UInt8(ascii: "<"), 0xFE, 0xFF: try self.init(junit: path)
    case nil: throw ReportError(path: path, message: "is empty: neither a run log nor JUnit XML")
    default: throw ReportError(path: path, message: "is neither a run log nor JUnit XML")
    }
  }

  public init(_ log: RunLog) throws(ReportError) {
    path = log.path
    target = log.run.target
    startedAt = log.run.startedAt
    self.log = log
    healthySuites = []
    notes = []
    hasIDs = true
    var names = JUnitName()
    var cases: [Case] = []
    // the order of the JUnit report: equal names are numbered in that order
    for suite in log.suites {
      let suiteName = names.unique(suite: suite)
      // a case whose name was lost cannot be found in another run
      for number in log.numbers(inSuite: suite) where log.isNamed(number) {
        let record = try log.record(number)
        let finding = record.mainFinding
        let hasPassed = record.verdict == .passed
        cases.append(
          Case(
            id: record.planned.id, name: names.full(record.planned), suite: suiteName,
            title: record.planned.title, verdict: record.verdict, seconds: record.seconds,
            reason: hasPassed ? nil : FindingText.headline(record).map { SafeText.oneLine($0) },
            step: hasPassed ? nil : finding?.step,
            place: finding?.place ?? Place(file: record.planned.file, line: record.planned.line, column: 1),
            number: number, retry: record.attempts > 1 ? "run \(record.attempts) times" : nil))
      }
    }
    self.cases = cases
    if let aborted = log.summary?.aborted {
      stopped = "was stopped (\(SafeText.oneLine(aborted)))"
    } else {
      stopped = log.summary == nil ? "is incomplete: the run was killed, or is not finished yet" : nil
    }
  }

  /// Whether a case passed, warned or failed. Errored cases were not judged.
  public var isJudged: Bool { cases.contains { [.passed, .warned, .failed].contains($0.verdict) } }

  /// A copy without some cases.
  public func without(_ others: some Sequence<PlannedCase>) -> ComparedRun {
    var names = JUnitName()
    let keys = Set(others.map { hasIDs ? $0.id : names.full($0) })
    var part = self
    part.cases.removeAll { keys.contains(hasIDs ? $0.id : $0.name) }
    return part
  }

  private init(junit path: String) throws(ReportError) {
    self.init(path, try JUnitFile(path: path), hasIDs: nil)
  }

  init(_ path: String, _ file: JUnitFile, hasIDs: Bool?) {
    self.path = path
    target = file.target
    startedAt = file.startedAt
    log = nil
    cases = file.cases
    healthySuites = file.healthySuites
    notes = file.notes
    self.hasIDs = hasIDs ?? file.hasIDs
    stopped = file.aborted.map { "was stopped (\($0))" }
  }

  static func firstByte(of path: String) throws(ReportError) -> UInt8? {
    let descriptor: Int32
    do { descriptor = try RegularFile.open(path) } catch { throw ReportError(error) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw .system("cannot be read", path) }
    let text = bytes.prefix(count)
    return (text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text).first {
      ![0x20, 0x09, 0x0A, 0x0D].contains($0)
    }
  }
}
