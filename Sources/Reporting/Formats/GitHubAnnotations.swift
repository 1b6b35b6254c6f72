// GitHub Actions annotations: workflow commands on the standard output, shown at the lines of the scenarios.

import ConformanceModel
import RunEvents

struct GitHubAnnotations: ReportRenderer {
  /// GitHub shows ten annotations of a kind for each step: nine cases, and one with the number of the others.
  private static let maxCases = 9

  /// The annotations of one kind.
  private struct Commands {
    let command: String
    let shown: Set<Int>
    /// How many cases are not shown.
    let rest: Int
    var text = ""

    init(_ command: String, _ verdicts: [Verdict], _ log: RunLog) {
      self.command = command
      let numbers = log.numbers.filter { verdicts.contains(log.verdict($0)) }
      // a single other case takes the tenth place itself
      shown = Set(numbers.prefix(numbers.count == maxCases + 1 ? numbers.count : maxCases))
      rest = numbers.count - shown.count
    }
  }

  private let sink: ReportSink
  private let target: String
  private let paths = RepositoryPaths.current
  private var errors: Commands
  private var warnings: Commands

  init(_ log: RunLog, _ sink: ReportSink) {
    self.sink = sink
    target = log.run.targetFile
    errors = Commands("error", [.failed, .errored], log)
    warnings = Commands("warning", [.warned], log)
  }

  func needs(_ number: Int) -> Bool { errors.shown.contains(number) || warnings.shown.contains(number) }

  mutating func handle(_ view: CaseView) throws(ReportError) {
    if view.verdict == .warned {
      warnings.text += command(warnings.command, view.record)
    } else {
      errors.text += command(errors.command, view.record)
    }
  }

  func finish() throws(ReportError) {
    for commands in [errors, warnings] {
      try sink.write(commands.text)
      guard commands.rest > 0 else { continue }
      let ended = commands.command == "error" ? "failed or errored" : "warned"
      try sink.write(
        "::\(commands.command) title=conform::and \(commands.rest) more cases \(ended), see the reports\n")
    }
  }

  private func command(_ command: String, _ record: CaseRecord) -> String {
    let finding = record.mainFinding
    let place = finding?.place ?? Place(file: record.planned.file, line: record.planned.line, column: 1)
    var lines = [finding.map(FindingText.headline) ?? "\(record.verdict.rawValue): \(FindingText.noReason)"]
    if let requirements = finding?.requirements, !requirements.isEmpty {
      lines.append("requirement: \(requirements.map(\.id).joined(separator: ", "))")
    }
    if let step = finding?.step { lines.append("step: \(step)") }
    var properties = [("title", SafeText.oneLine("\(record.planned.id): \(record.planned.title)", longest: 200))]
    // GitHub shows an annotation of a file that is not in the repository nowhere
    if let shown = paths.place(place, orTarget: target) {
      properties = [("file", shown.file), ("line", "\(shown.line)"), ("endLine", "\(shown.line)")] + properties
    }
    if paths.place(place, orTarget: "") == nil { lines.append("at \(place.file):\(place.line)") }
    let values = properties.map { "\($0.0)=\(GitHubAnnotations.property($0.1))" }.joined(separator: ",")
    let text = GitHubAnnotations.data(lines.map { SafeText.oneLine($0, longest: 1000) }.joined(separator: "\n"))
    return "::\(command) \(values)::\(text)\n"
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
