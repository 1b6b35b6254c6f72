// TAP 14, the Test Anything Protocol: one line for each case, followed by its findings as a YAML block.

import ConformanceModel
import RunEvents

enum TAP {
  /// A warned case is `ok` with a YAML block; a pending one is skipped.
  static func render(_ log: RunLog, to sink: ReportSink) throws(ReportError) {
    let numbers = log.numbers
    try sink.write("TAP version 14\n")
    if log.isEmptyShard, let part = log.part {
      return try sink.write("1..0 # SKIP \(escaped("\(part) has no case"))\n")
    }
    guard !numbers.isEmpty else {
      return try sink.write(
        "1..0\nBail out! \(escaped(log.summary?.aborted ?? "the run ended before any case was planned"))\n")
    }
    try sink.write("1..\(numbers.count)\n")
    for (index, number) in numbers.enumerated() { try sink.write(point(index + 1, try log.record(number))) }
    if let aborted = log.summary?.aborted { try sink.write("Bail out! \(escaped(aborted))\n") }
  }

  private static func point(_ number: Int, _ record: CaseRecord) -> String {
    let name = "\(number) - \(escaped("\(record.planned.id): \(record.planned.title)"))"
    return switch record.verdict {
    case .passed: "ok \(name)\n"
    case .warned: "ok \(name)\n" + diagnostics(record)
    case .failed, .errored: "not ok \(name)\n" + diagnostics(record)
    case .skipped: "ok \(name) # SKIP \(escaped(record.reason ?? FindingText.noReason))\n"
    case .pending: "ok \(name) # SKIP pending: \(escaped(record.reason ?? FindingText.noReason))\n"
    }
  }

  private static func diagnostics(_ record: CaseRecord) -> String {
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
    lines.append("details: \(quoted(FindingText.details(record)))")
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
