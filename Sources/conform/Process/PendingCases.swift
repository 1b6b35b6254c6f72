// Pending cases, checked against the run log that they belong to.

import ConformanceModel
import Execution
import RunEvents

/// The states of the pending cases of a log.
struct PendingCases {
  /// In the order of the plan, with what the log has of each case.
  private(set) var states: [PendingState] = []

  /// - Parameter numbers: The cases that are pending in the log.
  /// - Throws: `ReportError` if the file and the log are not of the same run, or a case of the log is not in the file.
  init(_ contents: PendingContents, _ log: RunLog, _ numbers: [Int]) throws(ReportError) {
    guard contents.header.startedAt == log.run.startedAt, contents.header.runID == log.run.runID else {
      throw ReportError(path: log.path, message: "is not the log of the run that pending.jsonl belongs to")
    }
    let steps = try StepIndex(log)
    for number in numbers {
      let record = try log.record(number)
      guard var state = contents.states[number], state.id == record.planned.id else {
        throw ReportError(
          path: log.path, message: "case '\(record.planned.id)' is pending, but pending.jsonl does not contain it")
      }
      state.findings = record.findings
      state.planned = record.planned
      state.wasBegun = log.begunAgain.contains(number)
      let recorded = try steps.steps(of: number).map { ($0.sentence, 1) }
      state.recorded = Dictionary(recorded, uniquingKeysWith: +)
      states.append(state)
    }
  }

  /// Refuses a log in which a case of the file never was pending: it would count as judged.
  ///
  /// - Throws: `ReportError` with the first such case.
  static func check(_ contents: PendingContents, against log: RunLog) throws(ReportError) {
    guard contents.header.startedAt == log.run.startedAt, contents.header.runID == log.run.runID else { return }
    for (number, state) in contents.states.sorted(by: { $0.key < $1.key }) where !log.wasPending(number) {
      throw ReportError(
        path: log.path,
        message: "case '\(SafeText.forConsole(SafeText.oneLine(state.id)))' is pending in pending.jsonl, and never was "
          + "in the log; the log was changed")
    }
  }

  /// The records of the invariants, which the exchanges of resumed cases are merged into.
  static func invariants(of log: RunLog) throws(ReportError) -> [CaseRecord] {
    try log.numbers(inSuite: Invariant.suite).map { number throws(ReportError) in try log.record(number) }
  }
}
