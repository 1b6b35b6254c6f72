// How many requirements a run judged: what its result says nothing about.

import ConformanceModel

/// The requirements of a pack, counted by whether a run judged them.
public struct RequirementCounts: Sendable, Hashable {
  /// The requirements that can be observed from outside.
  public var all = 0
  /// Those of which a case passed, warned or failed, or deviates as the target declares.
  public var judged = 0
  /// The ids of the others that are musts.
  public var unjudgedMusts: [String] = []
  /// The cases that failed as the target's list of expected deviations says.
  public var deviations = 0

  /// `nil` if the log has no requirements, or cannot be read.
  init?(_ log: RunLog) {
    guard !log.requirements.isEmpty else { return nil }
    var judged: Set<String> = []
    for number in log.numbers {
      let verdict = log.verdict(number)
      // the others say nothing about what they cover
      guard verdict != .pending, verdict != .errored, log.isNamed(number), let line = try? log.coverage(number) else {
        continue
      }
      if verdict == .skipped {
        guard line.isDeviation else { continue }
        deviations += 1
      }
      judged.formUnion(line.covers)
    }
    var seen: Set<String> = []
    for requirement in log.requirements where requirement.unobservable == nil && seen.insert(requirement.id).inserted {
      all += 1
      if judged.contains(requirement.id) {
        self.judged += 1
      } else if requirement.level == .must {
        unjudgedMusts.append(requirement.id)
      }
    }
  }
}

extension RunLog {
  /// What a case covers, and whether it was skipped because of an expected deviation, found without decoding the rest of
  /// its line.
  fileprivate func coverage(_ number: Int) throws(ReportError) -> (covers: [String], isDeviation: Bool) {
    var covers: [String]?
    var isDeviation = false
    let line = try line(of: number)
    _ = line.withUnsafeBufferPointer { buffer in
      var walker = JSONWalker(buffer)
      return walker.members { name, value in
        if name.isSame(as: "covers") { covers = RunLog.ids(in: value) }
        if name.isSame(as: "reason") { isDeviation = value.dropFirst().starts(with: RunLog.deviation) }
      }
    }
    if let covers { return (covers, isDeviation) }
    return (try record(number).planned.covers.map(\.id), isDeviation)
  }

  private static let deviation = Array(CaseRecord.expectedDeviation.utf8)
  private static let id = Array(#"{"id":""#.utf8)

  /// The ids in `[{"id":"EXP-02","level":"must"}]`; `nil` if one of them has an escape.
  private static func ids(in list: UnsafeBufferPointer<UInt8>) -> [String]? {
    guard !list.contains(UInt8(ascii: "\\")) else { return nil }
    var ids: [String] = []
    var rest = list.dropFirst()
    while rest.starts(with: id) {
      rest = rest.dropFirst(id.count)
      let text = rest.prefix { $0 != UInt8(ascii: "\"") }
      ids.append(String(decoding: text, as: UTF8.self))
      guard let end = rest.firstIndex(of: UInt8(ascii: "}")) else { return nil }
      rest = rest[rest.index(after: end)...].dropFirst()
    }
    return rest.isEmpty || rest.first == UInt8(ascii: "]") ? ids : nil
  }
}
