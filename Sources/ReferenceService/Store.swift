// What the service remembers, in memory.

import Conformance

/// Clients, tokens, received payloads, and the clock. The lock protects all of it; sections under it are short, and hashing
/// and parsing happen outside.
final class Store: Sendable {
  struct Client: Sendable {
    var id: String
    var name: String
    var connector: String
    var secretHash: [UInt8]
    var createdAt: Instant
  }

  struct Token: Sendable {
    var client: String
    var connector: String
    var issuedAt: Instant
  }

  struct Received: Sendable {
    var id: String
    var receivedAt: Instant
    var contentType: String
    var body: [UInt8]
  }

  private struct State {
    var now: Instant
    var clients: [String: Client] = [:]
    /// Ids in the order of creation, for each connector.
    var order: [String: [String]] = [:]
    var tokens: [[UInt8]: Token] = [:]
    var inbox: [String: [Received]] = [:]
    var inboxBytes = 0
  }

  /// More than this is not kept: the oldest payloads go first.
  static let largestInbox = 256 << 20

  let connectors: [ConnectorDefinition]
  private let start: Instant
  private let state: Locked<State>

  init(start: Instant, connectors: [ConnectorDefinition]) {
    self.start = start
    self.connectors = connectors
    state = Locked(State(now: start))
  }

  func connector(_ name: String) -> ConnectorDefinition? { connectors.first { $0.name == name } }

  // MARK: The clock

  var now: Instant { state.withLock { $0.now } }

  /// Moves the clock forward; `false` where that would be backward.
  func moveClock(to instant: Instant) -> Bool {
    state.withLock { state in
      guard instant >= state.now else { return false }
      state.now = instant
      state.tokens = state.tokens.filter { !TokenLife.isExpired($0.value.issuedAt, now: instant) }
      return true
    }
  }

  func reset() {
    state.withLock { $0 = State(now: start) }
  }

  // MARK: Clients

  func add(_ client: Client) {
    state.withLock { state in
      state.clients[client.id] = client
      state.order[client.connector, default: []].append(client.id)
    }
  }

  /// A client of this connector; another connector's is none.
  func client(_ id: String, of connector: String) -> Client? {
    state.withLock { state in state.clients[id].flatMap { $0.connector == connector ? $0 : nil } }
  }

  func clients(of connector: String) -> [Client] {
    state.withLock { state in (state.order[connector] ?? []).compactMap { state.clients[$0] } }
  }

  /// Forgets a client and all its tokens.
  func delete(_ id: String, of connector: String) -> Bool {
    state.withLock { state in
      guard state.clients[id]?.connector == connector else { return false }
      state.clients[id] = nil
      state.order[connector]?.removeAll { $0 == id }
      state.tokens = state.tokens.filter { $0.value.client != id }
      return true
    }
  }

  // MARK: Tokens

  /// Keeps a token, by its hash, as issued now; returns nothing where its client is gone meanwhile.
  func issue(_ tokenHash: [UInt8], to client: Client) -> Bool {
    state.withLock { state in
      guard state.clients[client.id] != nil else { return false }
      state.tokens[tokenHash] = Token(client: client.id, connector: client.connector, issuedAt: state.now)
      return true
    }
  }

  /// A token that is known and not expired.
  func validToken(_ tokenHash: [UInt8]) -> Token? {
    state.withLock { state in
      guard let token = state.tokens[tokenHash], !TokenLife.isExpired(token.issuedAt, now: state.now) else { return nil }
      return token
    }
  }

  // MARK: The inbox

  func receive(_ body: [UInt8], contentType: String, id: String, for connector: String) -> Instant {
    state.withLock { state in
      state.inbox[connector, default: []].append(Received(id: id, receivedAt: state.now, contentType: contentType, body: body))
      state.inboxBytes += body.count
      while state.inboxBytes > Store.largestInbox, let full = state.inbox.first(where: { !$0.value.isEmpty })?.key {
        state.inboxBytes -= state.inbox[full]?.removeFirst().body.count ?? 0
      }
      return state.now
    }
  }

  func inbox(of connector: String) -> [Received] { state.withLock { $0.inbox[connector] ?? [] } }

  func emptyInbox(of connector: String) {
    state.withLock { state in
      state.inboxBytes -= (state.inbox[connector] ?? []).reduce(0) { $0 + $1.body.count }
      state.inbox[connector] = []
    }
  }
}

/// How long a token lives.
enum TokenLife {
  /// 24 hours, as the documentation says.
  static let seconds: Int64 = 86_400

  /// Valid from its issue until strictly before issue + 24 h.
  static func isExpired(_ issuedAt: Instant, now: Instant) -> Bool {
    now >= issuedAt + Span(milliseconds: seconds * 1000)
  }
}
