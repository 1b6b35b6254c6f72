// Reads a run log: one pass for an overview, then single cases as they are asked for.

public import ConformanceModel
import Glibc
import JSONValue

/// What a run log holds. Of each case only a few bytes are kept in memory.
public final class RunLog {
  public let path: String
  public private(set) var run: RunDescription
  /// How it ended. A merge of which shards are missing has not come to its end.
  public private(set) var summary: RunSummary?
  /// The same as it was recorded.
  package private(set) var recordedSummary: RunSummary?
  /// The clauses of the pack; none in the logs of versions that did not tell them.
  public private(set) var requirements: [Requirement] = []
  public private(set) var clockMoves: [ClockAdvance] = []
  /// In the order of the plan.
  public private(set) var areas: [String] = []
  /// The last line was cut off, as a killed run leaves it.
  public private(set) var isCut = false

  private var left: [String: ClientIdentity] = [:]
  package let descriptor: Int32
  /// One for each case of the plan, by its number.
  private var index: [Entry] = []
  private var areaNumbers: [String: Int32] = [:]

  private static let verdicts = Verdict.allCases

  /// - Throws: `ReportError` where the file cannot be read or is no run log; a cut last line is no mistake.
  public init(path: String) throws(ReportError) {
    // a pipe that nobody writes into is told of, and not waited for
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("cannot be read", path) }
    var info = stat()
    guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      Glibc.close(descriptor)
      throw ReportError(path: path, message: "is no file that could be a run log")
    }
    self.path = path
    self.descriptor = descriptor
    run = RunDescription(
      version: "", target: "", targetFile: "", startedAt: SimulatedInstant(seconds: 0),
      simulatedStart: SimulatedInstant(seconds: 0), seed: nil,
      jobs: 0, host: "", command: [])
    var lines = LineReader(descriptor: descriptor)
    var number = 0
    while let line = lines.next() {
      number += 1
      do throws(ReportError) {
        try take(line, number)
      } catch {
        // a run that was killed leaves half a line at the end, and only there
        guard !line.isWhole, number > 1 else { throw error }
        isCut = true
      }
    }
    if let failure = lines.failure { throw .system("cannot be read", path, number: failure) }
    guard number > 0 else { throw ReportError(path: path, message: "is empty: no run was recorded") }
    try addLostCases()
    try orderAreas()
    recordedSummary = summary
    if let missingReason = run.shards?.missingReason {
      summary?.aborted = [missingReason, recordedSummary?.aborted].compactMap { $0 }.joined(separator: "; ")
    }
  }

  deinit { Glibc.close(descriptor) }

  /// Clients that the run made and that were not deleted, as far as the log tells.
  public func clientsLeft() -> [ClientIdentity] { left.values.sorted { $0.id < $1.id } }

  /// Which part of the plan it tells of, in words; `nil` where it is the whole.
  public var part: String? {
    guard let shards = run.shards, !shards.isMerged || shards.missingReason != nil else { return nil }
    return shards.title
  }

  /// It tells of a shard that came to its end and had nothing to do: there were fewer cases than shards.
  package var isEmptyShard: Bool { part != nil && caseCount == 0 && summary != nil && summary?.aborted == nil }

  /// How many cases the log tells of.
  public var caseCount: Int { index.count { $0.isKnown } }

  /// The numbers of the cases, in the order of the plan. The log of a part of a plan leaves numbers out.
  public var numbers: [Int] { index.indices.filter { index[$0].isKnown } }

  public func count(_ verdict: Verdict) -> Int {
    index.count { $0.isKnown && self.verdict(of: $0) == verdict }
  }

  /// The numbers of the cases of an area, in the order of the plan.
  public func numbers(inArea area: String) -> [Int] {
    guard let wanted = areaNumbers[area] else { return [] }
    return index.indices.filter { index[$0].area == wanted }
  }

  /// What a case cost, and when it started where it did, by its number, one of `numbers`.
  package func times(_ number: Int) -> (seconds: Double, startedAt: SimulatedInstant?) {
    (index[number].seconds, index[number].startedAt)
  }

  /// The verdict of a case by its number, one of `numbers`.
  public func verdict(_ number: Int) -> Verdict {
    index.indices.contains(number) ? verdict(of: index[number]) : .errored
  }

  /// A case, as its line tells it. One that never ended comes out as errored, and so does what a missing shard has a part in.
  public func record(_ number: Int) throws(ReportError) -> CaseRecord {
    let record = try recorded(number)
    return index[number].isShared ? judgedByAll(record) : record
  }

  /// The same without regard to missing shards.
  package func recorded(_ number: Int) throws(ReportError) -> CaseRecord {
    guard index.indices.contains(number), index[number].isKnown else {
      throw ReportError(path: path, message: "case \(number) was never planned")
    }
    if index[number].isLost {
      return unfinished(lostCase(number), "not finished: the log was cut before it named this case of the plan")
    }
    switch try event(try read(index[number]), "case \(number)") {
    case .caseFinished(let record): return record
    case .planned(let planned):
      let place = Place(file: planned.file, line: planned.line, column: 1)
      return unfinished(planned, "not finished: \(whyUnfinished(planned))", at: place)
    default: throw ReportError(path: path, message: "case \(number) is not where it was")
    }
  }

  private func whyUnfinished(_ planned: PlannedCase) -> String {
    guard let shards = run.shards, shards.isMerged else { return "the run was stopped before this case ended" }
    guard let shard = planned.shard else { return "no shard came to its end" }
    let title = Shards.title([shard], of: shards.count)
    return shards.present.contains(shard) ? "\(title) was stopped before this case ended" : "\(title) is missing"
  }

  private func unfinished(_ planned: PlannedCase, _ message: String, at place: Place? = nil) -> CaseRecord {
    var finding = Finding(.errored, .internal, message, place: place)
    finding.requirements = planned.covers
    return CaseRecord(
      planned: planned, verdict: .errored, startedAt: run.startedAt, seconds: 0, simulatedStart: run.simulatedStart,
      simulatedEnd: run.simulatedStart, exchanges: 0, findings: [finding])
  }

  /// Whether the log names a case, one of `numbers`: of a plan that was cut only the count is known.
  package func isNamed(_ number: Int) -> Bool { !index[number].isLost }

  /// Whether the log tells how a case ended, one of `numbers`.
  package func hasEnded(_ number: Int) -> Bool {
    index.indices.contains(number) && index[number].verdict != RunLog.unfinished
  }

  /// How long each case took that was played to its end, by its id: wall seconds.
  public func runSeconds() throws(ReportError) -> [String: Double] {
    var seconds: [String: Double] = [:]
    for number in numbers where [.passed, .failed, .warned].contains(verdict(number)) {
      let record = try record(number)
      seconds[record.planned.id] = record.seconds
    }
    return seconds
  }

  private func read(_ entry: Entry) throws(ReportError) -> [UInt8] {
    try RunLog.read(descriptor, path, offset: entry.offset, count: Int(entry.length))
  }

  package static func read(_ descriptor: Int32, _ path: String, offset: Int64, count: Int) throws(ReportError)
    -> [UInt8]
  {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeMutableBytes { raw in
        raw.baseAddress.map { pread(descriptor, $0 + done, raw.count - done, off_t(offset) + off_t(done)) } ?? 0
      }
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw .system("cannot be read", path) }
      if count == 0 { throw ReportError(path: path, message: "became shorter while it was read") }
      done += count
    }
    return bytes
  }

  private func verdict(of entry: Entry) -> Verdict {
    entry.verdict == RunLog.unfinished ? .errored : RunLog.verdicts[Int(entry.verdict)]
  }

  private func take(_ line: LineReader.Line, _ number: Int) throws(ReportError) {
    if number == 1 {
      if !line.isWhole, line.bytes.starts(with: LineHead.runStarted), line.bytes.last != UInt8(ascii: "}") {
        throw ReportError(
          path: path,
          message: "ends within its first line: the run was killed before it had a plan, and no case was played")
      }
      let isNone = "is no run log, as 'conform run' writes it into run.jsonl"
      let first: Event
      do throws(ReportError) { first = try event(line.bytes, "line 1") } catch {
        throw ReportError(path: path, message: "\(isNone): \(error.message)")
      }
      guard case .runStarted(let run) = first else {
        throw ReportError(path: path, message: "\(isNone): its first line does not tell of the start of a run")
      }
      self.run = run
      return
    }
    // steps are most of a log, and no overview needs them
    if line.isWhole, line.bytes.last == UInt8(ascii: "}"), line.bytes.starts(with: LineHead.step) { return }
    if line.isWhole, let head = LineHead(line.bytes, LineHead.planned) {
      return try note(head.number, plannedEntry(line, head.shard), number)
    }
    switch try event(line.bytes, "line \(number)") {
    case .planned(let planned): try note(planned.number, plannedEntry(line, planned.shard), number)
    case .caseFinished(let record):
      let isShared = index.indices.contains(record.planned.number) && index[record.planned.number].isShared
      let verdict =
        RunLog.verdicts.firstIndex(of: isShared ? judgedByAll(record).verdict : record.verdict).map { UInt8($0) }
        ?? RunLog.unfinished
      try note(
        record.planned.number,
        Entry(
          offset: line.offset, length: Int32(clamping: line.bytes.count), area: area(record.planned),
          seconds: max(0, record.seconds), started: record.startedAt.milliseconds, verdict: verdict, isShared: isShared),
        number)
    case .requirements(let clauses): requirements = clauses
    case .clockAdvanced(let move): clockMoves.append(move)
    case .clientCreated(let client): left[client.id] = client
    case .clientDeleted(let client): left[client.id] = nil
    case .runFinished(let summary): self.summary = summary
    default: break
    }
  }

  /// What a line of the plan tells; the rest of it is only read for a case that never ended.
  private func plannedEntry(_ line: LineReader.Line, _ shard: Int?) -> Entry {
    if let shard, let shards = run.shards, !shards.isMerged, !shards.present.contains(shard) {
      return Entry(isElsewhere: true)
    }
    return Entry(
      offset: line.offset, length: Int32(clamping: line.bytes.count), isShared: shard == nil && run.shards != nil)
  }

  /// What every shard has a part in cannot have passed where one of them is missing.
  private func judgedByAll(_ record: CaseRecord) -> CaseRecord {
    guard let missingReason = run.shards?.missingReason, record.verdict != .failed else { return record }
    var record = record
    var finding = Finding(
      .errored, .internal, "\(missingReason), and the exchanges there were not judged",
      place: Place(file: record.planned.file, line: record.planned.line, column: 1))
    finding.requirements = record.planned.covers
    record.verdict = .errored
    record.reason = nil
    record.findings.append(finding)
    return record
  }

  private func note(_ number: Int, _ entry: Entry, _ lineNumber: Int) throws(ReportError) {
    guard (0..<1 << 24).contains(number), entry.length < Int32.max else {
      throw ReportError(path: path, message: "line \(lineNumber): case \(number) is larger than a run log can hold")
    }
    // the plan comes first, a line for each case: a number far beyond the lines is broken, and memory for all below it is not spent
    guard number < lineNumber + RunLog.maxLost else {
      throw ReportError(
        path: path,
        message:
          "line \(lineNumber): tells of case \(number), and the lines before it name no such plan: it is no whole run log"
      )
    }
    while index.count <= number { index.append(Entry()) }
    index[number] = entry
  }

  /// So many cases that no line names are still taken for a run that was killed, and not for a broken log.
  private static let maxLost = 1 << 20

  /// A run that was killed while it wrote its plan leaves cases that have a number and no name: they are errored, and not forgotten.
  private func addLostCases() throws(ReportError) {
    guard let cases = run.cases else { return }
    guard cases <= index.count + RunLog.maxLost else {
      throw ReportError(
        path: path, message: "line 1: tells of \(cases) cases, and only \(index.count) follow: it is no whole run log")
    }
    while index.count < cases { index.append(Entry()) }
    for number in index.indices.prefix(max(0, cases)) where index[number].length == 0 && !index[number].isElsewhere {
      index[number].area = area(lostCase(number))
    }
  }

  private func lostCase(_ number: Int) -> PlannedCase {
    PlannedCase(
      number: number, id: "case-\(number + 1)-of-the-plan", scenario: "case-\(number + 1)-of-the-plan",
      area: "not-in-the-log",
      title: "A case of the plan that the log does not name", row: nil, covers: [], tags: [], file: path, line: 1)
  }

  private func area(_ planned: PlannedCase) -> Int32 {
    if let known = areaNumbers[planned.area] { return known }
    let area = Int32(areas.count)
    areaNumbers[planned.area] = area
    areas.append(planned.area)
    return area
  }

  /// Finds the areas of cases that never ended, and puts all of them into the order of the plan.
  private func orderAreas() throws(ReportError) {
    for number in index.indices where index[number].isKnown && index[number].area < 0 {
      index[number].area = area(try record(number).planned)
    }
    let names = areas
    areas = []
    areaNumbers = [:]
    for number in index.indices where index[number].isKnown {
      let name = names[Int(index[number].area)]
      if areaNumbers[name] == nil {
        areaNumbers[name] = Int32(areas.count)
        areas.append(name)
      }
      index[number].area = areaNumbers[name] ?? 0
    }
  }

  private func event(_ bytes: [UInt8], _ place: String) throws(ReportError) -> Event {
    do {
      return try Event(decoding: try JSON(parsing: bytes))
    } catch {
      throw ReportError(path: path, message: "\(place): \(error)")
    }
  }
}
