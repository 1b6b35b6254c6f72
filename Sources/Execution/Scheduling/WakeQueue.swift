// The cases that wait on the timeline, ordered by when they wake.

import ConformanceModel
import HeapModule

/// A priority queue: all cases of a plan may wait at once, and adding or waking one must not visit all others.
struct WakeQueue {
  struct Waiter: Comparable {
    var wake: SimulatedInstant
    /// The length of the wait.
    var requested: SimulatedDuration
    /// What the target's clock showed when the wait began.
    var began: SimulatedInstant
    /// The number of the case in the plan, which orders those that wake together.
    var number: Int
    var continuation: CheckedContinuation<Void, any Error>

    static func < (one: Waiter, other: Waiter) -> Bool { (one.wake, one.number) < (other.wake, other.number) }
    static func == (one: Waiter, other: Waiter) -> Bool { (one.wake, one.number) == (other.wake, other.number) }
  }

  private var heap = Heap<Waiter>()

  /// When the first of them wakes.
  var earliest: SimulatedInstant? { heap.min?.wake }

  mutating func add(_ waiter: Waiter) { heap.insert(waiter) }

  /// Removes those that wake at the instant or before it, in the order in which they continue.
  mutating func take(until instant: SimulatedInstant) -> [Waiter] {
    var taken: [Waiter] = []
    while let first = heap.min, first.wake <= instant, let waiter = heap.popMin() { taken.append(waiter) }
    return taken
  }

  /// Changes all of them; their wake times and numbers must stay.
  mutating func update(_ body: (inout Waiter) -> Void) {
    heap = Heap(
      heap.unordered.map { waiter in
        var waiter = waiter
        body(&waiter)
        return waiter
      })
  }

  /// Removes all of them, in no order.
  mutating func takeAll() -> [Waiter] {
    defer { heap = Heap() }
    return heap.unordered
  }
}
