// What became of the cases that failed before the run.

import ConformanceModel
import RunEvents

extension Console {
  /// How many of these cases get a line.
  private static let maxFormer = 100

  /// `FIXED` or `STILL FAILING` for each case that failed before and ran again, and their count; empty in other runs.
  func failedBefore(_ log: RunLog) throws(ReportError) -> String {
    let former = log.run.failedBefore
    guard !former.isEmpty, log.run.command.contains("--failed") else { return "" }
    let failing = Set(try log.failedCases())
    var records: [String: CaseRecord] = [:]
    for number in log.numbers where log.isNamed(number) {
      let record = try log.record(number)
      records[record.planned.id] = record
    }
    var lines: [String] = []
    var counts: [FormerFailure: Int] = [:]
    for id in former {
      let now = FormerFailure(records[id], isFailing: failing.contains(id))
      counts[now, default: 0] += 1
      guard records[id] != nil, lines.count < Console.maxFormer else { continue }
      lines.append("\(colour(now.rawValue.uppercased(), now.verdict)) \(SafeText.forConsole(SafeText.oneLine(id)))\n")
    }
    let rest = records.keys.count { former.contains($0) } - lines.count
    if rest > 0 { lines.append("… and \(rest) more\n") }
    let words = FormerFailure.allCases.compactMap { kind in counts[kind].map { "\($0) \(kind.rawValue)" } }
    return "\n" + lines.joined()
      + "of \(former.count.counted("case")) that failed before: \(words.joined(separator: ", "))\n"
  }
}

/// The result of a case that failed before.
private enum FormerFailure: String, CaseIterable {
  case fixed
  case stillFailing = "still failing"
  case skipped
  case notRun = "not run"

  /// - Parameters:
  ///   - record: `nil` if the case was not selected.
  ///   - isFailing: It failed, or an invariant by its exchanges.
  init(_ record: CaseRecord?, isFailing: Bool) {
    guard let record, !record.isCutShort, record.verdict != .pending, !FormerFailure.isUnfinished(record) else {
      self = .notRun
      return
    }
    self = isFailing ? .stillFailing : record.verdict == .skipped ? .skipped : .fixed
  }

  /// Whether the run was stopped before the case ended.
  private static func isUnfinished(_ record: CaseRecord) -> Bool {
    record.verdict == .errored && record.findings.contains { $0.message.hasPrefix(CaseRecord.notFinished) }
  }

  var verdict: Verdict {
    switch self {
    case .fixed: .passed
    case .stillFailing: .failed
    case .skipped, .notRun: .skipped
    }
  }
}
