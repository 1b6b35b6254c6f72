// Whether logs are of one run: the same plan, at the same target, with the same expectations.

import ConformanceModel
import RunEvents

enum MergedRuns {
  /// - Throws: `ReportError` that names the first difference, and what to do.
  static func check(_ logs: [RunLog]) throws(ReportError) {
    var seen: [Int: RunLog] = [:]
    for log in logs {
      guard let shards = log.run.shards else {
        throw ReportError(
          path: log.path,
          message: "is the log of a whole plan; only the logs of shards can be merged (conform run --shard I/N)")
      }
      let pair = Pair(log: log, first: logs[0])
      try pair.compareDescriptions()
      try pair.compareTargets()
      for shard in shards.present {
        if let other = seen.updateValue(log, forKey: shard) {
          throw ReportError(
            path: log.path,
            message: "contains \(Shards.title([shard], of: shards.count)), and so does \(other.path): "
              + "name one log for each shard")
        }
      }
    }
  }
}

extension MergedRuns {
  /// Compares what the lines of the plan do not show, such as an expectation; to be called after the plans themselves
  /// were compared.
  ///
  /// - Throws: `ReportError` that names the first difference, and what to do.
  static func checkFingerprints(_ logs: [RunLog]) throws(ReportError) {
    for log in logs { try Pair(log: log, first: logs[0]).comparePlans() }
  }
}

/// A log and the first one, with which it is compared.
private struct Pair {
  /// In milliseconds: logs without an id that started further apart are of different runs.
  private static let maxDistance: Int64 = 24 * 3_600_000

  let log: RunLog
  let first: RunLog

  func compareDescriptions() throws(ReportError) {
    try compare("version", \.version, "run all shards with the same version")
    try compare("target", \.target, "merge the shards of each target separately")
    // the file may have another path on another machine
    try compare("target file", { Path.name(of: $0.targetFile) }, "merge the shards of each target separately")
    try compare("number of shards", { "\($0.shards?.count ?? 0)" }, "name the logs of one run")
    try compare(
      "number of cases", { $0.cases.map(String.init) ?? "unknown" },
      "give all shards the same files and the same selection")
    if log.run.runID != nil, first.run.runID != nil {
      try compare("run id", { $0.runID ?? "" }, "name the logs of one run")
    } else if abs((log.run.startedAt - first.run.startedAt).milliseconds) > Pair.maxDistance {
      throw ReportError(
        path: log.path,
        message:
          "was started at \(log.run.startedAt), \(first.path) at \(first.run.startedAt): they are not of one run; "
          + "run all shards on one day, or give all of them the same --run-id")
    }
  }

  /// The facts of the runs name what differs; the fingerprint covers what is not shown, such as a secret.
  func compareTargets() throws(ReportError) {
    let own = TargetFacts(log.run), other = TargetFacts(first.run)
    for name in own.names.union(other.names).sorted() {
      try compare(
        name, own.value(of: name, besides: other), other.value(of: name, besides: own),
        "run all shards against the same target")
    }
    try compare(
      "fingerprint of the target", { $0.fingerprints?.target ?? "missing" },
      "run all shards against the same target, with the same target file and the same values of its variables")
  }

  func comparePlans() throws(ReportError) {
    try compare(
      "fingerprint of the pack", { $0.fingerprints?.pack ?? "missing" },
      "a scenario, a requirement or an invariant differs; check out the same commit for all shards")
    try compare(
      "fingerprint of the plan", { $0.fingerprints?.plan ?? "missing" },
      "give all shards the same files, the same selection and the same --durations")
  }

  private func compare(_ name: String, _ value: (RunDescription) -> String, _ advice: String) throws(ReportError) {
    try compare(name, value(log.run), value(first.run), advice)
  }

  private func compare(_ name: String, _ own: String, _ other: String, _ advice: String) throws(ReportError) {
    guard own != other else { return }
    throw ReportError(
      path: log.path,
      message: "\(name) is \(SafeText.oneLine(own)), and in \(first.path) it is \(SafeText.oneLine(other)): \(advice)")
  }
}

/// What the target of a run is configured as.
private struct TargetFacts {
  private let values: [String: String]

  init(_ run: RunDescription) {
    let facts = run.environment.filter { $0.name.hasPrefix("target.") }
    values = Dictionary(facts.map { ($0.name, $0.value) }) { one, _ in one }
  }

  var names: Set<String> { Set(values.keys) }

  /// - Parameter other: If both runs launched their target, they chose its port, and the base URL differs by it.
  func value(of name: String, besides other: TargetFacts) -> String {
    if name == "target.base-url", values["target.launch"] != nil, other.values["target.launch"] != nil {
      return "the launched target"
    }
    return values[name] ?? "not configured"
  }
}
