// The index of a run log: which line describes which case. Every number in a log is checked against its lines.

import ConformanceModel
import Glibc
import JSONValue

extension RunLog {
  func take(_ line: LineReader.Line, _ number: Int) throws(ReportError) {
    try checkLine(line.bytes, number)
    if number == 1 {
      run = try firstLine(line)
      return reserveIndex()
    }
    // steps are most of a log, and an overview does not need them
    if line.isWhole, line.bytes.last == UInt8(ascii: "}"), line.bytes.starts(with: LineHead.step) {
      noteContinuation()
      return noteStep(line.bytes, number)
    }
    if line.isWhole, let head = LineHead(line.bytes, LineHead.planned) {
      try checkPlan(of: head.number, number)
      return try note(head.number, plannedEntry(line, head.shard), number)
    }
    if isSkimmed, line.isWhole, let outcome = LineOutcome(line.bytes), outcome.isPlain,
      !isIncomplete(outcome.head.number),
      !hasEnded(outcome.head.number)
    {
      noteContinuation()
      return try note(
        outcome.head.number,
        Entry(
          offset: line.offset, length: Int32(clamping: line.bytes.count), suite: suite(outcome.suite),
          seconds: outcome.seconds, started: outcome.startedAt,
          exchanges: UInt32(clamping: outcome.exchanges), verdict: outcome.verdict,
          isShared: isShared(outcome.head.number)),
        number)
    }
    switch try event(line.bytes, "line \(number)") {
    case .casePlanned(let planned):
      try checkPlan(of: planned.number, number)
      try note(planned.number, plannedEntry(line, planned.shard), number)
    case .caseFinished(let record):
      noteContinuation()
      try check(record, number)
      begunAgain.remove(record.planned.number)
      let isShared = isShared(record.planned.number)
      let verdict =
        RunLog.verdicts.firstIndex(of: isShared ? withoutMissingShards(record).verdict : record.verdict).map {
          UInt8($0)
        }
        ?? RunLog.unfinished
      try note(
        record.planned.number,
        Entry(
          offset: line.offset, length: Int32(clamping: line.bytes.count), suite: suite(record.planned.suite),
          seconds: record.seconds, started: record.startedAt.milliseconds,
          exchanges: UInt32(clamping: record.exchanges), verdict: verdict, isShared: isShared),
        number)
    case .requirements(let requirements): self.requirements = requirements
    case .coverage(let coverage): self.coverage = coverage
    case .clockAdvanced(let advance): clockAdvances.append(advance)
    case .clientCreated(let client): remainingClients[client.id] = client
    case .clientDeleted(let client): remainingClients[client.id] = nil
    case .caseStarted(let start):
      brokenChecks[start.number] = nil
      if hasEnded(start.number), verdict(start.number) == .pending { begunAgain.insert(start.number) }
    case .runFinished(let summary):
      self.summary = summary
      ends += 1
      begunAgain = []
    default: break
    }
  }

  /// Makes room for all cases at once, as far as the log can have a line for each: an array that grows is in memory
  /// twice. A log can be a few bytes and a hole, so beyond a million cases it grows.
  private func reserveIndex() {
    var info = stat()
    guard let cases = run.cases, fstat(descriptor, &info) == 0 else { return }
    index.reserveCapacity(max(0, min(cases, Int(info.st_size) / LineHead.planned.count, 1 << 20)))
  }

  /// Pending cases were resumed: the run has not ended until the log says so again.
  private func noteContinuation() {
    if summary != nil { summary = nil }
  }

  private func isShared(_ number: Int) -> Bool { index.indices.contains(number) && index[number].isShared }

  /// Whether the verdict of a case differs from that of its line, because a shard is missing.
  private func isIncomplete(_ number: Int) -> Bool { isShared(number) && run.shards?.missingReason != nil }

  /// Adds the size of a step to those of its case. Steps of numbers that no case can have are left out.
  private func noteStep(_ line: [UInt8], _ lineNumber: Int) {
    guard let number = LineHead(line, LineHead.numberedStep)?.number, number <= PlannedCase.maxNumber,
      number < RunLog.maxCases(named: namedLines)
    else { return }
    noteChecks(line, of: number, lineNumber)
    noteExchange(line, of: number)
    while stepSizes.count <= number { stepSizes.append(0) }
    stepSizes[number] = UInt32(clamping: Int(stepSizes[number]) + line.count)
  }

  private func firstLine(_ line: LineReader.Line) throws(ReportError) -> RunDescription {
    if !line.isWhole, line.bytes.starts(with: LineHead.runStarted), line.bytes.last != UInt8(ascii: "}") {
      throw ReportError(
        path: path, message: "ends within its first line: the run was killed before it had a plan; nothing was run")
    }
    let reason: String
    do throws(ReportError) {
      if case .runStarted(let run) = try event(line.bytes, "line 1") { return run }
      reason = "the first line is not the event run-started"
    } catch {
      reason = error.message
    }
    throw ReportError(path: path, message: "is not a run log as 'conform run' writes it to run.jsonl: \(reason)")
  }

  /// The entry of a line of the plan. The rest of the line is only read if the case never ended.
  private func plannedEntry(_ line: LineReader.Line, _ shard: Int?) -> Entry {
    if let shard, let shards = run.shards, !shards.isMerged, !shards.present.contains(shard) {
      return Entry(isElsewhere: true)
    }
    return Entry(
      offset: line.offset, length: Int32(clamping: line.bytes.count), isShared: shard == nil && run.shards != nil)
  }

  private func note(_ number: Int, _ entry: Entry, _ lineNumber: Int) throws(ReportError) {
    guard (0...PlannedCase.maxNumber).contains(number), entry.length < Int32.max else {
      throw ReportError(path: path, message: "line \(lineNumber): case \(number) is beyond the limit of a run log")
    }
    if let cases = run.cases, number >= cases {
      throw ReportError(
        path: path, message: "line \(lineNumber): case \(number) is not in the plan, which has \(cases.counted("case"))"
      )
    }
    namedLines += 1
    // the plan has a line for each case: a number far beyond the lines is wrong, and must not cost memory for all below
    guard number < RunLog.maxCases(named: namedLines) else {
      throw ReportError(
        path: path,
        message: "line \(lineNumber): names case \(number), but only \(namedLines.counted("line")) so far "
          + (namedLines == 1 ? "names a case" : "name cases") + ": it is not a complete run log")
    }
    while index.count <= number { index.append(Entry()) }
    index[number] = entry
  }

  /// How many cases a log can have of which so many are named. A run that is killed while it writes its plan leaves the
  /// rest unnamed; the lines that it did write bound how many are believed.
  private static func maxCases(named: Int) -> Int { 1000 + 10 * named }

  /// A run that was killed while it wrote its plan leaves cases that have only a number: they are errored.
  func addLostCases() throws(ReportError) {
    guard let cases = run.cases else { return }
    guard cases <= RunLog.maxCases(named: namedLines) else {
      throw ReportError(
        path: path,
        message: "line 1: the plan has \(cases) cases, but only \(namedLines) follow: the run was killed while it "
          + "wrote its plan, before it executed a case; or the log was changed")
    }
    while index.count < cases { index.append(Entry()) }
    for number in index.indices.prefix(cases) where index[number].length == 0 && !index[number].isElsewhere {
      index[number].suite = suite(lostCase(number).suite)
    }
  }

  private func suite(_ name: String) -> Int32 {
    if let known = suiteNumbers[name] { return known }
    let suite = Int32(suites.count)
    suiteNumbers[name] = suite
    suites.append(name)
    return suite
  }

  /// Finds the suites of cases that never ended, and puts all suites into the order of the plan.
  func orderSuites() throws(ReportError) {
    for number in index.indices where index[number].isKnown && index[number].suite < 0 {
      index[number].suite = suite(try record(number).planned.suite)
    }
    let names = suites
    suites = []
    suiteNumbers = [:]
    for number in index.indices where index[number].isKnown {
      let name = names[Int(index[number].suite)]
      if suiteNumbers[name] == nil {
        suiteNumbers[name] = Int32(suites.count)
        suites.append(name)
      }
      index[number].suite = suiteNumbers[name] ?? 0
    }
  }
}
