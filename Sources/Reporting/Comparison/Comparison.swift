// The comparison of two runs: what regressed, what was fixed, and what else differs.

public import ConformanceModel
public import RunEvents

/// What differs between two runs, case by case.
public struct Comparison: Sendable {
  /// What changed for a case. In the order of the reports, the most severe first.
  public enum Change: String, Sendable, CaseIterable {
    /// It fails or errors, and did not before; or it fails, and could not be judged before.
    case regressed
    /// It is new, and fails or errors.
    case newFailing = "new-failing"
    /// It was judged before, and is skipped or pending now.
    case lost
    /// It was removed.
    case gone
    /// It passed before, and has a warning now.
    case warned
    /// It failed before and still fails or errors, or it errored before and still does.
    case stillFailing = "still-failing"
    /// It failed or errored before, and passes now, perhaps with a warning.
    case fixed
    /// It was skipped or pending before, and passes now, perhaps with a warning.
    case gained
    /// It is new.
    case added = "new"
  }

  /// A case that changed, or that still fails.
  public struct Entry: Sendable, Hashable {
    public var id: String
    public var title: String?
    public var change: Change
    /// `nil` if the run does not have the case.
    public var before: Verdict?
    public var now: Verdict?
    /// Why it did not pass.
    public var reasonBefore: String?
    public var reasonNow: String?
    /// It fails for another reason than before.
    public var hasOtherReason = false
    public var place: Place?

    /// It was judged before, and is not now.
    public var isLostCoverage: Bool { (change == .lost || change == .gone) && before?.isGood != nil }
  }

  /// A case that was executed more than once.
  public struct FlakyCase: Sendable, Hashable {
    public var id: String
    /// `failed, then passed`
    public var attempts: String
  }

  /// One of the two runs.
  public struct Side: Sendable, Hashable {
    public var path: String
    public var target: String?
    public var startedAt: SimulatedInstant?
    public var counts: [Verdict: Int]
    /// Why it is incomplete.
    public var stopped: String?
    /// What is inconsistent in its file.
    public var notes: [String] = []

    public var cases: Int { counts.values.reduce(0, +) }
  }

  public let old: Side
  public let new: Side
  /// Number of cases in both runs.
  public let shared: Int
  /// Cases that changed or still fail, in the order of `Change`, then in the order of the new run.
  public let entries: [Entry]
  public let slower: Slowness
  /// Cases of the new run that were executed more than once, with the outcome of the attempts.
  public let flaky: [FlakyCase]
  /// Changed responses of cases that passed in both runs; `nil` unless both are run logs.
  public let responses: [ChangedResponse]?
  /// Cases whose responses were not compared, because their steps differ.
  public let differentSteps: Int

  /// - Parameter slowerBy: The factor from which on a case counts as slower.
  /// - Throws: `ReportError` if a log cannot be read, or if the runs have no case in common.
  public init(_ old: ComparedRun, _ new: ComparedRun, slowerBy factor: Double = Slowness.defaultFactor)
    throws(ReportError)
  {
    let identity = CaseIdentity([old, new])
    let olds = identity.cases(of: old, pairedWith: new), news = identity.cases(of: new, pairedWith: old)
    self.old = Side(old, olds.map(\.case))
    self.new = Side(new, news.map(\.case))
    var known = Dictionary(olds.map { ($0.key, $0.case) }, uniquingKeysWith: { first, _ in first })
    var entries: [Entry] = []
    var slowness = Slowness.Measure(factor: factor)
    var comparison: ResponseComparison?
    if let before = old.log, let now = new.log { comparison = try ResponseComparison(before, now) }
    var shared = 0
    for (key, now) in news {
      let before = known.removeValue(forKey: key)
      if let entry = Entry(before, now, bothHaveSteps: comparison != nil) { entries.append(entry) }
      guard let before else { continue }
      shared += 1
      guard before.verdict.isGood == true, now.verdict.isGood == true else { continue }
      // a JUnit file of conform has other times than the log of its run
      let haveSameTimes = (old.log == nil) == (new.log == nil)
      if haveSameTimes, let one = before.seconds, let other = now.seconds {
        slowness.add(now.id, before: one, now: other)
      }
      if let one = before.number, let other = now.number {
        try comparison?.compare(now.id, file: now.place?.file ?? "", before: one, now: other)
      }
    }
    guard shared > 0 else {
      throw ReportError(path: new.path, message: "has no case in common with \(old.path); nothing to compare")
    }
    for (key, before) in olds where known[key] != nil {
      if let entry = Entry(before, nil, bothHaveSteps: false) { entries.append(entry) }
    }
    flaky = news.compactMap { _, one in one.retry.map { FlakyCase(id: one.id, attempts: $0) } }
    self.shared = shared
    self.entries = Change.allCases.flatMap { change in entries.filter { $0.change == change } }
    slower = slowness.result
    responses = comparison?.result
    differentSteps = comparison?.differentSteps ?? 0
  }

  public func count(_ change: Change) -> Int { entries.count { $0.change == change } }

  /// Cases with the same outcome as before that do not fail.
  public var unchanged: Int { new.cases - entries.count { $0.now != nil } }

  /// How many cases were judged before and are not now.
  public var lostCoverage: Int { entries.count(where: \.isLostCoverage) }

  /// The old run judged cases, and the new one skipped all of them: it could not detect any regression.
  public var hasLostAll: Bool { old.judged > 0 && new.counts[.skipped] == new.cases }

  /// Whether the comparison fails a gate: a case regressed, or all cases are skipped now.
  ///
  /// - Parameter isStrict: New failing cases, new warnings and lost coverage fail it too.
  public func fails(isStrict: Bool) -> Bool {
    count(.regressed) > 0 || hasLostAll
      || (isStrict && (count(.newFailing) > 0 || count(.warned) > 0 || lostCoverage > 0))
  }
}

extension Comparison.Side {
  init(_ run: ComparedRun, _ cases: [ComparedRun.Case]) {
    self.init(
      path: run.path, target: run.target, startedAt: run.startedAt, counts: [:], stopped: run.stopped, notes: run.notes)
    for one in cases { counts[one.verdict, default: 0] += 1 }
  }

  /// Cases that passed, warned, failed or errored.
  var judged: Int { counts.filter { $0.key.isGood != nil }.values.reduce(0, +) }
}

extension Comparison.Entry {
  /// `nil` if the outcome is unchanged and the case does not fail.
  init?(_ before: ComparedRun.Case?, _ now: ComparedRun.Case?, bothHaveSteps: Bool) {
    guard let one = now ?? before, let change = Comparison.Entry.change(before?.verdict, now?.verdict) else {
      return nil
    }
    self.init(
      id: one.id, title: one.title, change: change, before: before?.verdict, now: now?.verdict,
      reasonBefore: before?.reason, reasonNow: now?.reason,
      place: now?.place ?? before?.place)
    if change == .stillFailing, let before, let now {
      hasOtherReason =
        before.verdict != now.verdict
        || Comparison.Entry.reason(before, bothHaveSteps) != Comparison.Entry.reason(now, bothHaveSteps)
    }
  }

  private static func change(_ before: Verdict?, _ now: Verdict?) -> Comparison.Change? {
    guard let now else { return .gone }
    guard let before else { return now.isGood == false ? .newFailing : .added }
    // what could not be judged is no known failure
    if before == .errored, now == .failed { return .regressed }
    switch (before.isGood, now.isGood) {
    case (false, false): return .stillFailing
    case (_, false): return .regressed
    case (false, true): return .fixed
    case (nil, true): return .gained
    case (.some, nil): return .lost
    case (true, true): return before == .passed && now == .warned ? .warned : nil
    case (nil, nil): return nil
    }
  }

  /// The part of the reason that is stable from run to run, no longer than what JUnit keeps.
  private static func reason(_ one: ComparedRun.Case, _ withStep: Bool) -> String {
    let text = Stability.text(SafeText.start(of: one.reason ?? "", longest: 150), keepsNumbers: true)
    return withStep ? "\(text)\u{0}\(one.step ?? "")" : text
  }
}
