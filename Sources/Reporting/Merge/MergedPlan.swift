// The plan that several logs share, read from all of them at the same time.

import ConformanceModel
import Glibc
import JSONValue
import RunEvents

/// Which shard plays which case. Every log has the whole plan; one that was cut early has its beginning.
struct MergedPlan {
  /// By the number of the case: its shard, 0 for what every shard has, -1 where no log names it.
  private(set) var shards: [Int32] = []

  /// Reads the plans and compares them.
  ///
  /// - Parameter take: Gets the line of each case, in their order.
  /// - Throws: `ReportError` where they differ.
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

  /// What every shard has: the invariants.
  var sharedNumbers: [Int] { shards.indices.filter { shards[$0] == 0 } }

  func isShared(_ number: Int) -> Bool { shards.indices.contains(number) && shards[number] == 0 }

  /// Refuses a verdict where it does not belong, and a second one of the same case.
  func checkOwners(of logs: [RunLog]) throws(ReportError) {
    var owners = [Int32](repeating: -1, count: shards.count)
    for (index, log) in logs.enumerated() {
      guard let own = log.run.shards else { continue }
      for number in log.numbers where log.hasEnded(number) && shards.indices.contains(number) && shards[number] != 0 {
        if shards[number] > 0, !own.present.contains(Int(shards[number])) {
          let place = Shards.title([Int(shards[number])], of: own.count)
          throw ReportError(
            path: log.path,
            message: "has the verdict of case \(number), which is in \(place) by the plan: it is no log of \(own.title)"
          )
        }
        guard owners[number] < 0 else {
          throw ReportError(
            path: log.path,
            message: "case \(number) ended in \(logs[Int(owners[number])].path) too: name one log for each shard")
        }
        owners[number] = Int32(clamping: index)
      }
    }
  }

  private static func compare(_ first: PlanCursor, _ other: PlanCursor) throws(ReportError) {
    guard var one = first.planned, var two = other.planned else { return }
    // the same file may lie elsewhere on another machine
    one.file = ""
    two.file = ""
    guard one != two else { return }
    let id = SafeText.oneLine(two.id)
    let advice: String
    if one.id != two.id {
      advice =
        "case \(two.number) is '\(id)', and there '\(SafeText.oneLine(one.id))': the shards played different scenarios; give all of them the same files and the same selection"
    } else if one.shard != two.shard {
      let shards = [two.shard, one.shard].map { $0.map(String.init) ?? "none" }
      advice =
        "'\(id)' is in shard \(shards[0]), and there in shard \(shards[1]): the plan was split differently; give all shards the same --durations, or none"
    } else {
      advice =
        "'\(id)' is not the same there (\(other.planned?.file ?? ""):\(two.line)): the shards played different versions of the scenarios; check out the same commit for all"
    }
    throw ReportError(path: other.log.path, message: "is of another plan than \(first.log.path): \(advice)")
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
    descriptor = open(log.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("cannot be read", log.path) }
    lines = LineReader(descriptor: descriptor)
  }

  deinit { close(descriptor) }

  /// Goes on to the next case of the plan; `planned` is `nil` behind the last. What is played comes behind the plan.
  func move() throws(ReportError) {
    let former = planned?.number ?? -1
    planned = nil
    while let next = lines.next() {
      if next.bytes.starts(with: LineHead.runStarted) || next.bytes.starts(with: LineHead.requirements) { continue }
      guard next.isWhole, next.bytes.starts(with: LineHead.planned) else { return }
      guard let json = try? JSON(parsing: next.bytes), case .planned(let one)? = try? Event(decoding: json),
        one.number > former
      else {
        throw ReportError(path: log.path, message: "case \(former + 1) of the plan is not in its place")
      }
      planned = one
      line = next.bytes
      return
    }
  }
}
