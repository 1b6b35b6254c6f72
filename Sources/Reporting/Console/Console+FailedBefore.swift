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
    let invariants = try log.failedInvariants()
    var records: [String: CaseRecord] = [:]
    for number in log.numbers where log.isNamed(number) {
      let record = try log.record(number)
      records[record.planned.id] = record
    }
    var lines: [String] = []
    var shown = 0
    var counts: [FormerFailure: Int] = [:]
    for id in former {
      let now = FormerFailure(records[id], breaksInvariants: invariants[id] != nil)
      counts[now, default: 0] += 1
      guard records[id] != nil, shown < Console.maxFormer else { continue }
      shown += 1
      lines.append("\(colour(now.word, now.verdict)) \(SafeText.forConsole(SafeText.oneLine(id)))")
      if now == .inInvariant, let broken = invariants[id] {
        lines.append(SafeText.forConsole(", but for the invariant \(broken.joined(separator: ", "))"))
      }
      lines.append("\n")
    }
    let rest = records.keys.count { former.contains($0) } - shown
    if rest > 0 { lines.append("… and \(rest) more\n") }
    let words = FormerFailure.allCases.compactMap { kind in counts[kind].map { "\($0) \(kind.rawValue)" } }
    var text = "\n" + lines.joined()
    text += "of \(former.count.counted("case")) that failed before: \(words.joined(separator: ", "))\n"
    // a fix of one case can break another
    if counts.keys.allSatisfy({ $0 == .fixed || $0 == .skipped }) {
      text += "then: \(SafeText.forConsole(RepeatCommand.whole(log.run)))\n"
    }
    return text
  }
}

/// The result of a case that failed before.
private enum FormerFailure: String, CaseIterable {
  case fixed
  case stillFailing = "still failing"
  /// It passed, and by its exchanges an invariant failed.
  case inInvariant = "passed but for an invariant"
  case skipped
  case notRun = "not run"

  /// - Parameters:
  ///   - record: `nil` if the case was not selected.
  ///   - breaksInvariants: Whether an invariant failed by its exchanges.
  init(_ record: CaseRecord?, breaksInvariants: Bool) {
    guard let record, !record.isCutShort, record.verdict != .pending, !FormerFailure.isUnfinished(record) else {
      self = .notRun
      return
    }
    switch record.verdict {
    case .failed, .errored: self = .stillFailing
    case _ where breaksInvariants: self = .inInvariant
    case .skipped: self = .skipped
    case .passed, .warned, .pending: self = .fixed
    }
  }

  /// Whether the run was stopped before the case ended.
  private static func isUnfinished(_ record: CaseRecord) -> Bool {
    record.verdict == .errored && record.findings.contains { $0.message.hasPrefix(CaseRecord.notFinished) }
  }

  /// The word before the id of the case.
  var word: String { self == .inInvariant ? "PASSED" : rawValue.uppercased() }

  var verdict: Verdict {
    switch self {
    case .fixed: .passed
    case .stillFailing, .inInvariant: .failed
    case .skipped, .notRun: .skipped
    }
  }
}
