// The values of the page's template: the heading, identical failures, the table of cases, requirements, environment.

import ConformanceModel
import JSONValue
import Mustache
import RunEvents

struct PageModel {
  /// More rows than this are too slow in a browser: passed cases beyond it are only counted.
  private static let maxRows = 20_000
  private let log: RunLog
  private let history: History?

  init(_ log: RunLog, _ history: History?) {
    self.log = log
    self.history = history
  }

  /// The numbers of the cases on the page: all with findings, and as many others as there is room for, in the order of
  /// the plan.
  static func shown(_ log: RunLog) -> [Int] {
    let numbers = log.numbers
    guard numbers.count > maxRows else { return numbers }
    let findings = numbers.filter { log.verdict($0).isFinding }.prefix(maxRows)
    let others = numbers.filter { !log.verdict($0).isFinding }.prefix(maxRows - findings.count)
    return (findings + others).sorted()
  }

  var values: [String: Any] {
    get throws {
      let headline = Headline(log)
      var groups = FindingGroups(log)
      var matrix = RequirementMatrix(log)
      let shown = Set(PageModel.shown(log))
      let row = try MustacheTemplate(string: String(decoding: PackageResources.report_row_html_mustache, as: UTF8.self))
      var rows = ""
      for number in log.numbers {
        let record = try log.record(number)
        matrix.add(record)
        guard shown.contains(number) else { continue }
        groups.add(record)
        rows += row.render(self.row(record))
      }
      let run = log.run
      var values: [String: Any] = [
        "target": HTMLText.visible(run.target), "word": headline.word, "verdict": headline.verdict.rawValue,
        "outcome": HTMLText.visible(headline.rest),
        "chips": Verdict.allCases.map { chip($0) }, "facts": facts, "rows": rows, "cases": log.caseCount,
        "groups": groups.values(isWarning: false),
        "warnings": groups.values(isWarning: true), "requirements": matrix.rows,
        "environment": run.environment.map(fact),
        "advances": log.clockAdvances.map(advance), "hasAdvances": !log.clockAdvances.isEmpty,
        "hasFailures": log.count(.failed) + log.count(.errored) > 0,
        "hasWarnings": log.count(.warned) > 0, "warned": log.count(.warned),
      ]
      if log.caseCount > shown.count { values["unlisted"] = "\(log.caseCount - shown.count)" }
      if let history, history.runs.count > 1 {
        values["hasHistory"] = true
        let flaky = history.flakyCases
        if !flaky.isEmpty {
          values["hasFlaky"] = true
          values["flaky"] = flaky.prefix(100).map {
            ["id": HTMLText.visible($0), "anchor": HTMLText.fragment($0), "strip": strip(history, $0)]
          }
        }
      }
      if log.isCut { values["isCut"] = true }
      if let job = run.environment.first(where: { $0.name == "ci.job" })?.value,
        job.hasPrefix("https://") || job.hasPrefix("http://")
      {
        values["job"] = HTMLText.visible(job)
      }
      values["command"] = HTMLText.visible(RepeatCommand.text(run))
      return values
    }
  }

  private func chip(_ verdict: Verdict) -> [String: Any] {
    let count = log.count(verdict)
    return [
      "verdict": verdict.rawValue, "count": count, "icon": verdict.icon,
      "isEmpty": count == 0 && verdict != .passed && verdict != .failed,
    ]
  }

  private func row(_ record: CaseRecord) -> [String: Any] {
    let planned = record.planned
    var row: [String: Any] = [
      "number": planned.number, "id": HTMLText.visible(planned.id), "anchor": HTMLText.fragment(planned.id),
      "title": HTMLText.visible(planned.title),
      "suite": HTMLText.visible(planned.suite), "verdict": record.verdict.rawValue, "icon": record.verdict.icon,
      "requirements": planned.covers.map { HTMLText.visible($0.id) }.joined(separator: " "),
      "seconds": record.seconds.plain(decimals: 3),
      "simulated": SimulatedDuration(milliseconds: max(0, (record.simulatedEnd - record.simulatedStart).milliseconds))
        .description,
      "simulatedSeconds": max(0, (record.simulatedEnd - record.simulatedStart).milliseconds) / 1000,
    ]
    if let history, history.runs.count > 1 { row["strip"] = strip(history, planned.id) }
    if let headline = FindingText.headline(record) { row["headline"] = HTMLText.visible(SafeText.oneLine(headline)) }
    return row
  }

  /// The last runs of a case, oldest first, as marks and in words.
  private func strip(_ history: History, _ id: String) -> [String: Any] {
    let strip = history.strip(of: id)
    let state = history.state(of: id)
    return [
      "marks": strip.map { ["mark": History.marks([$0]), "verdict": $0?.rawValue ?? "absent"] },
      "words": History.words(strip),
      "state": HTMLText.visible(state), "hasState": !state.isEmpty,
    ]
  }

  private var facts: [[String: Any]] {
    let run = log.run
    var facts: [RunFact] = [RunFact("Target", run.target), RunFact("Started", run.startedAt.description)]
    if let summary = log.summary {
      facts.append(RunFact("Duration", "\(summary.seconds.plain(decimals: 2)) s"))
      let simulated = summary.simulatedEnd - run.simulatedStart
      if simulated.milliseconds > 0 {
        facts.append(RunFact("Simulated", "\(simulated), from \(run.simulatedStart) to \(summary.simulatedEnd)"))
        let speed = Double(simulated.milliseconds) / 1000 / max(0.001, summary.seconds)
        let advances = summary.clockAdvances.counted("clock advance")
        facts.append(RunFact("Speed", "\(Int64(speed.rounded())) times the wall clock, in \(advances)"))
      }
    }
    if let seed = run.seed { facts.append(RunFact("Order", "shuffled, seed \(seed)")) }
    facts.append(RunFact("Harness", "conform \(run.version) on \(run.host)"))
    for (name, title) in [("ci.commit", "Commit"), ("ci.branch", "Branch")] {
      if let fact = run.environment.first(where: { $0.name == name }) { facts.append(RunFact(title, fact.value)) }
    }
    for note in log.summary?.notes ?? [] { facts.append(RunFact("Note", note)) }
    return facts.map(fact)
  }

  private func fact(_ fact: RunFact) -> [String: Any] {
    ["name": HTMLText.visible(fact.name), "value": HTMLText.visible(fact.value)]
  }

  private func advance(_ advance: ClockAdvance) -> [String: Any] {
    [
      "from": advance.from.description, "to": advance.to.description,
      "duration": (advance.to - advance.from).description, "wall": advance.wall.description, "woken": advance.woken,
    ]
  }
}

extension Verdict {
  /// Shown with the word, never instead of it.
  var icon: String {
    switch self {
    case .passed: "✓"
    case .failed: "✗"
    case .warned: "!"
    case .skipped: "–"
    case .errored: "⚠"
    case .pending: "…"
    }
  }

  /// The case has findings.
  var isFinding: Bool { [.failed, .errored, .warned].contains(self) }
}
