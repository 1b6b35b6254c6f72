// The sessions of the page, identified by a cookie.

import ConformanceModel

/// The sessions of one service. One lock protects all of them; only hashes of cookies are stored.
final class Sessions: Sendable {
  /// Beyond this number the oldest session ends.
  static let maxCount = 100

  /// Unique to this service: cookies ignore ports, and services on two ports must not end each other's sessions.
  let cookieName = Secrets.makeID("session")

  private struct State {
    var sessions: [[UInt8]: Session] = [:]
    /// The oldest first.
    var order: [[UInt8]] = []
  }
  private let state = Locked(State())

  /// - Returns: The value of the cookie.
  func begin(hasKey: Bool) -> String {
    let value = Secrets.make()
    let hash = Secrets.hash(value)
    state.withLock { state in
      state.sessions[hash] = Session(hasKey: hasKey)
      state.order.append(hash)
      if state.order.count > Sessions.maxCount { state.sessions[state.order.removeFirst()] = nil }
    }
    return value
  }

  func end(_ cookie: String) {
    let hash = Secrets.hash(cookie)
    state.withLock { state in
      state.sessions[hash] = nil
      state.order.removeAll { $0 == hash }
    }
  }

  /// Reads or changes the session of a cookie; `nil` if there is none.
  func with<Result>(_ cookie: String, _ body: (inout Session) -> Result) -> Result? {
    let hash = Secrets.hash(cookie)
    return state.withLock { state in
      guard var session = state.sessions[hash] else { return nil }
      defer { state.sessions[hash] = session }
      return body(&session)
    }
  }
}
