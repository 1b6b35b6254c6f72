// Requests at the same time that interfere with each other.

import ConformanceModel
import JSONValue

extension Fault {
  static let concurrency: [Fault] = [
    Fault(
      "parallel-requests-share-a-token", .critical, .concurrency,
      "Token requests at about the same time share one token."
    ) {
      let last = Locked<(token: String, at: ContinuousClock.Instant)?>(nil)
      $0.makeToken = { _, _ in
        last.withLock { last in
          if let last, last.at.duration(to: .now) < window { return last.token }
          let token = Secrets.make()
          last = (token, .now)
          return token
        }
      }
    },
    Fault(
      "parallel-creations-share-a-secret", .critical, .concurrency,
      "Clients that are created at about the same time share one secret."
    ) {
      let last = Locked<(secret: String, at: ContinuousClock.Instant)?>(nil)
      $0.makeSecret = {
        last.withLock { last in
          if let last, last.at.duration(to: .now) < window { return last.secret }
          let secret = Secrets.make()
          last = (secret, .now)
          return secret
        }
      }
    },
    Fault(
      "parallel-creations-lose-one", .critical, .concurrency,
      "When clients are created at about the same time, the earlier ones are lost."
    ) {
      let last = Locked<[String: (id: String, at: ContinuousClock.Instant)]>([:])
      $0.added = { state, client, lost in
        guard lost == nil else { return }
        let before = last.withLock { known in
          defer { known[client.name] = (client.id, .now) }
          return known[client.name]
        }
        // of one name only: scenarios that run in parallel must not disturb each other
        guard let before, before.at.duration(to: .now) < window else { return }
        state.clients[before.id] = nil
        state.order[client.connector]?.removeAll { $0 == before.id }
      }
    },
    Fault(
      "parallel-creations-mix-names", .major, .concurrency,
      "When clients are created at about the same time, a response has the name of the client before."
    ) {
      let last = Locked<[String: (name: JSON, at: ContinuousClock.Instant)]>([:])
      $0.onClients(.new) { _, _, members in
        guard let name = members["name"], let text = name.string else { return }
        // of names with the same start only: scenarios that run in parallel must not disturb each other
        let start = String(text.prefix { $0 != " " })
        let before = last.withLock { known in
          defer { known[start] = (name, .now) }
          return known[start]
        }
        if let before, before.at.duration(to: .now) < window { members["name"] = before.name }
      }
    },
    Fault(
      "parallel-creations-mix-ids", .critical, .concurrency,
      "When clients are created at about the same time, a response has the id of the client before."
    ) {
      let last = Locked<[String: (id: JSON, at: ContinuousClock.Instant)]>([:])
      $0.onClients(.new) { _, _, members in
        guard let id = members["client_id"] else { return }
        // of names with the same start only: scenarios that run in parallel must not disturb each other
        let start = String((members["name"]?.string ?? "").prefix { $0 != " " })
        let before = last.withLock { known in
          defer { known[start] = (id, .now) }
          return known[start]
        }
        if let before, before.at.duration(to: .now) < window { members["client_id"] = before.id }
      }
    },
    Fault(
      "parallel-replacements-lose-one", .critical, .concurrency,
      "When a set is replaced several times at about the same time, only the last replacement works."
    ) {
      let last = Locked<[String: (id: String, at: ContinuousClock.Instant)]>([:])
      $0.added = { state, client, lost in
        guard let lost else { return }
        let before = last.withLock { known in
          defer { known[lost.id] = (client.id, .now) }
          return known[lost.id]
        }
        if let before, before.at.duration(to: .now) < window { state.clients[before.id]?.secretHash = [] }
      }
    },
    Fault(
      "parallel-payloads-lose-one", .critical, .concurrency,
      "When a connector receives payloads at about the same time, the later ones are lost."
    ) {
      let last = Locked<[String: ContinuousClock.Instant]>([:])
      $0.deliveries = { payload, connector in
        let before = last.withLock { known in
          defer { known[connector] = .now }
          return known[connector]
        }
        guard let before, before.duration(to: .now) < .milliseconds(10) else { return [(payload, connector)] }
        return []
      }
    },
    Fault(
      "parallel-tokens-of-a-client-end-each-other", .critical, .concurrency,
      "When a client gets tokens at about the same time, only the last one works."
    ) {
      let last = Locked<[String: (hash: [UInt8], at: ContinuousClock.Instant)]>([:])
      $0.issued = { state, hash in
        guard let token = state.tokens[hash] else { return }
        let before = last.withLock { known in
          defer { known[token.client] = (hash, .now) }
          return known[token.client]
        }
        if let before, before.at.duration(to: .now) < window { state.tokens[before.hash] = nil }
      }
    },
    Fault("busy-token-endpoint-crashes", .major, .concurrency, "Every thirtieth token request gets 500.") {
      let counter = Locked(0)
      $0.onTokenResponse { response in
        if counter.withLock({ count in
          count += 1; return count % 30 == 0
        }) {
          response = ServiceResponse(500, error: "server_error", description: "busy")
        }
      }
    },
    Fault("rate-limit-without-words", .major, .concurrency, "Every thirtieth token request gets 503.") {
      let counter = Locked(0)
      $0.onTokenResponse { response in
        if counter.withLock({ count in
          count += 1; return count % 30 == 0
        }) {
          response = ServiceResponse(503)
        }
      }
    },
  ]

  /// Requests within this time count as parallel.
  private static let window = Duration.milliseconds(500)
}
