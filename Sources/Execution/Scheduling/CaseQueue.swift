// The cases of a plan in the order in which they start: the plan's own, shuffled, or only those that are resumed.

import ConformanceModel
import RunEvents

/// Returns each case once. A class, since only the timeline's coordinator takes from it while a run is under way.
final class CaseQueue {
  struct Item: Sendable {
    var planned: Plan.Case
    /// The state from which it continues, if an earlier run began it.
    var state: PendingState?

    var exclusion: Exclusion? { planned.entry.scenario.exclusion }
  }

  private let plan: Plan
  private var inOrder: Plan.CaseSequence
  /// The numbers in another order; `nil` for the plan's own.
  private let shuffled: [Int]?
  private let resumed: [PendingState]?
  /// `nil` if no scenario of the plan excludes others: nothing is asked then.
  let exclusive: ExclusiveCases?
  /// The cases that have to wait for others of the same resource, by its key, and the keys in their order.
  private var held: [String: ArraySlice<Item>] = [:]
  private var keys: [String] = []
  /// The cases that run alone, after all others.
  private var alone: ArraySlice<Item> = []
  /// How many of `shuffled` or `resumed` were taken.
  private var taken = 0

  init(_ plan: Plan, shuffle seed: UInt64?, resumed: [PendingState]? = nil) {
    self.plan = plan
    self.resumed = resumed
    inOrder = plan.cases
    shuffled = resumed == nil ? seed.map(plan.shuffled(seed:)) : nil
    exclusive = plan.scenarios.contains { $0.scenario.exclusion != nil } ? ExclusiveCases() : nil
  }

  /// Whether cases are left that cannot start before others have ended.
  var isBlocked: Bool { !alone.isEmpty || keys.contains { held[$0]?.isEmpty == false } }

  /// The next case that may start now: those of one resource in their order, and those that run alone at the end. What
  /// it excludes is its own until `exclusive` releases it.
  func nextStartable() -> Item? {
    guard let exclusive else { return next() }
    for key in keys where held[key]?.isEmpty == false && exclusive.acquire(.resource(key)) {
      return held[key]?.popFirst()
    }
    while let item = nextOfAll() {
      switch item.exclusion {
      case .all: alone.append(item)
      case .resource(let key):
        if held[key] == nil {
          held[key] = []
          keys.append(key)
        }
        if held[key]?.isEmpty == true, exclusive.acquire(item.exclusion) { return item }
        held[key]?.append(item)
      case nil:
        _ = exclusive.acquire(nil)
        return item
      }
    }
    let othersAreLeft = keys.contains { held[$0]?.isEmpty == false }
    if !othersAreLeft, !alone.isEmpty, exclusive.acquire(.all) { return alone.popFirst() }
    return nil
  }

  /// Each case once, whatever it excludes.
  func next() -> Item? {
    if let item = alone.popFirst() { return item }
    for key in keys { if let item = held[key]?.popFirst() { return item } }
    return nextOfAll()
  }

  private func nextOfAll() -> Item? {
    if let resumed {
      while taken < resumed.count {
        defer { taken += 1 }
        if let planned = plan.makeCase(id: resumed[taken].id, number: resumed[taken].number) {
          return Item(planned: planned, state: resumed[taken])
        }
      }
      return nil
    }
    guard let shuffled else {
      while let planned = inOrder.next() {
        if plan.runs(planned.number) { return Item(planned: planned) }
      }
      return nil
    }
    while taken < shuffled.count {
      defer { taken += 1 }
      if plan.runs(shuffled[taken]) { return plan.makeCase(number: shuffled[taken]).map { Item(planned: $0) } }
    }
    return nil
  }
}
