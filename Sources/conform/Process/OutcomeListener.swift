// Reduces the results of trials to outcomes.

import ConformanceModel
import Execution
import Exploration
import RunEvents

/// Keeps the outcome of each case, and of each exchange that breaks an invariant.
final class OutcomeListener: EventListener {
  private struct State {
    var outcomes: [String: Outcome] = [:]
    /// The first violation of an invariant in each case.
    var violations: [String: Violation] = [:]
  }

  private struct Violation {
    var operation: Int
    var text: String
    var level: Level

    /// Requirements come before recommendations, and what happened first before what followed.
    func comes(before other: Violation) -> Bool {
      level == other.level ? operation < other.operation : level > other.level
    }
  }

  let readsLines = false
  /// The lock protects the outcomes: cases end on several threads.
  private let state = Locked(State())

  /// Those of the cases, and where a case agrees that of the invariant that it breaks.
  var outcomes: [String: Outcome] {
    state.withLock { state in
      var outcomes = state.outcomes
      for (id, violation) in state.violations {
        switch outcomes[id] {
        case .agrees?: break
        case .disagrees(_, _, let level)?: if level >= violation.level { continue }
        case .notJudged?, nil: continue
        }
        outcomes[id] = .disagrees(operation: violation.operation, text: violation.text, level: violation.level)
      }
      return outcomes
    }
  }

  func handle(_ event: Event, line: [UInt8]) {
    guard case .caseFinished(let record) = event else { return }
    if record.planned.suite == Invariant.suite { return add(violationsOf: record) }
    let outcome = OutcomeListener.outcome(of: record)
    state.withLock { $0.outcomes[record.planned.scenario] = outcome }
  }

  private static func outcome(of record: CaseRecord) -> Outcome {
    switch record.verdict {
    case .passed: return .agrees
    case .skipped, .pending: return .notJudged(record.reason ?? record.verdict.rawValue)
    case .failed, .warned, .errored: break
    }
    // a service that does not respond, or not in HTTP, does not conform; what conform cannot do says nothing about it
    let findings = record.findings.filter { $0.kind != .internal }
    let gravest =
      findings.first { $0.verdict == .failed } ?? findings.first { $0.verdict == .errored } ?? findings.first
    guard let gravest, let place = gravest.place else {
      return .notJudged(record.findings.first?.message ?? record.verdict.rawValue)
    }
    return .disagrees(operation: place.line - 1, text: gravest.message, level: gravest.verdict.level)
  }

  /// The origin of a finding names the case and the line of its step.
  private func add(violationsOf record: CaseRecord) {
    for finding in record.findings where finding.kind != .internal && finding.verdict != .errored {
      guard let origin = finding.origin, let comma = origin.lastIndex(of: ","), let colon = origin.lastIndex(of: ":"),
        let line = Int(origin[origin.index(after: colon)...])
      else { continue }
      let id = String(origin[..<comma])
      let violation = Violation(
        operation: line - 1, text: "\(record.planned.title): \(finding.message)", level: finding.verdict.level)
      state.withLock { state in
        if let known = state.violations[id], known.comes(before: violation) { return }
        state.violations[id] = violation
      }
    }
  }
}

extension Verdict {
  fileprivate var level: Level { self == .warned ? .should : .must }
}
