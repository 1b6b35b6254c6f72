// What the service remembers, in memory.

import ConformanceModel

/// Clients, tokens, received payloads, and the clock. The lock protects all of it; sections under it are short, and hashing
/// and parsing happen outside.
final class Store: Sendable {
  struct Client: Sendable {
    var id: String
    var name: String
    var connector: String
    var secretHash: [UInt8]
    var createdAt: SimulatedInstant
  }

  struct Token: Sendable {
    var client: String
    var connector: String
    var issuedAt: SimulatedInstant
    var expiresAt: SimulatedInstant
  }

  struct State {
    var clock: Clock
    var clients: [String: Client] = [:]
    /// Ids in the order of creation, for each connector.
    var order: [String: [String]] = [:]
    /// By the hash of the token: the tokens themselves are kept nowhere.
    var tokens: [[UInt8]: Token] = [:]
    var inbox = ReceivedPayloads()
  }

  let connectors: [ConnectorDefinition]
  private let start: SimulatedInstant
  private let policy: Policy
  let state: Locked<State>

  init(start: SimulatedInstant, connectors: [ConnectorDefinition], policy: Policy) {
    self.start = start
    self.connectors = connectors
    self.policy = policy
    state = Locked(State(clock: Clock(standingAt: start)))
  }

  func connector(_ name: String) -> ConnectorDefinition? { connectors.first { $0.name == name } }

  /// Forgets everything, and sets the clock back to where it started.
  func reset() {
    state.withLock { $0 = State(clock: Clock(standingAt: start)) }
  }

  // MARK: The clock

  var now: SimulatedInstant { state.withLock { $0.clock.now } }

  /// Moves the clock forward, and forgets the tokens that expire thereby; `false` where that would be backward.
  func moveClock(to instant: SimulatedInstant) -> Bool {
    state.withLock { state in
      guard state.clock.move(to: instant) else { return false }
      if !policy.remembersExpiredTokens { state.tokens = state.tokens.filter { !policy.isExpired($0.value, instant) } }
      return true
    }
  }

  // MARK: Clients

  /// Keeps a new client, created now.
  ///
  /// - Parameter lost: The client whose secret was lost, where it is to stand in for one.
  func add(id: String, name: String, connector: String, secretHash: [UInt8], for lost: Client? = nil) -> Client {
    state.withLock { state in
      let client = Client(id: id, name: name, connector: connector, secretHash: secretHash, createdAt: state.clock.now)
      state.clients[policy.idForm(id)] = client
      state.order[connector, default: []].append(id)
      policy.added(&state, client, lost)
      return client
    }
  }

  /// A client of this connector; another connector's is none.
  func client(_ id: String, of connector: String) -> Client? {
    state.withLock { state in
      state.clients[policy.idForm(id)].flatMap { policy.belongs($0, connector, state.clock.now) ? $0 : nil }
    }
  }

  /// In the order of their creation.
  func clients(of connector: String) -> [Client] {
    state.withLock { state in (state.order[connector] ?? []).compactMap { state.clients[policy.idForm($0)] } }
  }

  /// Forgets a client and all its tokens; `false` where the connector has no such client.
  func delete(_ id: String, of connector: String) -> Bool {
    state.withLock { state in
      guard let client = state.clients[policy.idForm(id)], policy.belongs(client, connector, state.clock.now) else {
        return false
      }
      state.clients[policy.idForm(id)] = nil
      state.order[client.connector]?.removeAll { $0 == client.id }
      state.tokens = state.tokens.filter { policy.survives($0.value, client) }
      policy.deleted(&state, client)
      return true
    }
  }

  // MARK: Tokens

  /// Keeps a token, by its hash, as issued now; `false` where its client is gone meanwhile.
  func issue(_ tokenHash: [UInt8], to client: Client) -> Bool {
    state.withLock { state in
      guard state.clients[policy.idForm(client.id)] != nil else { return false }
      let now = state.clock.now
      state.tokens[tokenHash] = Token(
        client: client.id, connector: client.connector, issuedAt: now, expiresAt: policy.expiry(client, now))
      policy.issued(&state, tokenHash)
      return true
    }
  }

  /// A token that is known and not expired, and is used herewith.
  func use(_ tokenHash: [UInt8]) -> Token? {
    state.withLock { state in
      guard let token = state.tokens[tokenHash], !policy.isExpired(token, state.clock.now) else { return nil }
      policy.used(&state, tokenHash)
      return token
    }
  }

  /// A token that is remembered, be it expired or not.
  func token(_ tokenHash: [UInt8]) -> Token? { state.withLock { $0.tokens[tokenHash] } }

  /// Forgets a token.
  func revoke(_ tokenHash: [UInt8]) { state.withLock { if policy.endsAtRevocation { $0.tokens[tokenHash] = nil } } }

  // MARK: The inbox

  /// Keeps a payload, and says when it was received.
  func receive(_ body: [UInt8], contentType: String, id: String, for connector: String) -> SimulatedInstant {
    state.withLock { state in
      let now = state.clock.now
      let payload = ReceivedPayloads.Payload(id: id, receivedAt: now, contentType: contentType, body: body)
      for delivery in policy.deliveries(payload, connector) {
        state.inbox.receive(delivery.payload, for: delivery.connector)
      }
      return now
    }
  }

  func inbox(of connector: String) -> [ReceivedPayloads.Payload] { state.withLock { $0.inbox.payloads(of: connector) } }

  func emptyInbox(of connector: String) { state.withLock { $0.inbox.empty(connector) } }
}
