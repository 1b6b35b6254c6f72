// GitHub Actions annotations: workflow commands on the standard output, shown at the lines of the scenarios.

import ConformanceModel
import RunEvents

enum GitHubAnnotations {
  /// GitHub shows ten annotations of a kind for each step: nine cases, and one with the number of the others.
  private static let maxCases = 9

  static func render(_ log: RunLog, _ paths: RepositoryPaths = .current) throws(ReportError) -> String {
    try commands(log, "error", [.failed, .errored], paths) + commands(log, "warning", [.warned], paths)
  }

  private static func commands(_ log: RunLog, _ command: String, _ verdicts: [Verdict], _ paths: RepositoryPaths)
    throws(ReportError) -> String
  {
    let numbers = log.numbers.filter { verdicts.contains(log.verdict($0)) }
    // a single other case takes the tenth place itself
    let shown = numbers.count == maxCases + 1 ? numbers.count : maxCases
    var text = ""
    for number in numbers.prefix(shown) {
      let record = try log.record(number)
      let finding = record.mainFinding
      let place = finding?.place ?? Place(file: record.planned.file, line: record.planned.line, column: 1)
      var lines = [finding.map(FindingText.headline) ?? "\(record.verdict.rawValue): \(FindingText.noReason)"]
      if let requirements = finding?.requirements, !requirements.isEmpty {
        lines.append("requirement: \(requirements.map(\.id).joined(separator: ", "))")
      }
      if let step = finding?.step { lines.append("step: \(step)") }
      let properties = [
        ("file", paths.relative(place.file)), ("line", "\(place.line)"), ("endLine", "\(place.line)"),
        ("title", SafeText.oneLine("\(record.planned.id): \(record.planned.title)", longest: 200)),
      ]
      text += "::\(command) " + properties.map { "\($0.0)=\(property($0.1))" }.joined(separator: ",") + "::"
      text += data(lines.map { SafeText.oneLine($0, longest: 1000) }.joined(separator: "\n")) + "\n"
    }
    let rest = numbers.count - min(shown, numbers.count)
    if rest > 0 {
      let ended = command == "error" ? "failed or errored" : "warned"
      text += "::\(command) title=conform::and \(rest) more cases \(ended), see the reports\n"
    }
    return text
  }

  /// Escapes `%` and line breaks (`%25`, `%0D`, `%0A`).
  static func data(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": result += "%25"
      case "\r": result += "%0D"
      case "\n": result += "%0A"
      // the runner executes `##[command]` anywhere in a line
      case "[": result += result.hasSuffix("#") ? "\u{B7}[" : "["
      case let scalar where SafeText.isHidden(scalar): result += SafeText.name(of: scalar)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  static func property(_ text: String) -> String {
    var result = ""
    for scalar in data(text).unicodeScalars {
      switch scalar {
      case ":": result += "%3A"
      case ",": result += "%2C"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
