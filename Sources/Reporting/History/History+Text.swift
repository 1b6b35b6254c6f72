// A strip of verdicts for people: marks for the eye, and the same in words.

public import ConformanceModel

extension History {
  /// A mark for each run, oldest first: `✓✓✗✓`. Never without `words` beside it: marks alone are nothing for those who listen.
  public static func marks(_ strip: [Verdict?]) -> String {
    strip.map { verdict in
      switch verdict {
      case .passed: "✓"
      case .warned: "!"
      case .failed: "✗"
      case .errored: "E"
      case .skipped: "–"
      case .pending: "…"
      case nil: "·"
      }
    }.joined()
  }

  /// The same in words: `2 passed, 1 failed, 1 passed`.
  public static func words(_ strip: [Verdict?]) -> String {
    var runs: [(word: String, count: Int)] = []
    for verdict in strip {
      let word = verdict?.rawValue ?? "absent"
      if runs.last?.word == word { runs[runs.count - 1].count += 1 } else { runs.append((word, 1)) }
    }
    return runs.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
  }

  /// What the last runs say of a case: `failing since 2026-11-23T12:00:00Z, flaky`; empty where nothing is to be said.
  func state(of id: String) -> String {
    var words: [String] = []
    switch judgement(of: id) {
    case .newFailure: words.append("new failure")
    case .fixed: words.append("fixed")
    case .stillFailing(let run):
      words.append(
        "failing since \(run.startedAt)\(run.commit.map { " (\(SafeText.start(of: $0, longest: 12)))" } ?? "")")
    case nil: break
    }
    if isFlaky(id) { words.append("flaky") }
    return words.joined(separator: ", ")
  }
}
