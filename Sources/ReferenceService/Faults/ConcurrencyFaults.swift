// What happens at the same time gets in each other's way.

import ConformanceModel

extension Fault {
  static let concurrency: [Fault] = [
    Fault(
      "parallel-requests-share-a-token", .critical, .concurrency,
      "Requests for tokens at about the same time get one token between them."
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
      "Clients that are created at about the same time get one secret between them."
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
      "Of clients that are created at about the same time the earlier ones are lost."
    ) {
      let last = Locked<[String: (id: String, at: ContinuousClock.Instant)]>([:])
      $0.added = { state, client, lost in
        guard lost == nil else { return }
        let before = last.withLock { known in
          defer { known[client.name] = (client.id, .now) }
          return known[client.name]
        }
        // of one name only: others' clients are none of a scenario's business
        guard let before, before.at.duration(to: .now) < window else { return }
        state.clients[before.id] = nil
        state.order[client.connector]?.removeAll { $0 == before.id }
      }
    },
    Fault(
      "parallel-replacements-lose-one", .critical, .concurrency,
      "Of replacements of one set at about the same time only the last works."
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
      "Of payloads that come to a connector at about the same time the later ones are lost."
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
      "Of tokens that a client gets at about the same time only the last works."
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
    Fault("busy-token-endpoint-crashes", .major, .concurrency, "Every thirtieth request for a token gets 500.") {
      let counter = Locked(0)
      $0.onTokenAnswer { answer in
        if counter.withLock({ count in
          count += 1; return count % 30 == 0
        }) {
          answer = ServiceResponse(500, error: "server_error", description: "busy")
        }
      }
    },
    Fault("rate-limit-without-words", .major, .concurrency, "Every thirtieth request for a token gets 503.") {
      let counter = Locked(0)
      $0.onTokenAnswer { answer in
        if counter.withLock({ count in
          count += 1; return count % 30 == 0
        }) {
          answer = ServiceResponse(503)
        }
      }
    },
  ]

  /// What counts as the same time.
  private static let window = Duration.milliseconds(500)
}
