// The cases that rest on the timeline: the earliest to wake first, however many there are.

import Conformance

/// A binary heap. All cases of a plan may rest at once, so neither adding nor waking one may look at all the others.
struct Sleepers {
  struct Sleeper {
    var wake: Instant
    /// The place of the case in the plan, which orders those that wake together.
    var number: Int
    var continuation: CheckedContinuation<Void, any Error>

    fileprivate static func wakesBefore(_ one: Sleeper, _ other: Sleeper) -> Bool { (one.wake, one.number) < (other.wake, other.number) }
  }

  /// No one wakes before the one at half its place.
  private var heap: [Sleeper] = []

  /// When the first of them wakes.
  var earliest: Instant? { heap.first?.wake }

  mutating func add(_ sleeper: Sleeper) {
    heap.append(sleeper)
    var place = heap.count - 1
    while place > 0, Sleeper.wakesBefore(heap[place], heap[(place - 1) / 2]) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  /// Takes those that wake at the instant or before it, in the order in which they go on.
  mutating func take(until instant: Instant) -> [Sleeper] {
    var taken: [Sleeper] = []
    while let first = heap.first, first.wake <= instant {
      taken.append(first)
      let last = heap.removeLast()
      if !heap.isEmpty { sift(last) }
    }
    return taken
  }

  /// Takes all of them, in no order.
  mutating func takeAll() -> [Sleeper] {
    defer { heap = [] }
    return heap
  }

  /// Puts a sleeper in the place of the first, and moves it down to where it belongs.
  private mutating func sift(_ sleeper: Sleeper) {
    var place = 0
    heap[0] = sleeper
    while true {
      var next = 2 * place + 1
      guard next < heap.count else { return }
      if next + 1 < heap.count, Sleeper.wakesBefore(heap[next + 1], heap[next]) { next += 1 }
      guard Sleeper.wakesBefore(heap[next], heap[place]) else { return }
      heap.swapAt(next, place)
      place = next
    }
  }
}
