// Stops a run from its first moment on.

import ConformanceModel

/// Keeps the reason of a stop until the run exists that it stops. The lock protects both.
final class EarlyStop: Sendable {
  private let state = Locked<(reason: String?, stop: (@Sendable (String) -> Void)?)>((nil, nil))

  /// Why the run was stopped.
  var reason: String? { state.withLock { $0.reason } }

  func stop(_ reason: String) {
    let stop = state.withLock { state in
      state.reason = state.reason ?? reason
      return state.stop
    }
    stop?(reason)
  }

  /// Calls `stop` from now on, and at once if a stop was requested before.
  func connect(_ stop: @escaping @Sendable (String) -> Void) {
    let reason = state.withLock { state in
      state.stop = stop
      return state.reason
    }
    if let reason { stop(reason) }
  }
}
