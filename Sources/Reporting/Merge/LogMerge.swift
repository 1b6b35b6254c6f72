// Joins the logs of the shards of one run into the log of the whole.

import ConformanceModel
public import RunEvents

/// The logs of one run. If shards are missing, the merged log names them, reports count their cases as errored, and the
/// merged log can be merged again with the rest.
///
/// Of each case a few bytes are kept in memory; everything else is copied line by line.
public struct LogMerge {
  /// In the order of their shards.
  private let logs: [RunLog]
  private let plan: MergedPlan

  /// Reads the logs. The log of a killed run is used as far as it goes.
  ///
  /// - Throws: `ReportError` if one cannot be read, or if they are not shards of one run, with what to do.
  public init(_ paths: [String]) throws(ReportError) {
    var logs: [RunLog] = []
    for path in paths { logs.append(try RunLog(path: path)) }
    if logs.count > 1 { try MergedRuns.check(logs) }
    self.logs = logs.sorted { ($0.run.shards?.present.first ?? 1) < ($1.run.shards?.present.first ?? 1) }
    plan = try MergedPlan(self.logs) { _ in }
    try MergedRuns.checkFingerprints(logs)
    try plan.checkOwners(of: self.logs)
  }

  /// What the logs lack at their ends, each with its path.
  public var notes: [String] { logs.compactMap { log in log.missingEndNote.map { "\(log.path): \($0)" } } }

  /// Writes the merged log in one step: a former file stays until the new one is complete.
  ///
  /// - Throws: `ReportError` if the file cannot be written.
  public func write(to path: String) throws(ReportError) {
    try ReportFile.replace(path) { temporary in
      let writer = try RunLogWriter(path: temporary)
      if let shards = logs[0].run.shards {
        try write(shards, to: writer)
      } else {
        try copyWhole(to: writer)
      }
      do throws(ReportError) { try writer.close() } catch { throw ReportError(path: path, message: error.message) }
    }
  }

  /// A plan that was not split needs no merge.
  private func copyWhole(to writer: RunLogWriter) throws(ReportError) {
    try LogLines.forEach(logs[0].path) { line in writer.append(line) }
  }

  private func write(_ shards: Shards, to writer: RunLogWriter) throws(ReportError) {
    append(.runStarted(run(shards)), to: writer)
    if let requirements = logs.lazy.map(\.requirements).first(where: { !$0.isEmpty }) {
      append(.requirements(requirements), to: writer)
    }
    _ = try MergedPlan(logs) { writer.append($0) }
    for log in logs {
      try LogLines.forEach(log.path) { line in
        // the plan is written already, and invariants are written once, at the end
        let isWritten = [LineHead.runStarted, LineHead.requirements, LineHead.planned, LineHead.runFinished].contains {
          line.starts(with: $0)
        }
        if isWritten || LineHead(line, LineHead.finished).map({ plan.isShared($0.number) }) == true { return }
        writer.append(line)
      }
    }
    for number in plan.sharedNumbers {
      var records: [CaseRecord] = []
      for log in logs where log.numbers.contains(number) { records.append(try log.recorded(number)) }
      if let record = SharedRecord.join(records) { append(.caseFinished(record), to: writer) }
    }
    append(.runFinished(summary(shards)), to: writer)
  }

  private func append(_ event: Event, to writer: RunLogWriter) {
    var line: [UInt8] = []
    event.encode(to: &line)
    writer.append(line)
  }

  private func run(_ shards: Shards) -> RunDescription {
    let runs = logs.map(\.run)
    var run = runs[0]
    run.startedAt = runs.map(\.startedAt).min() ?? run.startedAt
    run.simulatedStart = runs.map(\.simulatedStart).min() ?? run.simulatedStart
    run.jobs = runs.map(\.jobs).max() ?? run.jobs
    if runs.contains(where: { $0.seed != run.seed }) { run.seed = nil }
    run.runID = runs.lazy.compactMap(\.runID).first
    run.command = LogMerge.unsplit(run.command)
    run.shards = Shards(
      present: runs.flatMap { $0.shards?.present ?? [] }.sorted(), count: shards.count, isMerged: true)
    return run
  }

  /// The command that runs the whole plan.
  static func unsplit(_ command: [String]) -> [String] {
    var result: [String] = []
    var words = command[...]
    while let word = words.popFirst() {
      if word == "--shard" || word == "--durations" {
        _ = words.popFirst()
      } else if !word.hasPrefix("--shard="), !word.hasPrefix("--durations=") {
        result.append(word)
      }
    }
    return result
  }

  /// Shards run at the same time: the run took as long as the longest of them.
  private func summary(_ shards: Shards) -> RunSummary {
    let summaries = logs.compactMap(\.recordedSummary)
    var notes: [String] = []
    for note in summaries.flatMap(\.notes) where !notes.contains(note) { notes.append(note) }
    let aborts = logs.compactMap { log -> String? in
      let title = log.run.shards?.title ?? "a shard"
      guard let summary = log.recordedSummary else { return "the log of \(title) is incomplete" }
      return log.run.shards?.isMerged == true ? summary.aborted : summary.aborted.map { "\(title): \($0)" }
    }
    // only if no shard stopped for another reason
    let limits = summaries.compactMap(\.failureLimit)
    return RunSummary(
      finishedAt: summaries.map(\.finishedAt).max() ?? logs[0].run.startedAt,
      seconds: summaries.map(\.seconds).max() ?? 0,
      simulatedEnd: summaries.map(\.simulatedEnd).max() ?? logs[0].run.simulatedStart,
      clockAdvances: summaries.map(\.clockAdvances).reduce(0, +),
      aborted: aborts.isEmpty ? nil : aborts.joined(separator: "; "),
      failureLimit: limits.count == aborts.count ? limits.max() : nil, notes: notes)
  }
}
