// The result of one run, as a file of a history.

public import ConformanceModel
import JSONValue
public import RunEvents

/// Verdict and duration of each case of one run.
public struct RecordedRun: Sendable, Hashable {
  public struct Outcome: Sendable, Hashable {
    public var verdict: Verdict
    /// Wall seconds in which the case ran.
    public var seconds: Double

    public init(_ verdict: Verdict, seconds: Double) {
      self.verdict = verdict
      self.seconds = seconds
    }
  }

  public var run: History.Run
  /// By case id.
  public var cases: [String: Outcome]

  public init(_ run: History.Run, cases: [String: Outcome]) {
    self.run = run
    self.cases = cases
  }

  /// What a stop kept from being judged is omitted, and the errored cases of a stopped run: it may have caused the errors.
  ///
  /// - Throws: `ReportError` if the log cannot be read.
  public init(_ log: RunLog) throws(ReportError) {
    let commit = log.run.environment.first { $0.name == "ci.commit" }?.value
    run = History.Run(
      startedAt: log.run.startedAt, host: log.run.host, target: log.run.target, version: log.run.version, commit: commit
    )
    cases = [:]
    let isWhole = log.summary != nil && log.summary?.aborted == nil
    for number in log.numbers where isWhole || log.verdict(number) != .errored {
      let record = try log.record(number)
      // the failures of others kept it from being judged
      guard !record.isCutShort else { continue }
      cases[record.planned.id] = Outcome(log.verdict(number), seconds: log.times(number).seconds)
    }
  }
}

extension RecordedRun {
  /// The version of the format; incremented if the meaning of a member changes.
  static let format = 1

  /// One line for each case, for readable diffs.
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

  /// Parses a file of a history. Unknown members are ignored.
  ///
  /// - Throws: `EventError` with the reason.
  init(parsing bytes: [UInt8]) throws(EventError) {
    let json: JSON
    do { json = try JSON(parsing: bytes) } catch { throw EventError("is not JSON: \(error)") }
    guard let format = json["history"]?.int else { throw EventError("is not a file of a history") }
    guard format <= RecordedRun.format else {
      throw EventError(
        "has format \(format), and this version of conform reads up to \(RecordedRun.format): use a newer version")
    }
    guard let target = json["target"]?.string,
      let startedAt = json["started-at"]?.string.flatMap({ SimulatedInstant(rfc3339: $0) }),
      let host = json["host"]?.string, let members = json["cases"]?.object
    else { throw EventError("has no target, started-at, host or cases") }
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
