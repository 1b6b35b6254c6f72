// Reads a run log: one pass for an overview, then single cases as they are asked for.

public import Conformance
import Glibc

/// What a run log holds. Of each case only a few bytes are kept in memory.
public final class RunLog {
  public let path: String
  public private(set) var run: RunDescription
  public private(set) var summary: RunSummary?
  /// The clauses of the pack; none in the logs of versions that did not tell them.
  public private(set) var requirements: [Requirement] = []
  public private(set) var clockMoves: [ClockMove] = []
  /// In the order of the plan.
  public private(set) var areas: [String] = []
  /// The last line was cut off, as a killed run leaves it.
  public private(set) var isCut = false

  private var left: [String: ClientTrace] = [:]
  private let descriptor: Int32
  /// One for each case of the plan, by its number.
  private var index: [Entry] = []
  private var areaNumbers: [String: Int32] = [:]

  private struct Entry {
    /// Where the line stands that tells most of the case.
    var offset: Int64 = 0
    var length: Int32 = 0
    /// Unknown as long as only the plan's line was seen, which is not read then.
    var area: Int32 = -1
    var seconds = 0.0
    var started: Int64 = .min
    var verdict: UInt8 = RunLog.unfinished

    /// When it started, where it did.
    var startedAt: Instant? { started == .min ? nil : Instant(milliseconds: started) }

    /// Numbers that no line of the log names have an entry too.
    var isKnown: Bool { length > 0 }
  }

  private static let unfinished: UInt8 = 255
  private static let verdicts = Verdict.allCases

  /// - Throws: `ReportError` where the file cannot be read or is no run log; a cut last line is no mistake.
  public init(path: String) throws(ReportError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("cannot be read", path) }
    var info = stat()
    guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      Glibc.close(descriptor)
      throw ReportError(path: path, message: "is no file that could be a run log")
    }
    self.path = path
    self.descriptor = descriptor
    run = RunDescription(
      version: "", target: "", targetFile: "", startedAt: Instant(seconds: 0), simulatedStart: Instant(seconds: 0), seed: nil,
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
    try orderAreas()
  }

  deinit { Glibc.close(descriptor) }

  /// Clients that the run made and that were not deleted, as far as the log tells.
  public func clientsLeft() -> [ClientTrace] { left.values.sorted { $0.id < $1.id } }

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
  func times(_ number: Int) -> (seconds: Double, startedAt: Instant?) { (index[number].seconds, index[number].startedAt) }

  /// The verdict of a case by its number, one of `numbers`.
  public func verdict(_ number: Int) -> Verdict { index.indices.contains(number) ? verdict(of: index[number]) : .errored }

  /// A case, as its line tells it. One that never ended comes out as errored.
  public func record(_ number: Int) throws(ReportError) -> CaseRecord {
    guard index.indices.contains(number), index[number].isKnown else {
      throw ReportError(path: path, message: "case \(number) was never planned")
    }
    switch try event(try read(index[number]), "case \(number)") {
    case .caseFinished(let record): return record
    case .planned(let planned):
      var problem = Problem(.errored, .internal, "not finished: the run was stopped before this case ended")
      problem.place = Place(file: planned.file, line: planned.line, column: 1)
      problem.requirements = planned.covers
      return CaseRecord(
        planned: planned, verdict: .errored, startedAt: run.startedAt, seconds: 0, simulatedStart: run.simulatedStart,
        simulatedEnd: run.simulatedStart, exchanges: 0, problems: [problem])
    default: throw ReportError(path: path, message: "case \(number) is not where it was")
    }
  }

  private func read(_ entry: Entry) throws(ReportError) -> [UInt8] {
    try RunLog.read(descriptor, path, offset: entry.offset, count: Int(entry.length))
  }

  static func read(_ descriptor: Int32, _ path: String, offset: Int64, count: Int) throws(ReportError) -> [UInt8] {
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
      guard case .runStarted(let run) = try event(line.bytes, "line 1") else {
        throw ReportError(path: path, message: "line 1: is no run log; its first line tells of the start of a run")
      }
      self.run = run
      return
    }
    // steps are most of a log, and no overview needs them
    if line.isWhole, line.bytes.last == UInt8(ascii: "}"), line.bytes.starts(with: RunLog.stepStart) { return }
    if line.isWhole, let planned = plannedNumber(line.bytes) {
      try note(planned, Entry(offset: line.offset, length: Int32(clamping: line.bytes.count)), number)
      return
    }
    switch try event(line.bytes, "line \(number)") {
    case .planned(let planned):
      try note(planned.number, Entry(offset: line.offset, length: Int32(clamping: line.bytes.count), area: area(planned)), number)
    case .caseFinished(let record):
      let verdict = RunLog.verdicts.firstIndex(of: record.verdict).map { UInt8($0) } ?? RunLog.unfinished
      try note(
        record.planned.number,
        Entry(
          offset: line.offset, length: Int32(clamping: line.bytes.count), area: area(record.planned),
          seconds: max(0, record.seconds), started: record.startedAt.milliseconds, verdict: verdict), number)
    case .requirements(let clauses): requirements = clauses
    case .clockMoved(let move): clockMoves.append(move)
    case .clientMade(let client): left[client.id] = client
    case .clientGone(let client): left[client.id] = nil
    case .runFinished(let summary): self.summary = summary
    default: break
    }
  }

  static let stepStart = Array(#"{"event":"step""#.utf8)
  private static let plannedStart = Array(#"{"event":"planned","n":"#.utf8)

  /// The number in a line of the plan; the rest of such a line is only read for a case that never ended.
  private func plannedNumber(_ line: [UInt8]) -> Int? {
    guard line.last == UInt8(ascii: "}"), line.starts(with: RunLog.plannedStart) else { return nil }
    var number = 0
    var index = RunLog.plannedStart.count
    while (0x30...0x39).contains(line[index]), number < 1 << 24 {
      number = 10 * number + Int(line[index] - 0x30)
      index += 1
    }
    return index > RunLog.plannedStart.count && line[index] == UInt8(ascii: ",") ? number : nil
  }

  private func note(_ number: Int, _ entry: Entry, _ lineNumber: Int) throws(ReportError) {
    guard (0..<1 << 24).contains(number), entry.length < Int32.max else {
      throw ReportError(path: path, message: "line \(lineNumber): case \(number) is larger than a run log can hold")
    }
    while index.count <= number { index.append(Entry()) }
    index[number] = entry
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
