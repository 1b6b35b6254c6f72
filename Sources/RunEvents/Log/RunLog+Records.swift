// The records of single cases, read from a run log on demand.

import ConformanceModel
import Glibc
import JSONValue

extension RunLog {
  /// A case as its line describes it. A case that never ended is errored, and so is an invariant if a shard is missing.
  public func record(_ number: Int) throws(ReportError) -> CaseRecord {
    let record = try recorded(number)
    return index[number].isShared ? withoutMissingShards(record) : record
  }

  /// The same, whether or not shards are missing.
  package func recorded(_ number: Int) throws(ReportError) -> CaseRecord { try entry(number).record }

  /// The record of a case, and its line as the log has it; `nil` if the line does not say the same.
  package func line(_ number: Int) throws(ReportError) -> (record: CaseRecord, line: [UInt8]?) {
    let (recorded, line) = try entry(number)
    guard index[number].isShared else { return (recorded, line) }
    let record = withoutMissingShards(recorded)
    return (record, record == recorded ? line : nil)
  }

  private func entry(_ number: Int) throws(ReportError) -> (record: CaseRecord, line: [UInt8]?) {
    guard index.indices.contains(number), index[number].isKnown else {
      throw ReportError(path: path, message: "case \(number) is not in the plan")
    }
    if index[number].isLost {
      let reason = "not finished: the log ends before it names this case of the plan"
      return (unfinished(lostCase(number), reason), nil)
    }
    let line = try read(index[number])
    switch try event(line, "case \(number)") {
    case .caseFinished(let record): return (record, LineHead(line, LineHead.finished) == nil ? nil : line)
    case .casePlanned(let planned):
      let place = Place(file: planned.file, line: planned.line, column: 1)
      return (unfinished(planned, "not finished: \(whyUnfinished(planned))", at: place), nil)
    default: throw ReportError(path: path, message: "case \(number) was changed while the log was read")
    }
  }

  private func whyUnfinished(_ planned: PlannedCase) -> String {
    guard let shards = run.shards, shards.isMerged else { return "the run was stopped before this case ended" }
    guard let shard = planned.shard else { return "no shard was completed" }
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

  /// An invariant that all shards evaluate cannot have passed if one of them is missing.
  func withoutMissingShards(_ record: CaseRecord) -> CaseRecord {
    guard let missingReason = run.shards?.missingReason, record.verdict != .failed else { return record }
    var record = record
    var finding = Finding(
      .errored, .internal, "\(missingReason), and its exchanges were not evaluated",
      place: Place(file: record.planned.file, line: record.planned.line, column: 1))
    finding.requirements = record.planned.covers
    record.verdict = .errored
    record.reason = nil
    record.findings.append(finding)
    return record
  }

  func lostCase(_ number: Int) -> PlannedCase {
    PlannedCase(
      number: number, id: "case-\(number + 1)-of-the-plan", scenario: "case-\(number + 1)-of-the-plan",
      suite: "not-in-the-log", title: "A case of the plan that the log does not name", row: nil, covers: [], tags: [],
      file: path, line: 1)
  }

  /// The wall seconds of each case that was executed to its end, by its id.
  public func runSeconds() throws(ReportError) -> [String: Double] {
    var seconds: [String: Double] = [:]
    for number in numbers where [.passed, .failed, .warned].contains(verdict(number)) {
      let record = try record(number)
      seconds[record.planned.id] = record.seconds
    }
    return seconds
  }

  /// The line of a case, one of `numbers` that the log names.
  func line(of number: Int) throws(ReportError) -> [UInt8] { try read(index[number]) }

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

  func event(_ bytes: [UInt8], _ place: String) throws(ReportError) -> Event {
    do {
      return try Event(decoding: try JSON(parsing: bytes))
    } catch {
      throw ReportError(path: path, message: "\(place): \(error)")
    }
  }
}
