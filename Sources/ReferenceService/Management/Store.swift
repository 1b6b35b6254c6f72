// The state of the service, in memory.

import ConformanceModel

/// Clients, tokens, received payloads, and the clock. One lock protects all of it; hashing and parsing happen outside.
final class Store: Sendable {
  struct Client: Sendable {
    var id: String
    var name: String
    var connector: String
    var secretHash: [UInt8]
    var createdAt: SimulatedInstant
    /// The secret itself: HMAC cannot be verified without it.
    var hmacKey: [UInt8] = []
    var keys: [AssertionKey] = []

    /// The hashes of its certificates.
    var certificates: [[UInt8]] { keys.compactMap(\.certificate) }
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
    /// By the hash of the token; the tokens themselves are not stored.
    var tokens: [[UInt8]: Token] = [:]
    /// When the assertions that were used expire, by client and `jti`.
    var assertions: [[String]: SimulatedInstant] = [:]
    var inbox = ReceivedPayloads()
    /// The connectors whose inbound URLs accept HTTP Basic as well.
    var acceptingBasic: Set<String> = []
  }

  let connectors: [ConnectorDefinition]
  private let start: SimulatedInstant
  let policy: Policy
  let state: Locked<State>

  init(start: SimulatedInstant, connectors: [ConnectorDefinition], policy: Policy) {
    self.start = start
    self.connectors = connectors
    self.policy = policy
    state = Locked(State(clock: Clock(start)))
  }

  func connector(_ name: String) -> ConnectorDefinition? { connectors.first { $0.name == name } }

  /// Removes everything and sets the clock back to its start.
  func reset() {
    state.withLock { $0 = State(clock: Clock(start)) }
  }

  // MARK: The clock

  var now: SimulatedInstant { state.withLock { $0.clock.now } }

  /// Advances the clock and removes the tokens that expire; `false` for an earlier instant.
  func advanceClock(to instant: SimulatedInstant) -> Bool {
    state.withLock { state in
      guard state.clock.advance(to: instant) else { return false }
      state.assertions = state.assertions.filter { instant < $0.value }
      if !policy.keepsExpiredTokens { state.tokens = state.tokens.filter { !policy.isExpired($0.value, instant) } }
      return true
    }
  }

  // MARK: Connectors

  /// Whether the inbound URL of a connector accepts HTTP Basic as well.
  func acceptsBasic(_ connector: String) -> Bool { state.withLock { $0.acceptingBasic.contains(connector) } }

  func acceptBasic(_ accepts: Bool, at connector: String) {
    state.withLock { state in
      if accepts { state.acceptingBasic.insert(connector) } else { state.acceptingBasic.remove(connector) }
    }
  }

  // MARK: Clients

  /// Stores a new client.
  ///
  /// - Parameter lost: The client whose lost secret the new client replaces.
  func add(
    id: String, name: String, connector: String, secretHash: [UInt8], hmacKey: [UInt8] = [], keys: [AssertionKey] = [],
    for lost: Client? = nil
  ) -> Client {
    state.withLock { state in
      let client = Client(
        id: id, name: name, connector: connector, secretHash: secretHash, createdAt: state.clock.now, hmacKey: hmacKey,
        keys: keys)
      state.clients[policy.idForm(id)] = client
      state.order[connector, default: []].append(id)
      policy.added(&state, client, lost)
      return client
    }
  }

  /// The client with this id, if it belongs to the connector.
  func client(_ id: String, of connector: String) -> Client? {
    state.withLock { state in
      state.clients[policy.idForm(id)].flatMap { policy.belongs($0, connector, state.clock.now) ? $0 : nil }
    }
  }

  /// In the order of their creation.
  func clients(of connector: String) -> [Client] {
    state.withLock { state in (state.order[connector] ?? []).compactMap { state.clients[policy.idForm($0)] } }
  }

  /// Uses an assertion: `false` if it was used before.
  func useAssertion(_ id: String, of client: Client, until end: SimulatedInstant) -> Bool {
    state.withLock { $0.assertions.updateValue(end, forKey: [client.id, id]) == nil }
  }

  /// Removes a client and all its tokens; `false` if the connector has no such client.
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

  /// Stores a token by its hash, as issued now; `false` if its client was deleted in the meantime.
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

  /// Uses a token: `nil` if it is unknown or expired.
  func use(_ tokenHash: [UInt8]) -> Token? {
    state.withLock { state in
      guard let token = state.tokens[tokenHash], !policy.isExpired(token, state.clock.now) else { return nil }
      policy.used(&state, tokenHash)
      return token
    }
  }

  /// A stored token, even if it is expired.
  func token(_ tokenHash: [UInt8]) -> Token? { state.withLock { $0.tokens[tokenHash] } }

  /// Removes a token.
  func revoke(_ tokenHash: [UInt8]) { state.withLock { if policy.endsAtRevocation { $0.tokens[tokenHash] = nil } } }

  // MARK: The inbox

  /// Stores a payload.
  /// - Returns: When it was received.
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
