// Lifetimes that are wrong for some tokens only.

import ConformanceModel
import JSONValue

extension Fault {
  static let lifetimesOfSome: [Fault] = ofSome + WayOfAuthentication.allCases.map(prolonged)

  private static let ofSome: [Fault] = [
    Fault(
      "second-connector-lives-a-minute-longer", .critical, .expiry,
      "Tokens of the second connector expire a minute late."
    ) {
      $0.expiry = { client, now in
        client.connector == ConnectorDefinition.standard[1].name ? now + .day + .minute : now + .day
      }
    },
    Fault(
      "second-connector-lives-a-minute-less", .critical, .expiry,
      "Tokens of the second connector expire a minute early."
    ) {
      $0.expiry = { client, now in
        client.connector == ConnectorDefinition.standard[1].name ? now + .day - .minute : now + .day
      }
    },
    Fault("later-tokens-live-longer", .critical, .expiry, "A client's tokens after its first expire an hour late.") {
      let known = Locked<Set<String>>([])
      $0.expiry = { client, now in
        known.withLock { $0.insert(client.id).inserted } ? now + .day : now + .day + .hour
      }
    },
    Fault(
      "expired-tokens-come-back-after-ten-years", .critical, .expiry, "An expired token works again after ten years."
    ) {
      $0.keepsExpiredTokens = true
      $0.isExpired = { token, now in
        now >= token.expiresAt && now < token.issuedAt + SimulatedDuration(milliseconds: 3653 * 86_400_000)
      }
    },
  ]

  /// Tokens that were requested in one way expire an hour late.
  private static func prolonged(_ way: WayOfAuthentication) -> Fault {
    Fault(
      "tokens-by-\(way.name)-live-longer", .critical, .expiry,
      "Tokens of a client that authenticates \(way.phrase) expire an hour late."
    ) {
      $0.onResponse { store, request, response in
        guard request.isTokenRequest, response.status == 200, WayOfAuthentication(of: request) == way,
          let token = response.json?["access_token"]?.string
        else { return }
        store.state.withLock { state in
          let hash = Secrets.hash(token)
          if let end = state.tokens[hash]?.expiresAt { state.tokens[hash]?.expiresAt = end + .hour }
        }
      }
    }
  }
}

extension SimulatedDuration {
  fileprivate static let minute = SimulatedDuration(milliseconds: 60_000)
  fileprivate static let hour = SimulatedDuration(milliseconds: 3_600_000)
}
