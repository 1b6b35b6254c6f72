// The plan that several logs have in common, read from all of them at the same time.

import ConformanceModel
import Files
import Glibc
import JSONValue
import RunEvents

/// Which shard executes which case. Every log contains the whole plan, or its beginning if the run was killed early.
struct MergedPlan {
  /// By the number of the case: its shard; 0 for invariants, which every shard evaluates; -1 if no log names it.
  private(set) var shards: [Int32] = []

  /// Reads the plans and compares them.
  ///
  /// - Parameter take: Receives the line of each case, in their order.
  /// - Throws: `ReportError` if they differ.
  init(_ logs: [RunLog], _ take: ([UInt8]) -> Void) throws(ReportError) {
    var cursors: [PlanCursor] = []
    for log in logs { cursors.append(try PlanCursor(log)) }
    for index in cursors.indices { try cursors[index].move() }
    while let number = cursors.compactMap(\.planned?.number).min(),
      let first = cursors.firstIndex(where: { $0.planned?.number == number })
    {
      for index in cursors.indices where cursors[index].planned?.number == number {
        try MergedPlan.compare(cursors[first], cursors[index])
      }
      while shards.count < number { shards.append(-1) }
      shards.append(Int32(clamping: cursors[first].planned?.shard ?? 0))
      take(cursors[first].line)
      for index in cursors.indices where cursors[index].planned?.number == number { try cursors[index].move() }
    }
  }

  /// The invariants.
  var sharedNumbers: [Int] { shards.indices.filter { shards[$0] == 0 } }

  func isShared(_ number: Int) -> Bool { shards.indices.contains(number) && shards[number] == 0 }

  /// Refuses the verdict of a case that belongs to another shard, and a second verdict of the same case.
  func checkOwners(of logs: [RunLog]) throws(ReportError) {
    var owners = [Int32](repeating: -1, count: shards.count)
    for (index, log) in logs.enumerated() {
      guard let own = log.run.shards else { continue }
      for number in log.numbers where log.hasEnded(number) && shards.indices.contains(number) && shards[number] != 0 {
        if shards[number] > 0, !own.present.contains(Int(shards[number])) {
          let place = Shards.title([Int(shards[number])], of: own.count)
          throw ReportError(
            path: log.path,
            message:
              "contains the verdict of case \(number), which belongs to \(place): it is not a log of \(own.title)"
          )
        }
        guard owners[number] < 0 else {
          throw ReportError(
            path: log.path,
            message:
              "contains the verdict of case \(number), and so does \(logs[Int(owners[number])].path): "
              + "name one log for each shard")
        }
        owners[number] = Int32(clamping: index)
      }
    }
  }

  private static func compare(_ first: PlanCursor, _ other: PlanCursor) throws(ReportError) {
    guard var one = first.planned, var two = other.planned else { return }
    // the file may have another path on another machine
    one.file = ""
    two.file = ""
    guard one != two else { return }
    let id = SafeText.oneLine(two.id)
    let advice: String
    if one.id != two.id {
      advice =
        "case \(two.number) is '\(id)' here and '\(SafeText.oneLine(one.id))' there: the shards ran different "
        + "scenarios; give all of them the same files and the same selection"
    } else if one.shard != two.shard {
      let shards = [two.shard, one.shard].map { $0.map(String.init) ?? "none" }
      advice =
        "'\(id)' is in shard \(shards[0]) here and in shard \(shards[1]) there: the plan was split differently; "
        + "give all shards the same --durations, or none"
    } else {
      advice =
        "'\(id)' is different there (\(other.planned?.file ?? ""):\(two.line)): the shards ran different versions "
        + "of the scenarios; check out the same commit for all"
    }
    throw ReportError(path: other.log.path, message: "has another plan than \(first.log.path): \(advice)")
  }
}

/// The lines of the plan of one log, one at a time.
private final class PlanCursor {
  let log: RunLog
  private(set) var planned: PlannedCase?
  private(set) var line: [UInt8] = []
  private var lines: LineReader
  private let descriptor: Int32

  init(_ log: RunLog) throws(ReportError) {
    self.log = log
    do { descriptor = try RegularFile.open(log.path) } catch { throw ReportError(error) }
    lines = LineReader(descriptor: descriptor)
  }

  deinit { close(descriptor) }

  /// Reads the next case of the plan; `planned` is `nil` after the last. What was executed follows the plan.
  func move() throws(ReportError) {
    let former = planned?.number ?? -1
    planned = nil
    while let next = lines.next() {
      if next.bytes.starts(with: LineHead.runStarted) || next.bytes.starts(with: LineHead.requirements) { continue }
      guard next.isWhole, next.bytes.starts(with: LineHead.planned) else { return }
      guard let json = try? JSON(parsing: next.bytes), case .casePlanned(let one)? = try? Event(decoding: json),
        one.number > former
      else {
        throw ReportError(path: log.path, message: "the plan is not in order after case \(former)")
      }
      planned = one
      line = next.bytes
      return
    }
  }
}
