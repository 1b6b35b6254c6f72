// Cases that must not overlap others.

import ConformanceModel

/// What the cases that have started and not ended exclude. Cases end on several threads; the lock protects both values.
final class ExclusiveCases: Sendable {
  private let state = Locked<(running: Int, held: Set<String>)>((0, []))

  /// Takes what a case excludes, if it may start now. A case that waits for a time keeps it.
  func acquire(_ exclusion: Exclusion?) -> Bool {
    state.withLock { state in
      switch exclusion {
      case .all: guard state.running == 0 else { return false }
      case .resource(let key): guard state.held.insert(key).inserted else { return false }
      case nil: break
      }
      state.running += 1
      return true
    }
  }

  func release(_ exclusion: Exclusion?) {
    state.withLock { state in
      state.running -= 1
      if case .resource(let key) = exclusion { state.held.remove(key) }
    }
  }
}
