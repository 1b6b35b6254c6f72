// Reads a run log: one pass for an overview, then single cases on demand.

public import ConformanceModel
import Files
import Glibc
import JSONValue

/// What a run log contains. Of each case only a few bytes are kept in memory.
public final class RunLog {
  public let path: String
  public internal(set) var run: RunDescription
  /// How the run ended; `nil` if it was killed. A merge with missing shards counts as stopped early.
  public internal(set) var summary: RunSummary?
  /// The same as it was recorded.
  package private(set) var recordedSummary: RunSummary?
  /// The requirements of the pack.
  public internal(set) var requirements: [Requirement] = []
  public internal(set) var clockAdvances: [ClockAdvance] = []
  /// What the sequences tried; only in the log of an exploration.
  public internal(set) var coverage: RunCoverage?
  /// In the order of the plan.
  public internal(set) var suites: [String] = []
  /// The last line is incomplete, as a killed run leaves it.
  public private(set) var isCut = false

  /// The line that the log will end with, with the digest of the lines that were read; `nil` unless it was missing.
  public private(set) var end: [UInt8]?

  var remainingClients: [String: ClientIdentity] = [:]
  package let descriptor: Int32
  /// One for each case of the plan, by its number.
  var index: [Entry] = []
  var suiteNumbers: [String: Int32] = [:]
  /// The sizes of the steps of each case in the log, in bytes, by its number; shorter than the plan if the last cases
  /// have no steps.
  var stepSizes: [UInt32] = []
  /// How many times the run ended: a run with pending cases goes on when they are resumed.
  var ends = 0
  /// How many lines name a case of the plan, or its end.
  var namedLines = 0
  /// Pending cases that were begun again by a process that was killed: what they sent since may be in no log.
  public internal(set) var begunAgain: Set<Int> = []
  /// The last line of each case that has an expectation which must hold and does not, since the case last started.
  var brokenChecks: [Int: Int] = [:]
  /// How many steps of each case have an exchange, by its number; shorter than the plan if the last cases have none.
  var recordedExchanges: [UInt32] = []
  /// How many requirements were judged, counted when a report needs it; `nil` if the log has no requirements.
  public private(set) lazy var requirementCounts = RequirementCounts(self)
  /// The cases that were pending, and may have been resumed.
  var formerlyPending: Set<Int> = []

  static let verdicts = Verdict.allCases

  /// Whether the lines of cases without findings are read in part.
  let isSkimmed: Bool

  /// - Parameters:
  ///   - isSkimmed: Reads only what an overview needs of a case that passed; reading the case itself finds the mistakes
  ///     in its line. For reports, which read all cases anyway.
  ///   - lastLine: The event with which the log will end, without its digest: it is not in the file yet.
  /// - Throws: `ReportError` if the file cannot be read or is not a run log. An incomplete last line is not an error.
  public init(path: String, isSkimmed: Bool = false, lastLine: [UInt8]? = nil) throws(ReportError) {
    self.isSkimmed = isSkimmed
    do { descriptor = try RegularFile.open(path) } catch { throw ReportError(error) }
    self.path = path
    run = RunDescription(
      version: "", target: "", targetFile: "", startedAt: SimulatedInstant(seconds: 0),
      simulatedStart: SimulatedInstant(seconds: 0), seed: nil, jobs: 0, host: "", command: [])
    var lines = LineReader(descriptor: descriptor)
    let digest = LogDigest()
    var changed: ReportError?
    var number = 0
    while let line = lines.next() {
      number += 1
      let ends = ends
      do throws(ReportError) {
        try take(line, number)
        // in whatever form the event is written
        if self.ends > ends { changed = changed ?? change(of: line.bytes, number, digest) }
        digest.take(line.bytes)
      } catch {
        // a run that was killed leaves an incomplete line at the end, and only there
        guard !line.isWhole, number > 1 else { throw error }
        isCut = true
      }
    }
    if let failure = lines.failure { throw .system("cannot be read", path, number: failure) }
    guard number > 0 else { throw ReportError(path: path, message: "is empty: no run was recorded") }
    if let lastLine {
      try take(LineReader.Line(bytes: lastLine, offset: 0, isWhole: true), number + 1)
      end = digest.seal(lastLine)
    }
    try addLostCases()
    try orderSuites()
    try checkPassedCases()
    try checkExchanges()
    // what is wrong in one line says more
    if let changed { throw changed }
    recordedSummary = summary
    if let missingReason = run.shards?.missingReason {
      summary?.aborted = [missingReason, recordedSummary?.aborted].compactMap { $0 }.joined(separator: "; ")
    }
  }

  /// Whether the log has the case as pending, also if it ended later.
  public func wasPending(_ number: Int) -> Bool { formerlyPending.contains(number) }

  deinit { Glibc.close(descriptor) }

  /// Whether the run stopped because of its failures: they are its result, although not all cases ran.
  public var endsWithFailures: Bool {
    summary?.failureLimit != nil && count(.failed) + count(.errored) > 0
  }

  /// Clients that the run created and did not delete, according to the log.
  public func clientsLeft() -> [ClientIdentity] { remainingClients.values.sorted { $0.id < $1.id } }

  /// How many clients could not be deleted. Pending cases need clients, and the log does not say which: it is 0 until
  /// they have been resumed.
  public var undeletedClients: Int { count(.pending) > 0 ? 0 : remainingClients.count }

  /// What the log lacks at its end, in words; `nil` if it is whole, or if cases that did not end say so.
  public var missingEndNote: String? {
    if isCut { return "the last line of the log is truncated, and its event is missing" }
    guard summary == nil, numbers.allSatisfy({ hasEnded($0) || index[$0].isElsewhere }), caseCount > 0 else {
      return nil
    }
    return "the log lacks the event run-finished, although all its cases ended: why the run stopped, and its notes, "
      + "are missing"
  }

  /// What `undeletedClients` means, with what to do; `nil` if there are none.
  public var undeletedClientsNote: String? {
    guard undeletedClients > 0 else { return nil }
    return "\(undeletedClients.counted("client")) could not be deleted; 'conform clean --target FILE' tries again"
  }

  /// Which part of the plan it contains, in words; `nil` if it is the whole.
  public var part: String? {
    guard let shards = run.shards, !shards.isMerged || shards.missingReason != nil else { return nil }
    return shards.title
  }

  /// It is the log of a complete shard that had nothing to do: there were fewer cases than shards.
  package var isEmptyShard: Bool { part != nil && caseCount == 0 && summary != nil && summary?.aborted == nil }

  /// How many cases the log contains.
  public var caseCount: Int { index.count { $0.isKnown } }

  /// The numbers of the cases, in the order of the plan. The log of a part of a plan leaves numbers out.
  public var numbers: [Int] { index.indices.filter { index[$0].isKnown } }

  public func count(_ verdict: Verdict) -> Int {
    index.count { $0.isKnown && self.verdict(of: $0) == verdict }
  }

  /// The numbers of the cases of a suite, in the order of the plan.
  public func numbers(inSuite suite: String) -> [Int] {
    guard let wanted = suiteNumbers[suite] else { return [] }
    return index.indices.filter { index[$0].suite == wanted }
  }

  /// The numbers of the cases suite by suite, each in the order of the plan.
  package var numbersBySuite: [Int] {
    var suites: [[Int]] = Array(repeating: [], count: self.suites.count)
    for number in index.indices where index[number].isKnown { suites[Int(index[number].suite)].append(number) }
    return suites.flatMap(\.self)
  }

  /// The index in `suites` of the suite of a case, by its number, one of `numbers`.
  package func suiteIndex(_ number: Int) -> Int { Int(index[number].suite) }

  /// The size of a case in the log, in bytes, and that of its steps.
  package func sizes(_ number: Int) -> (record: Int, steps: Int) {
    (Int(index[number].length), stepSizes.indices.contains(number) ? Int(stepSizes[number]) : 0)
  }

  /// The real time in which a case was active, and when it started, if it did, by its number, one of `numbers`.
  package func times(_ number: Int) -> (seconds: Double, startedAt: SimulatedInstant?) {
    (index[number].seconds, index[number].startedAt)
  }

  /// The verdict of a case by its number, one of `numbers`.
  public func verdict(_ number: Int) -> Verdict {
    index.indices.contains(number) ? verdict(of: index[number]) : .errored
  }

  private func verdict(of entry: Entry) -> Verdict {
    entry.verdict == RunLog.unfinished ? .errored : RunLog.verdicts[Int(entry.verdict)]
  }

  /// Whether the log names a case, one of `numbers`: if the plan is incomplete, only the count is known.
  package func isNamed(_ number: Int) -> Bool { !index[number].isLost }

  /// Whether the log contains the end of a case, one of `numbers`.
  package func hasEnded(_ number: Int) -> Bool {
    index.indices.contains(number) && index[number].verdict != RunLog.unfinished
  }
}
