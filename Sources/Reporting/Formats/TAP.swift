// TAP 14, the Test Anything Protocol: one line for each case, followed by its findings as a YAML block.

import ConformanceModel
import RunEvents

/// A warned case is `ok` with a YAML block; a pending one is skipped.
struct TAP: ReportRenderer {
  private let log: RunLog
  private let sink: ReportSink
  /// How many cases are written.
  private var count = 0

  init(_ log: RunLog, _ sink: ReportSink) {
    self.log = log
    self.sink = sink
  }

  func start() throws(ReportError) {
    try sink.write("TAP version 14\n1..\(log.caseCount)")
    if log.isEmptyShard, let part = log.part { try sink.write(" # SKIP \(TAP.escaped("\(part) has no case"))") }
    try sink.write("\n")
  }

  mutating func handle(_ view: CaseView) throws(ReportError) {
    count += 1
    try sink.write(TAP.point(count, view))
  }

  func finish() throws(ReportError) {
    let isEmpty = log.caseCount == 0 && !log.isEmptyShard
    let reason = log.summary?.aborted ?? (isEmpty ? "the run ended before any case was planned" : nil)
    if let reason { try sink.write("Bail out! \(TAP.escaped(reason))\n") }
  }

  private static func point(_ number: Int, _ view: CaseView) -> String {
    let record = view.record
    let name = "\(number) - \(escaped("\(record.planned.id): \(record.planned.title)"))"
    return switch record.verdict {
    case .passed: "ok \(name)\n"
    case .warned: "ok \(name)\n" + diagnostics(view)
    case .failed, .errored: "not ok \(name)\n" + diagnostics(view)
    case .skipped: "ok \(name) # SKIP \(escaped(record.reason ?? FindingText.noReason))\n"
    case .pending: "ok \(name) # SKIP pending: \(escaped(record.reason ?? FindingText.noReason))\n"
    }
  }

  private static func diagnostics(_ view: CaseView) -> String {
    let record = view.record
    let finding = record.mainFinding
    let severity =
      switch record.verdict {
      case .warned: "warning"
      case .errored: "error"
      default: "fail"
      }
    let headline = finding.map(FindingText.headline) ?? record.verdict.rawValue
    var lines = ["---", "message: \(quoted(headline))", "severity: \(severity)"]
    let place = finding?.place ?? Place(file: record.planned.file, line: record.planned.line, column: 1)
    lines.append("at: {file: \(quoted(place.file)), line: \(place.line)}")
    if let expected = finding?.expected { lines.append("expected: \(quoted(expected))") }
    if let actual = finding?.actual { lines.append("actual: \(quoted(actual))") }
    lines.append("details: \(quoted(view.details))")
    lines.append("...")
    return lines.map { "  \($0)\n" }.joined()
  }

  /// One line that contains no directive: `\` and `#` are escaped. Parsers of earlier TAP versions do not know escapes,
  /// so a directive is broken up as well.
  private static func escaped(_ text: String) -> String {
    var result = ""
    var rest = SafeText.forConsole(SafeText.oneLine(text, longest: 300)).unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if scalar == "\\" || scalar == "#" { result += "\\" }
      result.unicodeScalars.append(scalar)
      if scalar == "#", isDirective(rest) { result += "\u{B7}" }
    }
    return result
  }

  private static func isDirective(_ text: Substring.UnicodeScalarView) -> Bool {
    let word = String(text.drop(while: \.properties.isWhitespace).prefix(4)).lowercased()
    return word == "skip" || word == "todo"
  }

  /// A double-quoted string of YAML 1.2 in ASCII, in which a CI system finds no command.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in SafeText.start(of: text, longest: 20_000).unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "#": result += "\\x23"
      case " "..."~": result.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        let length = scalar.value < 0x100 ? 2 : scalar.value < 0x10000 ? 4 : 8
        result +=
          "\\" + (length == 2 ? "x" : length == 4 ? "u" : "U") + String(repeating: "0", count: length - digits.count)
          + digits
      }
    }
    return result + "\""
  }
}
