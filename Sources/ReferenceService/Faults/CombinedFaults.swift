// Faults that a combination of properties triggers, made from tables: what goes wrong, and for which requests.

import ConformanceModel
import HTTPModel
import JSONValue

extension Fault {
  static let combined: [Fault] = combinedTokens + combinedPosts + combinedManagement

  /// Which requests a fault concerns.
  private struct Trigger: Sendable {
    /// The end of the name of the fault.
    let name: String
    /// The end of its sentence.
    let phrase: String
    let fits: @Sendable (ServiceRequest) -> Bool

    init(_ name: String, _ phrase: String, _ fits: @escaping @Sendable (ServiceRequest) -> Bool) {
      self.name = name
      self.phrase = phrase
      self.fits = fits
    }

    func and(_ other: Trigger) -> Trigger {
      Trigger("\(name)-\(other.name)", "\(phrase) \(other.phrase)") { [fits] in fits($0) && other.fits($0) }
    }
  }

  private static func combine<Effect>(
    _ effects: [Effect], _ triggers: [Trigger], _ make: (Effect, Trigger) -> Fault
  ) -> [Fault] {
    effects.flatMap { effect in triggers.map { make(effect, $0) } }
  }

  // MARK: - Triggers

  private static let onSecond = Trigger("on-second-connector", "to the second connector") { $0.isAtSecondConnector }
  private static let byBody = Trigger("by-body", "with credentials in the body") { request in
    request.form.contains { $0.name == "client_secret" }
  }
  private static let byAssertion = Trigger("by-assertion", "with an assertion") { request in
    request.form.contains { $0.name == "client_assertion" }
  }
  private static let bySecret = Trigger("by-assertion-of-a-secret", "with an assertion that a secret signs") {
    request in
    request.isSignedBySecret
  }
  private static let byCertificate = Trigger("by-certificate", "with a certificate") { $0.isByCertificate }
  private static let withQuery = Trigger("with-query", "with a query") { !$0.query.isEmpty }
  private static let withCharset = Trigger("with-charset", "with a charset") {
    $0.header("Content-Type")?.contains(";") == true
  }
  private static let chunked = Trigger("in-chunks", "in chunks") { $0.header("Transfer-Encoding") != nil }
  private static let lowerCase = Trigger("in-lower-case", "with the scheme in lower case") { request in
    request.header("Authorization")?.first?.isLowercase == true
  }
  private static let large = Trigger("above-64-kib", "with more than 64 KiB") { ($0.body?.count ?? 0) > 65_536 }
  private static let untrimmed = Trigger("with-two-blanks", "with two blanks after the scheme") {
    $0.header("Authorization")?.contains("  ") == true
  }

  // MARK: - The token endpoint

  private struct TokenEffect: Sendable {
    let name: String
    let severity: Severity
    let sentence: String
    let apply: @Sendable (inout Policy, Trigger) -> Void
  }

  private static let tokenTriggers: [Trigger] = [
    onSecond, byBody, byBody.and(onSecond), byAssertion, bySecret, byCertificate, withQuery, withCharset, lowerCase,
  ]

  private static let combinedTokens = combine(tokenEffects, tokenTriggers) { effect, trigger in
    Fault(
      "\(effect.name)-\(trigger.name)", effect.severity, .combined,
      "\(effect.sentence), for requests \(trigger.phrase)."
    ) { effect.apply(&$0, trigger) }
  }

  private static let tokenEffects: [TokenEffect] = [
    TokenEffect(name: "any-grant", severity: .major, sentence: "Any grant type gets a token") { policy, trigger in
      policy.onTokenRequest { request in
        guard trigger.fits(request) else { return }
        request.form = request.form.map { $0.name == "grant_type" ? ($0.name, "client_credentials") : $0 }
      }
    },
    issue("tokens-die-early", .critical, "Tokens expire an hour early") { token in
      token.expiresAt = token.expiresAt + SimulatedDuration(milliseconds: -3_600_000)
    },
    issue("tokens-do-not-work", .major, "Tokens are not accepted") { $0.expiresAt = $0.issuedAt },
    issue("tokens-live-on", .critical, "Tokens expire a day late") { token in
      token.expiresAt = token.expiresAt + SimulatedDuration(milliseconds: 86_400_000)
    },
    issue("tokens-outlive-clients", .critical, "Tokens outlive their client") { $0.client = "" },
    TokenEffect(name: "any-secret", severity: .critical, sentence: "Any secret gets a token") {
      policy, trigger in
      policy.onResponse { store, request, response in
        guard request.isTokenRequest, trigger.fits(request), response.errorCode == "invalid_client" else { return }
        let connector = request.tabConnector
        guard let id = request.claimedClient, let client = store.client(id, of: connector) else { return }
        let token = Secrets.make()
        guard store.issue(Secrets.hash(token), to: client) else { return }
        response = ServiceResponse(
          200, json: ["access_token": .string(token), "token_type": "Bearer", "expires_in": 86_400],
          headers: store.policy.uncacheable)
      }
    },
    TokenEffect(name: "expires-in-a-week", severity: .major, sentence: "The value of expires_in is a week too long") {
      policy, trigger in
      policy.onResponse { _, request, response in
        guard request.isTokenRequest, trigger.fits(request), response.status == 200 else { return }
        response.editMembers { $0["expires_in"] = 691_200 }
      }
    },
    TokenEffect(name: "no-token", severity: .major, sentence: "No token is issued") { policy, trigger in
      policy.onResponse { _, request, response in
        guard request.isTokenRequest, trigger.fits(request), response.status == 200 else { return }
        response = ServiceResponse(400, error: "invalid_request", description: "not supported")
      }
    },
    TokenEffect(name: "cacheable-tokens", severity: .major, sentence: "Token responses may be cached") {
      policy, trigger in
      policy.onResponse { _, request, response in
        guard request.isTokenRequest, trigger.fits(request), response.status == 200 else { return }
        response.setHeader("Cache-Control", nil)
      }
    },
  ]

  /// Changes the tokens that are issued.
  private static func issue(
    _ name: String, _ severity: Severity, _ sentence: String, _ change: @escaping @Sendable (inout Store.Token) -> Void
  ) -> TokenEffect {
    TokenEffect(name: name, severity: severity, sentence: sentence) { policy, trigger in
      policy.onResponse { store, request, response in
        guard request.isTokenRequest, trigger.fits(request), let token = response.json?["access_token"]?.string else {
          return
        }
        let hash = Secrets.hash(store.policy.tokenForm(token))
        store.state.withLock { state in
          guard var issued = state.tokens[hash] else { return }
          change(&issued)
          state.tokens[hash] = issued
        }
      }
    }
  }

  // MARK: - Inbound URLs

  private struct PostEffect: Sendable {
    let name: String
    let severity: Severity
    let sentence: String
    let triggers: [Trigger]
    let apply: @Sendable (inout Policy, Trigger) -> Void
  }

  private static let combinedPosts = postEffects.flatMap { effect in
    effect.triggers.map { trigger in
      Fault(
        "\(effect.name)-\(trigger.name)", effect.severity, .combined, "\(effect.sentence), for posts \(trigger.phrase)."
      ) {
        effect.apply(&$0, trigger)
      }
    }
  }

  private static let postEffects: [PostEffect] = [
    PostEffect(
      name: "no-token-needed", severity: .critical, sentence: "No token is needed",
      triggers: [onSecond, chunked, withCharset, withQuery, chunked.and(onSecond), withQuery.and(onSecond)]
    ) { policy, trigger in
      policy.refusal = { refusal, request in
        refusal == .noCredentials && trigger.fits(request) ? nil : refusal
      }
    },
    PostEffect(
      name: "any-token-accepted", severity: .critical, sentence: "Any token is accepted",
      triggers: [
        onSecond, chunked, withCharset, withQuery, lowerCase, untrimmed, chunked.and(onSecond), withQuery.and(onSecond),
      ]
    ) { policy, trigger in
      policy.refusal = { refusal, request in
        refusal == .invalidToken && trigger.fits(request) ? nil : refusal
      }
    },
    misfit("misfits-accepted", "Payloads of another entity are accepted") { store, request, response in
      guard let receipt = store.deliver(request) else { return }
      response = ServiceResponse(201, json: ["id": .string(receipt)])
    },
    misfit("misfits-delivered", "Payloads of another entity get 422 but are delivered") { store, request, _ in
      _ = store.deliver(request)
    },
    PostEffect(
      name: "payloads-refused", severity: .major, sentence: "Payloads are refused",
      triggers: [onSecond, withCharset, lowerCase, untrimmed, large]
    ) { policy, trigger in
      policy.onInboundResponse(201) { request, response in
        if trigger.fits(request) { response = ServiceResponse(422, error: "invalid_payload", description: "no") }
      }
    },
  ]

  /// Changes what becomes of payloads that do not match their entity.
  private static func misfit(
    _ name: String, _ sentence: String,
    _ change: @escaping @Sendable (Store, ServiceRequest, inout ServiceResponse) -> Void
  ) -> PostEffect {
    PostEffect(name: name, severity: .major, sentence: sentence, triggers: [chunked, withQuery, lowerCase]) {
      policy, trigger in
      policy.onResponse { store, request, response in
        guard request.isInbound, response.errorCode == "wrong_entity", trigger.fits(request) else { return }
        change(store, request, &response)
      }
    }
  }

  // MARK: - The authentication tab

  private static let combinedManagement = tabActions.flatMap { action, what, fits in
    strangers.flatMap { stranger, who, isStranger in
      [nil, onSecond].map { place in
        Fault(
          [stranger, action, place?.name].compactMap(\.self).joined(separator: "-"), .critical, .combined,
          "\(who) can \(what)\(place == nil ? "" : " of the second connector")."
        ) {
          $0.mayManage = { hasKey, request in
            hasKey || (fits(request) && isStranger(request) && place?.fits(request) != false)
          }
        }
      }
    }
  }

  private static let strangers: [(name: String, who: String, fits: @Sendable (ServiceRequest) -> Bool)] = [
    ("nobody", "A stranger", { $0.header("Authorization") == nil }),
    ("a-wrong-key", "A stranger with any key", { $0.header("Authorization") != nil }),
  ]

  private static let tabActions: [(name: String, what: String, fits: @Sendable (ServiceRequest) -> Bool)] = [
    ("lists-clients", "list the clients", { $0.method == "GET" && $0.path.split(separator: "/").count == 3 }),
    ("shows-clients", "show any client", { $0.method == "GET" && $0.path.split(separator: "/").count == 4 }),
    ("creates-clients", "create clients", { $0.method == "POST" && $0.path.split(separator: "/").count == 3 }),
    ("replaces-secrets", "get a new secret for any client", { $0.path.hasSuffix("/replacement") }),
    ("deletes-clients", "delete any client", { $0.method == "DELETE" }),
  ]
}

extension ServiceRequest {
  /// The client that a token request claims to be from.
  fileprivate var claimedClient: String? {
    header("Authorization").flatMap { BasicCredentials($0)?.id } ?? form.first { $0.name == "client_id" }?.value
      ?? subject
  }

  /// Whether the certificate of the connection authenticates the client.
  fileprivate var isByCertificate: Bool {
    let names = Set(form.map(\.name))
    return certificate != nil && header("Authorization") == nil && names.contains("client_id")
      && names.isDisjoint(with: ["client_secret", "client_assertion"])
  }
}
