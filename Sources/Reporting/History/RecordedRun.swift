// The compact result of one run, as a history keeps it in a file.

public import ConformanceModel
import JSONValue
public import RunEvents

/// Verdict and seconds of each case of one run.
public struct RecordedRun: Sendable, Hashable {
  public struct Outcome: Sendable, Hashable {
    public var verdict: Verdict
    /// Wall seconds in which the case was at work.
    public var seconds: Double

    public init(_ verdict: Verdict, seconds: Double) {
      self.verdict = verdict
      self.seconds = seconds
    }
  }

  public var run: History.Run
  /// By the ids of the cases.
  public var cases: [String: Outcome]

  public init(_ run: History.Run, cases: [String: Outcome]) {
    self.run = run
    self.cases = cases
  }

  /// Of a run that was stopped, what errored is left out: that tells of the stop, and not of the target.
  ///
  /// - Throws: `ReportError` where the log cannot be read.
  public init(_ log: RunLog) throws(ReportError) {
    let commit = log.run.environment.first { $0.name == "ci.commit" }?.value
    run = History.Run(
      startedAt: log.run.startedAt, host: log.run.host, target: log.run.target, version: log.run.version, commit: commit
    )
    cases = [:]
    let isWhole = log.summary != nil && log.summary?.aborted == nil
    for number in log.numbers where isWhole || log.verdict(number) != .errored {
      cases[try log.record(number).planned.id] = Outcome(log.verdict(number), seconds: log.times(number).seconds)
    }
  }
}

extension RecordedRun {
  /// What `history` says in a file. A later version that changes the meaning of a member counts it up.
  static let format = 1

  /// A line for each case, so that people and version control can read it.
  var text: String {
    var members: [JSON.Member] = [
      .init("history", .int(RecordedRun.format)), .init("target", .string(run.target)),
      .init("started-at", .string("\(run.startedAt)")),
      .init("host", .string(run.host)), .init("version", .string(run.version)),
    ]
    if let commit = run.commit { members.append(.init("commit", .string(commit))) }
    var text =
      "{" + members.map { "\(JSON.string($0.name).compact): \($0.value.compact)" }.joined(separator: ", ")
      + ", \"cases\": {\n"
    let lines = cases.sorted { $0.key < $1.key }.map { id, outcome in
      "\(JSON.string(id).compact): [\"\(outcome.verdict.rawValue)\", \(outcome.seconds.plain(decimals: 6))]"
    }
    text += lines.joined(separator: ",\n")
    return text + "\n}}\n"
  }

  /// Reads it back. Members that a later version added are passed over.
  ///
  /// - Throws: `EventError`, which says what is not as it should be.
  init(parsing bytes: [UInt8]) throws(EventError) {
    let json: JSON
    do { json = try JSON(parsing: bytes) } catch { throw EventError("is no JSON: \(error)") }
    guard let format = json["history"]?.int else { throw EventError("is not the result of a run that a history keeps") }
    guard format <= RecordedRun.format else {
      throw EventError("has format \(format); this version reads up to \(RecordedRun.format): use a newer one")
    }
    guard let target = json["target"]?.string,
      let startedAt = json["started-at"]?.string.flatMap({ SimulatedInstant(rfc3339: $0) }),
      let host = json["host"]?.string, let members = json["cases"]?.object
    else { throw EventError("lacks target, started-at, host or cases") }
    run = History.Run(
      startedAt: startedAt, host: host, target: target, version: json["version"]?.string ?? "",
      commit: json["commit"]?.string)
    cases = [:]
    for member in members {
      guard let items = member.value.array, items.count >= 2,
        let verdict = items[0].string.flatMap({ Verdict(rawValue: $0) }),
        let seconds = items[1].double, seconds.isFinite
      else { throw EventError("case '\(member.name.prefix(80))' has no verdict and seconds") }
      cases[member.name] = Outcome(verdict, seconds: max(0, seconds))
    }
  }
}
