// Reads JUnit XML of any tool, in one pass.

import ConformanceModel
import Files
import Glibc
import RunEvents
import XML

/// The cases of a JUnit file: those of ours, and of other tools, whose dialects differ in all but the names of
/// elements.
struct JUnitFile {
  private(set) var cases: [ComparedRun.Case] = []
  private(set) var target: String?
  private(set) var startedAt: SimulatedInstant?
  private(set) var aborted: String?
  private var withIDs = 0

  var hasIDs: Bool { withIDs == cases.count }

  private static let maxCases = 5_000_000

  /// - Throws: `ReportError` if the file cannot be read, is not JUnit XML, or has no case.
  init(path: String) throws(ReportError) {
    let descriptor: Int32
    do { descriptor = try RegularFile.open(path) } catch { throw ReportError(error) }
    defer { close(descriptor) }
    var reader = Reader()
    do throws(XMLError) {
      try XMLStream.read(descriptor: descriptor) { reader.take($0) }
    } catch {
      throw ReportError(path: path, message: "\(error)")
    }
    if let root = reader.foreignRoot {
      throw ReportError(
        path: path, message: "is not JUnit XML: its root element is <\(SafeText.oneLine(root, longest: 60))>")
    }
    self = reader.file
    guard !cases.isEmpty else {
      throw ReportError(path: path, message: "has no test case: nothing can be compared with it")
    }
  }

  private init() {}

  private struct Reader {
    var file = JUnitFile()
    var foreignRoot: String?

    private var path: [String] = []
    private var suites: [String] = []
    private var isOurs = false
    private var one: ComparedRun.Case?
    /// What our extended report says of the case.
    private var id: String?
    private var warned: Verdict?
    private var text: String?
    private var counts: [String: Int] = [:]

    mutating func take(_ part: XMLPart) {
      switch part {
      case .start(let name, let attributes):
        if path.isEmpty {
          if name != "testsuites", name != "testsuite" { foreignRoot = name }
          isOurs = name == "testsuites" && attributes["name"] == "conform"
        }
        path.append(name)
        start(name, attributes)
      case .text(let piece):
        // only the first line is used
        if let known = text, known.utf8.count < 2000 { text = known + SafeText.start(of: piece, longest: 2000) }
      case .end(let name):
        path.removeLast()
        end(name)
      }
    }

    private mutating func start(_ name: String, _ attributes: [String: String]) {
      switch name {
      case "testsuite":
        suites.append(attributes["name"] ?? "")
        if file.startedAt == nil, let time = attributes["timestamp"] {
          file.startedAt = SimulatedInstant(rfc3339: time) ?? SimulatedInstant(rfc3339: time + "Z")
        }
      case "property": property(attributes["name"] ?? "", attributes["value"] ?? "")
      case "testcase" where one == nil && file.cases.count < JUnitFile.maxCases: begin(attributes)
      case "failure", "error", "skipped": outcome(name, attributes["message"])
      case "system-out" where one != nil && isOurs: text = ""
      default: break
      }
    }

    private mutating func begin(_ attributes: [String: String]) {
      let owner = [attributes["classname"], suites.last].compactMap(\.self).first { !$0.isEmpty }
      var name = [owner, attributes["name"] ?? "without a name"].compactMap(\.self).joined(separator: " ")
      let count = counts[name, default: 0] + 1
      counts[name] = count
      if count > 1 { name += " #\(count)" }
      let seconds = attributes["time"].flatMap { Double($0.filter { $0 != "," }) }.flatMap {
        $0.isFinite && $0 >= 0 ? $0 : nil
      }
      // GoogleTest and CTest say so in an attribute
      let isIdle = ["notrun", "disabled", "skipped"].contains(attributes["status"] ?? "")
      var place: Place?
      if let path = attributes["file"], !path.isEmpty {
        place = Place(file: path, line: attributes["line"].flatMap { Int($0) } ?? 1, column: 1)
      }
      one = ComparedRun.Case(id: name, name: name, verdict: isIdle ? .skipped : .passed, seconds: seconds, place: place)
      id = nil
      warned = nil
    }

    private mutating func property(_ name: String, _ value: String) {
      if one != nil {
        if name == "case", isOurs { id = value }
        if name == "verdict", isOurs { warned = Verdict(rawValue: value) }
      } else if isOurs {
        if name == "target" { file.target = value }
        if name == "started-at" { file.startedAt = SimulatedInstant(rfc3339: value) }
        if name == "aborted" { file.aborted = SafeText.oneLine(value) }
      }
    }

    private mutating func outcome(_ name: String, _ message: String?) {
      guard path.dropLast().last == "testcase", let verdict = one?.verdict else { return }
      // a failure says more than an error that came of it
      switch name {
      case "failure": one?.verdict = .failed
      case "error": if verdict != .failed { one?.verdict = .errored }
      default: if verdict == .passed { one?.verdict = .skipped }
      }
      guard one?.reason == nil else { return }
      if let message, message.contains(where: { !$0.isWhitespace }) {
        one?.reason = SafeText.oneLine(message)
      } else {
        text = ""
      }
    }

    private mutating func end(_ name: String) {
      switch name {
      case "testsuite": suites.removeLast()
      case "failure", "error", "skipped":
        if let text, one?.reason == nil { one?.reason = Reader.firstLine(text) }
        text = nil
      case "system-out":
        // conform reports warnings there
        if let text, one?.verdict == .passed, text.hasPrefix("WARNING: ") {
          one?.verdict = .warned
          one?.reason = Reader.firstLine(String(text.dropFirst(9)))
        }
        text = nil
      case "testcase" where path.last != "testcase": finish()
      default: break
      }
    }

    private mutating func finish() {
      guard var one else { return }
      if let id {
        one.id = id
        file.withIDs += 1
      }
      if let warned { one.verdict = warned }
      file.cases.append(one)
      self.one = nil
    }

    private static func firstLine(_ text: String) -> String? {
      let line = text.split(whereSeparator: \.isNewline).first { $0.contains { !$0.isWhitespace } }
      return line.map { SafeText.oneLine(String($0)) }
    }
  }
}
