// The shards of a plan that a log contains.

/// Parts of a plan that was split, so that several machines run it at the same time. Shards count from 1.
public struct Shards: Sendable, Hashable {
  /// The maximum number of shards.
  public static let maxCount = 10_000

  /// The shards in the log, in ascending order: one for a run, several for a merge.
  public var present: [Int]
  /// The number of shards of the plan.
  public var count: Int
  /// Whether the log was merged: then absent shards are missing, rather than run elsewhere.
  public var isMerged: Bool

  public init(present: [Int], count: Int, isMerged: Bool = false) {
    self.present = present
    self.count = count
    self.isMerged = isMerged
  }

  /// The shards that are not in the log.
  public var missing: [Int] {
    let present = Set(present)
    return count < 1 ? [] : (1...count).filter { !present.contains($0) }
  }

  /// `shard 2 of 3`, `shards 1 and 3 of 4`.
  public var title: String { Shards.title(present, of: count) }

  /// `shard 2 of 3 is missing`; `nil` if none is missing.
  public var missingReason: String? {
    guard isMerged, !missing.isEmpty else { return nil }
    return "\(Shards.title(missing, of: count)) \(missing.count == 1 ? "is" : "are") missing"
  }

  /// `shard 2 of 3`, `shards 1 and 3 of 4`, or only the number of ten shards and more.
  public static func title(_ shards: [Int], of count: Int) -> String {
    guard shards.count != 1 else { return "shard \(shards[0]) of \(count)" }
    guard shards.count < 10 else { return "\(shards.count) shards of \(count)" }
    let names = shards.dropLast().map(String.init).joined(separator: ", ")
    return "shards \(names)\(names.isEmpty ? "" : " and ")\(shards.last.map(String.init) ?? "none") of \(count)"
  }
}
