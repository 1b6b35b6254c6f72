// The run on one page of Markdown, as GitHub shows it under a job.

import ConformanceModel
import Glibc
import JSONValue
public import RunEvents

/// Counts, and the first problems in full.
public struct Summary {
  /// GitHub refuses a step's summary of more than 1 MiB, and the text around it needs some room as well.
  public static let largest = 900_000
  private static let maxProblems = 50
  private static let maxProblem = 12_000

  private let log: RunLog
  private let history: History?

  public init(_ log: RunLog, history: History? = nil) {
    self.log = log
    self.history = history
  }

  /// - Parameter size: What it may take, in bytes.
  public func markdown(within size: Int = Summary.largest) throws(ReportError) -> String {
    let headline = Headline(log)
    var text = "## \(headline.word): \(Summary.inline(headline.rest))\n\n" + counts + facts
    if let history { text += try HistoryTable.markdown(log, history) }
    let numbers =
      log.numbers.filter { [.failed, .errored].contains(log.verdict($0)) }
      + log.numbers.filter { log.verdict($0) == .warned }
    var shown = 0
    for number in numbers.prefix(Summary.maxProblems) {
      let finding = Summary.details(try log.record(number))
      // room for the last line
      guard text.utf8.count + finding.utf8.count < size - 200 else { break }
      text += finding
      shown += 1
    }
    if numbers.count > shown { text += "\n… and \(numbers.count - shown) more in the other reports.\n" }
    return text
  }

  /// Adds it to the file that GitHub Actions names in `GITHUB_STEP_SUMMARY`, as far as there is room.
  public func append(to path: String) throws(ReportError) {
    var info = stat()
    let taken = stat(path, &info) == 0 ? Int(info.st_size) : 0
    guard Summary.largest - taken > 2000 else {
      throw ReportError(path: path, message: "has no room left for a summary: GitHub shows at most 1 MiB for a step")
    }
    try ReportFile.append("\n" + markdown(within: Summary.largest - taken), to: path)
  }

  private var counts: String {
    let shown = Verdict.allCases.filter { log.count($0) > 0 || [.passed, .failed].contains($0) }
    let rows = [shown.map(\.rawValue), shown.map { _ in "---:" }, shown.map { "\(log.count($0))" }]
    return rows.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined() + "\n"
  }

  private var facts: String {
    var facts = [
      "Target: \(Summary.inline(log.run.target))", "conform \(Summary.inline(log.run.version))",
      "started \(log.run.startedAt)",
    ]
    if let part = log.part { facts.append(part) }
    if let seed = log.run.seed { facts.append("seed \(seed)") }
    if let summary = log.summary {
      facts.append("\(summary.seconds.plain(decimals: 2)) s")
      let simulated = summary.simulatedEnd - log.run.simulatedStart
      if simulated.milliseconds > 0 { facts.append("\(simulated) simulated") }
    }
    return facts.joined(separator: " · ") + "\n"
  }

  private static func details(_ record: CaseRecord) -> String {
    let mark = record.verdict.rawValue.uppercased()
    let first = record.findings.first { $0.verdict == record.verdict } ?? record.findings.first
    let message = first.map { " – \(inline(SafeText.oneLine($0.message)))" } ?? ""
    let lines = record.findings.map { FindingText.lines($0).joined(separator: "\n") }.joined(separator: "\n\n")
    let text = JUnitBudget.cut(SafeText.forConsole(lines), to: maxProblem)
    let fence = String(repeating: "`", count: max(3, longestRun(of: "`", in: text) + 1))
    return
      "\n<details><summary>\(mark) \(inline(record.planned.id))\(message)</summary>\n\n\(fence)text\n\(text)\n\(fence)\n\n</details>\n"
  }

  /// Text on one line in which nothing is markup, a mention or a reference, neither for Markdown nor for HTML.
  static func inline(_ text: String) -> String {
    var result = ""
    for scalar in SafeText.forConsole(SafeText.oneLine(text)).unicodeScalars {
      switch scalar {
      case "<", ">", "&", "|", "\\", "@", "#", "[", "]", "`", "*", "_", "~": result += "&#\(scalar.value);"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  static func longestRun(of wanted: Unicode.Scalar, in text: String) -> Int {
    var longest = 0, current = 0
    for scalar in text.unicodeScalars {
      current = scalar == wanted ? current + 1 : 0
      longest = max(longest, current)
    }
    return longest
  }
}
