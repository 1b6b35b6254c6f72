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

  /// - Throws: `ReportError` if the file cannot be read, is not JUnit XML, or has no case.
  init(path: String) throws(ReportError) {
    let descriptor: Int32
    do { descriptor = try RegularFile.open(path) } catch { throw ReportError(error) }
    defer { close(descriptor) }
    var reader = JUnitReader()
    do throws(XMLError) {
      try XMLStream.read(descriptor: descriptor) { reader.take($0) }
    } catch {
      throw ReportError(path: path, message: "\(error)")
    }
    if let root = reader.foreignRoot {
      let name = SafeText.oneLine(root, longest: 60)
      throw ReportError(path: path, message: "is not JUnit XML: its root element is <\(name)>")
    }
    self = reader.file
    guard !cases.isEmpty else {
      throw ReportError(path: path, message: "has no test case; nothing to compare")
    }
  }

  init() {}
}
