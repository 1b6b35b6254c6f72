// Lifetimes and clocks.

import ConformanceModel
import HTTPModel
import JSONValue

extension Fault {
  static let expiry: [Fault] = lifetimes + lifetimesOfSome + renewals + statements + refusalsOfExpired

  private static func lives(_ name: String, _ sentence: String, _ span: Int64) -> Fault {
    Fault(name, .critical, .expiry, sentence) {
      $0.expiry = { _, now in now + SimulatedDuration(milliseconds: span * 1000) }
    }
  }

  private static let lifetimes: [Fault] = [
    lives("tokens-live-23-hours", "Tokens expire after 23 hours.", 23 * 3600),
    lives("tokens-live-25-hours", "Tokens expire after 25 hours.", 25 * 3600),
    lives("tokens-live-a-second-longer", "Tokens expire a second late.", 86_401),
    lives("tokens-live-a-second-less", "Tokens expire a second early.", 86_399),
    lives("tokens-live-ten-minutes-longer", "Tokens expire ten minutes late.", 87_000),
    lives("tokens-live-a-month", "Tokens expire after thirty days.", 30 * 86_400),
    lives(
      "tokens-live-86400-milliseconds", "The lifetime counts as milliseconds: tokens expire after 86 seconds.", 86),
    Fault("tokens-never-expire", .critical, .expiry, "Tokens never expire.") { $0.isExpired = { _, _ in false } },
    Fault("expiry-second-still-good", .major, .expiry, "A token is still accepted in the second in which it expires.") {
      $0.isExpired = { token, now in now > token.expiresAt }
    },
    Fault(
      "expiry-looked-at-by-the-minute", .major, .expiry,
      "Expiry is compared in whole minutes: a token works until the end of its last minute."
    ) {
      $0.isExpired = { token, now in now.seconds / 60 > token.expiresAt.seconds / 60 }
    },
    Fault(
      "expiry-looked-at-by-the-day", .critical, .expiry,
      "Expiry is compared in whole days: a token works until the midnight after its 24 hours."
    ) {
      $0.isExpired = { token, now in now.seconds / 86_400 > token.expiresAt.seconds / 86_400 }
    },
    Fault("tokens-end-at-midnight", .major, .expiry, "Tokens expire at the next midnight (UTC).") {
      $0.expiry = { _, now in SimulatedInstant(seconds: (now.seconds / 86_400 + 1) * 86_400) }
    },
    Fault(
      "a-day-is-a-calendar-day", .major, .expiry,
      "A token lasts one calendar day in London: 23 or 25 hours when daylight saving time starts or ends."
    ) {
      $0.expiry = { _, now in now + .day - (LondonTime.offset(at: now + .day) - LondonTime.offset(at: now)) }
    },
    Fault("leap-days-do-not-count", .major, .expiry, "A token whose lifetime includes 29 February lasts a day longer.")
    {
      $0.expiry = { _, now in (now + .day).description.contains("-02-29") ? now + .day + .day : now + .day }
    },
    Fault(
      "years-have-365-days", .major, .expiry,
      "A token whose lifetime includes the turn of the year expires on 1 January at 00:00."
    ) {
      $0.expiry = { _, now in
        let end = now + .day
        guard end.description.prefix(4) != now.description.prefix(4) else { return end }
        return SimulatedInstant(seconds: end.seconds / 86_400 * 86_400)
      }
    },
    Fault(
      "seconds-in-31-bits", .major, .expiry,
      "Instants after 19 January 2038 overflow: tokens issued then have already expired."
    ) {
      $0.isExpired = { token, now in token.expiresAt.seconds > Int64(Int32.max) || now >= token.expiresAt }
    },
    Fault(
      "centuries-are-leap-years", .major, .expiry,
      "The year 2100 counts as a leap year: tokens valid at the end of February last a day longer."
    ) {
      $0.expiry = { _, now in now.description.hasPrefix("2100-02-28") ? now + .day + .day : now + .day }
    },
    Fault(
      "expired-tokens-come-back", .critical, .expiry,
      "Only the time of day is compared: an expired token works again a day later."
    ) {
      $0.keepsExpiredTokens = true
      $0.isExpired = { token, now in (now - token.issuedAt).milliseconds / 86_400_000 % 2 == 1 }
    },
    Fault("expired-tokens-come-back-after-years", .critical, .expiry, "An expired token works again after a year.") {
      $0.keepsExpiredTokens = true
      $0.isExpired = { token, now in
        now >= token.expiresAt && now < token.issuedAt + SimulatedDuration(milliseconds: 366 * 86_400_000)
      }
    },
    Fault("expiry-only-on-the-first-connector", .critical, .expiry, "Tokens of the second connector never expire.") {
      $0.isExpired = { token, now in token.connector != ConnectorDefinition.standard[1].name && now >= token.expiresAt }
    },
  ]

  private static let renewals: [Fault] = [
    Fault("lifetime-counts-from-the-client", .major, .expiry, "The 24 hours count from the creation of the client.") {
      $0.expiry = { client, _ in client.createdAt + .day }
    },
    Fault("lifetime-counts-from-first-use", .critical, .expiry, "The 24 hours start when the token is first used.") {
      $0.expiry = { _, _ in Clock.latest }
      $0.used = { state, hash in
        guard state.tokens[hash]?.expiresAt == Clock.latest else { return }
        state.tokens[hash]?.expiresAt = state.clock.now + .day
      }
    },
    Fault("use-prolongs", .critical, .expiry, "Each use extends a token by 24 hours.") {
      $0.used = { state, hash in state.tokens[hash]?.expiresAt = state.clock.now + .day }
    },
    Fault(
      "use-near-the-end-prolongs", .critical, .expiry, "A token that is used in its last hour is extended by 24 hours."
    ) {
      $0.used = { state, hash in
        guard let end = state.tokens[hash]?.expiresAt,
          end - state.clock.now <= SimulatedDuration(milliseconds: 3_600_000)
        else { return }
        state.tokens[hash]?.expiresAt = state.clock.now + .day
      }
    },
    Fault(
      "later-token-prolongs-the-earlier", .critical, .expiry,
      "A new token extends the client's earlier ones by 24 hours."
    ) {
      $0.issued = { state, hash in
        guard let new = state.tokens[hash] else { return }
        for (other, token) in state.tokens where token.client == new.client {
          state.tokens[other]?.expiresAt = new.expiresAt
        }
      }
    },
    Fault(
      "later-token-ends-with-the-earlier", .major, .expiry,
      "A new token expires together with the client's earliest one."
    ) {
      $0.issued = { state, hash in
        guard let new = state.tokens[hash] else { return }
        let now = state.clock.now
        let ends = state.tokens.values.filter { $0.client == new.client && $0.expiresAt > now }.map(\.expiresAt)
        state.tokens[hash]?.expiresAt = ends.min() ?? new.expiresAt
      }
    },
    Fault("new-token-ends-the-old", .minor, .expiry, "A new token invalidates the client's earlier ones.") {
      $0.issued = { state, hash in
        let client = state.tokens[hash]?.client
        state.tokens = state.tokens.filter { $0.key == hash || $0.value.client != client }
      }
    },
    Fault(
      "third-token-ends-the-first", .minor, .expiry, "A client has at most two tokens: a third invalidates the first."
    ) {
      $0.issued = { state, hash in
        let client = state.tokens[hash]?.client
        let own = state.tokens.filter { $0.value.client == client && $0.key != hash }.sorted {
          $0.value.issuedAt < $1.value.issuedAt
        }
        for (old, _) in own.dropLast(1) { state.tokens[old] = nil }
      }
    },
    Fault(
      "one-token-for-ever", .critical, .expiry,
      "A client gets the same token each time, extended by another 24 hours."
    ) {
      let tokens = Locked<[String: String]>([:])
      $0.makeToken = { client, _ in
        tokens.withLock { known in
          let token = known[client.id] ?? Secrets.make()
          known[client.id] = token
          return token
        }
      }
    },
    Fault(
      "same-token-told-as-new", .major, .expiry,
      "A client gets the same token again with an expires_in of 24 hours, but its expiry does not change."
    ) {
      let tokens = Locked<[String: (token: String, end: SimulatedInstant)]>([:])
      $0.makeToken = { client, now in
        tokens.withLock { known in
          if let old = known[client.id], old.end > now { return old.token }
          let token = Secrets.make()
          known[client.id] = (token, now + .day)
          return token
        }
      }
      $0.expiry = { client, now in tokens.withLock { $0[client.id]?.end } ?? now + .day }
    },
    clientsLive("clients-expire-after-a-week", "A client that is a week old gets no more tokens.", 7),
    clientsLive("clients-expire-with-their-token", "A client that is older than 24 hours gets no more tokens.", 1),
  ]

  private static func clientsLive(_ name: String, _ sentence: String, _ days: Int64) -> Fault {
    Fault(name, .major, .expiry, sentence) {
      $0.belongs = { client, connector, now in
        client.connector == connector && now < client.createdAt + SimulatedDuration(milliseconds: days * 86_400_000)
      }
    }
  }

  private static let statements: [Fault] = [
    states("expires-in-an-hour", .major, "The response states a lifetime of an hour.", 3600),
    states("expires-in-zero", .major, "The response states a lifetime of zero.", 0),
    states("expires-in-two-days", .major, "The response states a lifetime of two days.", 172_800),
    states("expires-in-milliseconds", .major, "The response states the lifetime in milliseconds.", 86_400_000),
    states("expires-in-hours", .major, "The response states the lifetime in hours.", 24),
    states("expires-in-as-text", .minor, "The lifetime in the response is a string.", "86400"),
    states("expires-in-as-fraction", .minor, "The lifetime in the response is not a whole number.", .number("86399.5")),
    states("expires-in-is-negative", .major, "The lifetime in the response is negative.", -86_400),
    states("expires-in-is-null", .minor, "The lifetime in the response is null.", .null),
    Fault(
      "expires-in-is-an-instant", .major, .expiry, "The response states the instant of expiry instead of the lifetime."
    ) {
      $0.onResponse { store, request, response in
        guard request.isTokenRequest, response.status == 200 else { return }
        response.editMembers { $0["expires_in"] = .int((store.now + .day).seconds) }
      }
    },
    Fault("expires-in-missing", .minor, .expiry, "The response does not state the lifetime.") {
      $0.onTokenMembers { $0["expires_in"] = nil }
    },
  ]

  private static func states(_ name: String, _ severity: Severity, _ sentence: String, _ value: JSON) -> Fault {
    Fault(name, severity, .expiry, sentence) { $0.expiresIn = value }
  }

  private static let refusalsOfExpired: [Fault] = [
    expired("expired-token-gets-403", .major, "An expired token gets 403.") { $0.status = 403 },
    expired("expired-token-gets-400", .major, "An expired token gets 400.") { $0.status = 400 },
    expired("expired-token-gets-422", .major, "An expired token gets 422.") { $0.status = 422 },
    expired("expired-token-gets-500", .major, "An expired token gets 500.") { $0.status = 500 },
    expired("expired-token-is-redirected", .major, "A request with an expired token is redirected to a login page.") {
      $0 = ServiceResponse(302, headers: [HeaderField("Location", "/login")])
    },
    expired("expired-token-gets-no-challenge", .major, "The response to an expired token has no challenge.") {
      $0.setHeader("WWW-Authenticate", nil)
    },
    expired(
      "expired-token-gets-another-code", .minor, "The challenge for an expired token has the error invalid_request."
    ) {
      response in
      response.setHeader("WWW-Authenticate", "Bearer realm=\"inbound\", error=\"invalid_request\"")
    },
    Fault(
      "expired-token-still-delivers", .critical, .expiry,
      "An expired token gets 401, but the payload is delivered."
    ) {
      $0.isExpired = { _, _ in false }
      $0.onResponse { store, request, response in
        guard request.isInbound, response.status == 201, let token = store.token(of: request),
          store.now >= token.expiresAt
        else { return }
        response = ServiceResponse(
          401, error: "invalid_token", description: "the token is expired",
          headers: [HeaderField("WWW-Authenticate", "Bearer realm=\"inbound\", error=\"invalid_token\"")])
      }
    },
  ]

  /// Changes the refusal of tokens that were valid once.
  private static func expired(
    _ name: String, _ severity: Severity, _ sentence: String,
    _ edit: @escaping @Sendable (inout ServiceResponse) -> Void
  ) -> Fault {
    Fault(name, severity, .expiry, sentence) {
      $0.keepsExpiredTokens = true
      $0.onResponse { store, request, response in
        if request.isInbound, response.status == 401, store.token(of: request) != nil { edit(&response) }
      }
    }
  }
}
