// The results of the last runs of one target, and the trend of each case.

public import ConformanceModel
import RunEvents

/// The last runs of one target, oldest first, with the outcome of each case.
///
/// A case is good if it passed or warned, bad if it failed or errored. A run that skipped a case, or left it pending,
/// does not count for the case. A few bytes are kept of each outcome.
public struct History: Sendable {
  /// The number of runs that are kept.
  public static let window = 20

  /// Identifies a run: by its start, host and target.
  public struct Run: Sendable, Hashable {
    public var startedAt: SimulatedInstant
    public var host: String
    public var target: String
    /// Version of conform.
    public var version: String
    /// The tested commit, if the environment names it.
    public var commit: String?

    public init(startedAt: SimulatedInstant, host: String, target: String, version: String, commit: String? = nil) {
      self.startedAt = startedAt
      self.host = host
      self.target = target
      self.version = version
      self.commit = commit
    }

    func isSame(_ other: Run) -> Bool { startedAt == other.startedAt && host == other.host && target == other.target }
  }

  /// What the newest run changed for a case.
  public enum Judgement: Sendable, Hashable {
    /// It is bad, and was good or never judged before.
    case newFailure
    /// It is bad, and has been bad in every run that judged it since this one.
    case stillFailing(since: Run)
    /// It is good, and was bad before.
    case fixed
  }

  private struct Outcome {
    var verdict: Verdict?
    var seconds: Float = 0
  }

  /// At most `window` runs, oldest first.
  public private(set) var runs: [Run] = []
  private var columns: [String: Int] = [:]
  /// For each run, by the column of the case; shorter if later runs have new cases.
  private var outcomes: [[Outcome]] = []

  public init() {}

  /// Inserts a run in the order of time. The same run again replaces the earlier record; runs beyond the window are
  /// dropped.
  public mutating func add(_ recorded: RecordedRun) {
    if let known = runs.firstIndex(where: { $0.isSame(recorded.run) }) {
      runs.remove(at: known)
      outcomes.remove(at: known)
    }
    var row: [Outcome] = []
    for (id, outcome) in recorded.cases {
      let column = columns[id] ?? columns.count
      columns[id] = column
      while row.count <= column { row.append(Outcome()) }
      row[column] = Outcome(verdict: outcome.verdict, seconds: Float(outcome.seconds))
    }
    let place = runs.firstIndex { $0.startedAt > recorded.run.startedAt } ?? runs.count
    runs.insert(recorded.run, at: place)
    outcomes.insert(row, at: place)
    if runs.count > History.window {
      runs.removeFirst()
      outcomes.removeFirst()
    }
  }

  /// The verdict of a case in each of `runs`; `nil` if a run does not have it.
  public func strip(of id: String) -> [Verdict?] {
    guard let column = columns[id] else { return runs.map { _ in nil } }
    return outcomes.map { $0.indices.contains(column) ? $0[column].verdict : nil }
  }

  /// Whether a case changed between good and bad at least twice within the window.
  public func isFlaky(_ id: String) -> Bool {
    let judged = strip(of: id).compactMap { $0?.isGood }
    return zip(judged, judged.dropFirst()).count { $0 != $1 } >= 2
  }

  /// The ids of the flaky cases in the newest run, in alphabetical order.
  public var flakyCases: [String] { columns.keys.filter { strip(of: $0).last != .some(nil) && isFlaky($0) }.sorted() }

  /// What the newest run changed for a case; `nil` if it still passes, or was not judged.
  public func judgement(of id: String) -> Judgement? {
    let strip = strip(of: id)
    guard let isGood = strip.last??.isGood else { return nil }
    let judged = strip.indices.filter { strip[$0]?.isGood != nil }
    let before = judged.dropLast().last.flatMap { strip[$0]?.isGood }
    if isGood { return before == false ? .fixed : nil }
    guard before == false else { return .newFailure }
    let since = judged.reversed().prefix { strip[$0]?.isGood == false }.last ?? judged[0]
    return .stillFailing(since: runs[since])
  }

  /// Seconds by which the newest run of a case took longer than the median of the earlier ones that judged it.
  public func durationDelta(of id: String) -> Double? {
    guard let column = columns[id] else { return nil }
    var durations: [(run: Int, seconds: Double)] = []
    for (run, row) in outcomes.enumerated() where row.indices.contains(column) && row[column].verdict?.isGood != nil {
      durations.append((run, Double(row[column].seconds)))
    }
    guard let newest = durations.popLast(), newest.run == runs.count - 1,
      let median = durations.map(\.seconds).median
    else { return nil }
    return newest.seconds - median
  }
}

extension Verdict {
  /// Whether the case passed or warned; `nil` if it was not judged.
  var isGood: Bool? {
    switch self {
    case .passed, .warned: true
    case .failed, .errored: false
    case .skipped, .pending: nil
    }
  }
}

extension [Double] {
  /// The middle element, or the mean of the two middle elements.
  var median: Double? {
    guard !isEmpty else { return nil }
    let sorted = sorted()
    let middle = count / 2
    return count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
