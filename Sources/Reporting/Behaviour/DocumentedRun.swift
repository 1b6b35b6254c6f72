// The parts of a run that a document shows: the result of each scenario, and an example exchange.

import ConformanceModel
import RunEvents

struct DocumentedRun {
  struct Outcome {
    /// The most severe one of the cases.
    var verdict: Verdict
    var cases: Int
  }

  let description: RunDescription
  /// By scenario.
  private(set) var verdicts: [String: Outcome] = [:]
  /// By scenario: why its first case was not run, if it was not.
  private(set) var reasons: [String: String] = [:]
  /// The last POST of the first case of each scenario, or its last exchange.
  private(set) var exchanges: [String: ExchangeRecord] = [:]

  init(_ log: RunLog) throws(ReportError) {
    description = log.run
    var first: [Int: String] = [:]
    for number in log.numbers {
      let record = try log.record(number)
      let scenario = record.planned.scenario
      if verdicts[scenario] == nil { first[number] = scenario }
      if record.verdict == .skipped, reasons[scenario] == nil { reasons[scenario] = record.reason }
      let before = verdicts[scenario]
      let verdict =
        before.map { $0.verdict.severityRank >= record.verdict.severityRank ? $0.verdict : record.verdict }
        ?? record.verdict
      verdicts[scenario] = Outcome(verdict: verdict, cases: (before?.cases ?? 0) + 1)
    }
    try log.eachStep { step in
      guard let exchange = step.exchange, let scenario = first[step.number] else { return }
      // a POST shows more of the behaviour than reading a list or an inbox afterwards
      if exchange.method == "POST" || exchanges[scenario]?.method != "POST" { exchanges[scenario] = exchange }
    }
  }
}

extension Verdict {
  /// A more severe verdict overrides a less severe one.
  fileprivate var severityRank: Int {
    switch self {
    case .skipped: 0
    case .pending: 1
    case .passed: 2
    case .warned: 3
    case .errored: 4
    case .failed: 5
    }
  }
}
