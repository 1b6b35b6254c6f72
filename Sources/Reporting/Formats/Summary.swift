// The run on one page of Markdown, for the job summary of GitHub Actions.

import ConformanceModel
import Glibc
import JSONValue
public import RunEvents

/// The counts, and the failures: identical ones together, the first of the first groups with its details.
public struct Summary: ReportRenderer {
  /// In bytes. GitHub refuses a step summary of more than 1 MiB; other tools may write to the same file.
  public static let maxSize = 900_000
  /// How many groups have details, and how many have a line.
  private static let maxDetailed = 10
  private static let maxListed = 100
  /// How many cases are examined for that.
  private static let maxExamined = 2000
  private static let maxDetails = 6_000
  /// Room for the last line.
  private static let reserve = 200
  /// Less than this is not worth a summary.
  private static let minSize = 2000

  private let log: RunLog
  private let history: History?
  private let sink: ReportSink?
  /// The cases with findings that are examined, and how many there are in all.
  private let needed: Set<Int>
  private let count: Int
  private var groups = FailureGroups(maxNamed: 20)
  /// The details of the first cases of groups, by their numbers.
  private var details: [Int: String] = [:]

  public init(_ log: RunLog, history: History? = nil) { self.init(log, history: history, nil) }

  init(_ log: RunLog, history: History?, _ sink: ReportSink?) {
    self.log = log
    self.history = history
    self.sink = sink
    let failed = log.numbersCauseFirst
    let warned = log.numbers.filter { log.verdict($0) == .warned }
    count = failed.count + warned.count
    needed = Set((failed + warned).prefix(Summary.maxExamined))
  }

  func needs(_ number: Int) -> Bool { needed.contains(number) }

  mutating func handle(_ view: CaseView) throws(ReportError) {
    // the probe is the last case, and the cause of others
    let isWanted = details.count < Summary.maxDetailed || view.planned.suite == PlannedCase.probeSuite
    if groups.add(view.record), isWanted { details[view.planned.number] = Summary.details(view) }
  }

  func finish() throws(ReportError) { try sink?.write(text(within: Summary.maxSize)) }

  /// - Parameter size: The maximal size in bytes.
  public func markdown(within size: Int = Summary.maxSize) throws(ReportError) -> String {
    var summary = self
    let route = CurlRoute(log.run)
    for number in log.numbers where needs(number) { try summary.handle(CaseView(number, in: log, route: route)) }
    return try summary.text(within: size)
  }

  private func text(within size: Int) throws(ReportError) -> String {
    let headline = Headline(log)
    var text = "## \(headline.word): \(Summary.inline(headline.rest))\n\n" + counts + facts
    if let history { text += try HistoryTable.markdown(log, history) }
    var shown = 0
    let groups = groups.causeFirst
    let sorted = groups.filter { $0.record.verdict != .warned } + groups.filter { $0.record.verdict == .warned }
    for group in sorted.prefix(Summary.maxListed) {
      let item = item(group)
      guard text.utf8.count + item.utf8.count < size - Summary.reserve else { break }
      text += item
      shown += group.count
    }
    if count > shown { text += "\n… and \(count - shown) more in the other reports.\n" }
    return text
  }

  /// A group with the details of its first case, or in one line.
  private func item(_ group: FailureGroup) -> String {
    let record = group.record
    let headline = record.mainFinding.map { " – \(Summary.inline(SafeText.oneLine(FindingText.headline($0))))" } ?? ""
    let more = group.count > 1 ? " (and \(group.count - 1) more)" : ""
    let line = "\(record.verdict.rawValue.uppercased()) \(Summary.inline(record.planned.id))\(headline)\(more)"
    guard let details = details[record.planned.number] else { return "\n- \(line)\n" }
    let others = [group.othersLine, group.invariantsLine].compactMap(\.self).map { "\n\(Summary.inline($0))\n" }
    return "\n<details><summary>\(line)</summary>\n\n\(details)\(others.joined())\n</details>\n"
  }

  /// Appends the summary to the file that GitHub Actions names in `GITHUB_STEP_SUMMARY`, cut to the room left there.
  ///
  /// - Throws: `ReportError` if the file has no room left, or cannot be written.
  public func append(to path: String) throws(ReportError) {
    var info = stat()
    let taken = stat(path, &info) == 0 ? Int(info.st_size) : 0
    guard Summary.maxSize - taken > Summary.minSize else {
      throw ReportError(path: path, message: "has no room left for a summary: GitHub shows at most 1 MiB for a step")
    }
    try ReportFile.append("\n" + markdown(within: Summary.maxSize - taken), to: path)
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

  private static func details(_ view: CaseView) -> String {
    let text = JUnitBudget.cut(SafeText.forConsole(view.details), to: maxDetails)
    let fence = String(repeating: "`", count: max(3, maxRun(of: "`", in: text) + 1))
    return "\(fence)text\n\(text)\n\(fence)\n\(entries(view.record))"
  }

  /// What makes the findings of a case known, for the target's file of expected deviations.
  private static func entries(_ record: CaseRecord) -> String {
    // an entry that is cut matches nothing
    let list = DeviationEntry.list(record).filter { $0.utf8.count <= maxEntry }
    let entries = SafeText.forConsole(list.prefix(maxEntries).joined(separator: "\n"))
    guard !entries.isEmpty else { return "" }
    let fence = String(repeating: "`", count: max(3, maxRun(of: "`", in: entries) + 1))
    return "\nAs an entry of `expected-deviations`:\n\n\(fence)yaml\n\(entries)\n\(fence)\n"
  }

  private static let maxEntries = 5
  /// The longest entry that is shown, in bytes.
  private static let maxEntry = 4000

  /// Text on one line in which nothing is markup, a mention or a reference, in Markdown and in HTML.
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

  /// The length of the longest run of one character.
  static func maxRun(of wanted: Unicode.Scalar, in text: String) -> Int {
    var maxRun = 0, current = 0
    for scalar in text.unicodeScalars {
      current = scalar == wanted ? current + 1 : 0
      maxRun = max(maxRun, current)
    }
    return maxRun
  }
}
