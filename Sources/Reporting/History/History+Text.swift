// The verdicts of the last runs as marks, and in words.

public import ConformanceModel

extension History {
  /// A mark for each run, oldest first: `✓✓✗✓`. Show `words` as well: a screen reader cannot read the marks.
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

  /// In words: `2 passed, 1 failed, 1 passed`.
  public static func words(_ strip: [Verdict?]) -> String {
    var runs: [(word: String, count: Int)] = []
    for verdict in strip {
      let word = verdict?.rawValue ?? "absent"
      if runs.last?.word == word { runs[runs.count - 1].count += 1 } else { runs.append((word, 1)) }
    }
    return runs.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
  }

  /// The trend of a case: `failing since 2026-11-23T12:00:00Z, flaky`; empty if it keeps passing.
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
