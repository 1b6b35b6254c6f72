// Who is signed in at the page, by a cookie.

import ConformanceModel

/// The sessions of one service. The lock protects all of them; of a cookie only the hash is kept.
final class Sessions: Sendable {
  /// With one more, the oldest ends.
  static let most = 100

  /// Of this service alone: cookies know hosts, not ports, and services on two ports are not to sign each other out.
  let cookieName = Secrets.makeID("session")

  private struct State {
    var sessions: [[UInt8]: Session] = [:]
    /// The oldest first.
    var order: [[UInt8]] = []
  }
  private let state = Locked(State())

  /// - Returns: What the cookie is to say.
  func begin(knowsKey: Bool) -> String {
    let value = Secrets.make()
    let hash = Secrets.hash(value)
    state.withLock { state in
      state.sessions[hash] = Session(knowsKey: knowsKey)
      state.order.append(hash)
      if state.order.count > Sessions.most { state.sessions[state.order.removeFirst()] = nil }
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

  /// Looks at a session, and may change it; `nil` where there is none with this cookie.
  func with<Result>(_ cookie: String, _ body: (inout Session) -> Result) -> Result? {
    let hash = Secrets.hash(cookie)
    return state.withLock { state in
      guard var session = state.sessions[hash] else { return nil }
      defer { state.sessions[hash] = session }
      return body(&session)
    }
  }
}
