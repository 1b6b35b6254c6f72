// The cases that rest on the timeline: the earliest to wake first, however many there are.

import ConformanceModel

/// A binary heap. All cases of a plan may rest at once, so neither adding nor waking one may look at all the others.
struct WakeQueue {
  struct Waiter {
    var wake: SimulatedInstant
    /// The place of the case in the plan, which orders those that wake together.
    var number: Int
    var continuation: CheckedContinuation<Void, any Error>

    fileprivate static func wakesBefore(_ one: Waiter, _ other: Waiter) -> Bool {
      (one.wake, one.number) < (other.wake, other.number)
    }
  }

  /// No one wakes before the one at half its place.
  private var heap: [Waiter] = []

  /// When the first of them wakes.
  var earliest: SimulatedInstant? { heap.first?.wake }

  mutating func add(_ waiter: Waiter) {
    heap.append(waiter)
    var place = heap.count - 1
    while place > 0, Waiter.wakesBefore(heap[place], heap[(place - 1) / 2]) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  /// Takes those that wake at the instant or before it, in the order in which they go on.
  mutating func take(until instant: SimulatedInstant) -> [Waiter] {
    var taken: [Waiter] = []
    while let first = heap.first, first.wake <= instant {
      taken.append(first)
      let last = heap.removeLast()
      if !heap.isEmpty { sift(last) }
    }
    return taken
  }

  /// Takes all of them, in no order.
  mutating func takeAll() -> [Waiter] {
    defer { heap = [] }
    return heap
  }

  /// Puts a sleeper in the place of the first, and moves it down to where it belongs.
  private mutating func sift(_ waiter: Waiter) {
    var place = 0
    heap[0] = waiter
    while true {
      var next = 2 * place + 1
      guard next < heap.count else { return }
      if next + 1 < heap.count, Waiter.wakesBefore(heap[next + 1], heap[next]) { next += 1 }
      guard Waiter.wakesBefore(heap[next], heap[place]) else { return }
      heap.swapAt(next, place)
      place = next
    }
  }
}
