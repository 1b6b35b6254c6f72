// Collects the cases of a JUnit file from the parts of the document, in one pass.

import ConformanceModel
import XML

struct JUnitReader {
  /// An open `testsuite` element.
  private struct Suite {
    var name: String
    /// The names of the enclosing suites and its own.
    var path: String
    var attributes: [String: String]
    var cases = 0
    var bad = 0
    var isNested = false
    /// An error or failure of the suite itself.
    var verdict: Verdict?
    var reason: String?
  }

  private(set) var file = JUnitFile()
  /// The root element of a document that is not JUnit XML.
  private(set) var foreignRoot: String?

  private var path: [String] = []
  private var suites: [Suite] = []
  private var isConform = false
  private var current: ComparedRun.Case?
  /// The case id and the verdict in conform's extended report.
  private var id: String?
  private var verdict: Verdict?
  private var text: String?
  /// A message without a reason, for a failure without text.
  private var fallback: String?
  private static let emptyWords: Set = ["failed", "failure", "error", "test failed", "failed test"]

  /// The innermost open element.
  var openElement: String? { path.last }

  /// Only the first line of a text is used.
  private static let maxText = 2000

  mutating func take(_ part: XMLPart) {
    switch part {
    case .start(let name, let attributes):
      if path.isEmpty {
        if name != "testsuites", name != "testsuite" { foreignRoot = name }
        isConform = name == "testsuites" && attributes["name"] == "conform"
      }
      path.append(name)
      start(name, attributes)
    case .text(let piece):
      if let known = text, known.utf8.count < JUnitReader.maxText {
        text = known + SafeText.start(of: piece, longest: JUnitReader.maxText)
      }
    case .end(let name):
      path.removeLast()
      end(name)
    }
  }

  private mutating func start(_ name: String, _ attributes: [String: String]) {
    switch name {
    case "testsuite": begin(suite: attributes)
    case "property": property(attributes["name"] ?? "", attributes["value"] ?? "")
    case "testcase" where current == nil && file.cases.count < JUnitFile.maxCases: begin(case: attributes)
    case "failure", "error", "skipped": outcome(name, attributes["message"])
    // Surefire: an earlier attempt failed, and the case passed in the end
    case "flakyFailure", "flakyError": current?.retry = "failed, then passed"
    case "system-out" where current != nil && isConform: text = ""
    default: break
    }
  }

  private mutating func begin(suite attributes: [String: String]) {
    let name = attributes["name"] ?? ""
    if let last = suites.indices.last { suites[last].isNested = true }
    let path = (suites.map(\.name) + [name]).filter { !$0.isEmpty }.joined(separator: " / ")
    suites.append(Suite(name: name, path: path, attributes: attributes))
    if file.startedAt == nil, let time = attributes["timestamp"] {
      file.startedAt = SimulatedInstant(rfc3339: time) ?? SimulatedInstant(rfc3339: time + "Z")
    }
  }

  private mutating func begin(case attributes: [String: String]) {
    // Surefire leaves the name of what fails before the first test of a class empty
    let name = attributes["name"].flatMap { $0.isEmpty ? nil : $0 } ?? "without a name"
    let suite = suites.last
    let owner = [attributes["classname"], suite?.name].compactMap(\.self).first { !$0.isEmpty }
    let seconds = attributes["time"].flatMap(JUnitSeconds.read)
    // GoogleTest and CTest
    let wasNotRun = ["notrun", "disabled", "skipped"].contains(attributes["status"] ?? "")
    var place: Place?
    if let path = attributes["file"], !path.isEmpty {
      place = Place(file: path, line: attributes["line"].flatMap { Int($0) } ?? 1, column: 1)
    }
    // jest-junit's class is the name once more
    let title = owner == name ? name : [owner, name].compactMap(\.self).joined(separator: " ")
    current = ComparedRun.Case(
      id: title, name: title, suite: suite?.path ?? "", verdict: wasNotRun ? .skipped : .passed, seconds: seconds,
      place: place)
    if !isConform { current?.qualifiers = JUnitReader.qualifiers(attributes, suite?.attributes ?? [:]) }
    id = nil
    verdict = nil
  }

  /// What distinguishes cases with the same suite, class and name.
  private static func qualifiers(_ attributes: [String: String], _ suite: [String: String]) -> [String: String] {
    var qualifiers: [String: String] = [:]
    for name in CaseIdentity.qualifiers { if let value = suite[name], !value.isEmpty { qualifiers[name] = value } }
    if let file = attributes["file"], !file.isEmpty { qualifiers["file"] = file }
    return qualifiers
  }

  private mutating func property(_ name: String, _ value: String) {
    guard isConform else { return }
    switch name {
    case "case" where current != nil: id = value
    case "verdict" where current != nil: verdict = Verdict(rawValue: value)
    case "target" where current == nil: file.target = value
    case "started-at" where current == nil: file.startedAt = SimulatedInstant(rfc3339: value)
    case "aborted" where current == nil: file.aborted = SafeText.oneLine(value)
    default: break
    }
  }

  private mutating func outcome(_ name: String, _ message: String?) {
    // go-junit-report writes "Failed", and the reason into the text
    let hasMessage =
      message?.contains { !$0.isWhitespace } == true
      && !(name != "skipped" && message.map { JUnitReader.emptyWords.contains($0.lowercased()) } ?? false)
    fallback = hasMessage ? nil : message
    let reason = hasMessage ? message.map { SafeText.oneLine($0) } : nil
    switch path.dropLast().last {
    case "testcase":
      guard let known = current?.verdict else { return }
      // a failure says more than an error that follows from it
      switch name {
      case "failure": current?.verdict = .failed
      case "error": if known != .failed { current?.verdict = .errored }
      default: if known == .passed { current?.verdict = .skipped }
      }
      guard current?.reason == nil else { return }
      current?.reason = reason
    case "testsuite":
      guard name != "skipped", let last = suites.indices.last, suites[last].verdict == nil else { return }
      suites[last].verdict = name == "failure" ? .failed : .errored
      suites[last].reason = reason
    default: return
    }
    if reason == nil { text = "" }
  }

  private mutating func end(_ name: String) {
    switch name {
    case "testsuite": finishSuite()
    case "failure", "error", "skipped":
      if let line = text.flatMap(JUnitReader.firstLine) ?? fallback.flatMap(JUnitReader.firstLine) {
        if var one = current {
          one.reason = one.reason ?? line
          current = one
        } else if let last = suites.indices.last, suites[last].verdict != nil, suites[last].reason == nil {
          suites[last].reason = line
        }
      }
      text = nil
      fallback = nil
    case "system-out":
      // conform's plain report has its warnings here
      if let text, current?.verdict == .passed, text.hasPrefix("WARNING: ") {
        current?.verdict = .warned
        current?.reason = JUnitReader.firstLine(String(text.dropFirst(9)))
      }
      text = nil
    case "testcase" where path.last != "testcase": finishCase()
    default: break
    }
  }

  private mutating func finishCase() {
    guard var one = current else { return }
    current = nil
    if let id {
      one.id = id
      file.casesWithID += 1
    }
    if let verdict { one.verdict = verdict }
    for index in suites.indices {
      suites[index].cases += 1
      if one.verdict.isGood == false { suites[index].bad += 1 }
    }
    file.cases.append(one)
  }

  private mutating func finishSuite() {
    guard let suite = suites.popLast() else { return }
    check(suite)
    let identity = CaseIdentity.suite(suite.path)
    guard let verdict = suite.verdict else {
      file.healthySuites.insert(identity)
      return
    }
    for index in suites.indices { suites[index].bad += 1 }
    file.cases.append(
      ComparedRun.Case(
        id: "suite \(suite.path)", name: identity, suite: suite.path, verdict: verdict, reason: suite.reason,
        isSuite: true))
  }

  /// Notes if a suite counts more cases or failures than it contains.
  private mutating func check(_ suite: Suite) {
    func count(_ name: String) -> Int { suite.attributes[name].flatMap { Int($0) } ?? 0 }
    let bad = count("failures") + count("errors"), found = suite.bad + (suite.verdict == nil ? 0 : 1)
    var missing: [String] = []
    if count("tests") > suite.cases { missing.append("\(count("tests").counted("test")), and has \(suite.cases)") }
    if bad > found { missing.append("\(bad.counted("failure")), and has \(found)") }
    guard !missing.isEmpty, !isConform, file.notes.count < JUnitFile.maxNotes else { return }
    let name = SafeText.oneLine(suite.path, longest: 100)
    file.notes.append("is incomplete: the suite '\(name)' counts \(missing.joined(separator: "; it counts "))")
  }

  private static func firstLine(_ text: String) -> String? {
    let line = text.split(whereSeparator: \.isNewline).first { $0.contains { !$0.isWhitespace } }
    return line.map { SafeText.oneLine(String($0.drop(while: \.isWhitespace))) }
  }
}
