// Which shards of a plan a log tells of, where a run was split.

/// A part of a plan that was split, so that several machines play it at the same time. Shards count from 1.
public struct Shards: Sendable, Hashable {
  /// More machines than that are a mistake.
  public static let most = 10_000

  /// Those that the log tells of, in ascending order: one for a run, several for a merge.
  public var present: [Int]
  /// Into how many the plan was split.
  public var count: Int
  /// The log was merged: what no shard of it brought is missing, and not somebody else's part.
  public var isMerged: Bool

  public init(present: [Int], count: Int, isMerged: Bool = false) {
    self.present = present
    self.count = count
    self.isMerged = isMerged
  }

  public var missing: [Int] {
    let present = Set(present)
    return count < 1 ? [] : (1...count).filter { !present.contains($0) }
  }

  /// `shard 2 of 3`, `shards 1 and 3 of 4`.
  public var title: String { Shards.title(present, of: count) }

  /// What is said of these shards where they did not come, as `shard 2 of 3 is missing`; `nil` where none lacks.
  public var missingReason: String? {
    guard isMerged, !missing.isEmpty else { return nil }
    return "\(Shards.title(missing, of: count)) \(missing.count == 1 ? "is" : "are") missing"
  }

  public static func title(_ shards: [Int], of count: Int) -> String {
    guard shards.count != 1 else { return "shard \(shards[0]) of \(count)" }
    guard shards.count < 10 else { return "\(shards.count) shards of \(count)" }
    let names = shards.dropLast().map(String.init).joined(separator: ", ")
    return "shards \(names)\(names.isEmpty ? "" : " and ")\(shards.last.map(String.init) ?? "none") of \(count)"
  }
}
