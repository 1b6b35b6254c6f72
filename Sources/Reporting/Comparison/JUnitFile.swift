// The cases of a JUnit XML file of any tool.

import ConformanceModel
import Files
import Glibc
import RunEvents
import XML

/// A JUnit file of conform or of another tool. The dialects share little more than the names of the elements.
struct JUnitFile {
  var cases: [ComparedRun.Case] = []
  /// The suites without an error of their own, by their identity.
  var healthySuites: Set<String> = []
  var target: String?
  var startedAt: SimulatedInstant?
  var aborted: String?
  /// What is inconsistent in the file.
  var notes: [String] = []
  var casesWithID = 0

  /// All cases have a case id of conform.
  var hasIDs: Bool { casesWithID == cases.count }

  static let maxCases = 5_000_000
  static let maxNotes = 5

  /// Why it is not a JUnit file with results, if it is well-formed XML.
  private(set) var refusal: String?

  /// - Throws: `ReportError` if the file cannot be read, is not JUnit XML, or has no case.
  init(path: String) throws(ReportError) {
    try self.init(anyXML: path)
    if let refusal { throw ReportError(path: path, message: refusal) }
  }

  /// A file of a folder, which may be another XML file.
  ///
  /// - Throws: `ReportError` if the file cannot be read, or is not well-formed.
  init(anyXML path: String) throws(ReportError) {
    let descriptor: Int32
    do { descriptor = try RegularFile.open(path) } catch { throw ReportError(error) }
    defer { close(descriptor) }
    var reader = JUnitReader()
    do throws(XMLError) {
      try XMLStream.read(descriptor: descriptor) { reader.take($0) }
    } catch {
      guard error.isTruncated else { throw ReportError(path: path, message: "\(error)") }
      let place = reader.openElement.map { "inside of <\(SafeText.oneLine($0, longest: 60))>" } ?? "too early"
      let cases = reader.file.cases.count.counted("case")
      throw ReportError(path: path, message: "is truncated: it ends \(place), after \(cases)")
    }
    self = reader.file
    if let root = reader.foreignRoot {
      refusal = "is not JUnit XML: its root element is <\(SafeText.oneLine(root, longest: 60))>"
    } else if cases.isEmpty {
      refusal = "has no test case; nothing to compare"
    }
  }

  init() {}
}
