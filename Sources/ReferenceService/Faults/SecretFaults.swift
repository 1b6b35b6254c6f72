// Secrets that are disclosed, and wrong ones that are accepted.

import ConformanceModel
import JSONValue

extension Fault {
  static let secrets: [Fault] = shown + acceptedSecrets + almostRightSecrets + made + replaced + replacements

  // MARK: Shown

  private static let shown: [Fault] = [
    remembering("secret-in-the-list", .critical, "The list of clients shows their secrets.") { policy, secrets in
      policy.onClients(.list) { _, _, members in members["client_secret"] = secrets.of(members) }
    },
    remembering("secret-in-the-view", .critical, "The details of a client show its secret.") { policy, secrets in
      policy.onClients(.single) { _, _, members in members["client_secret"] = secrets.of(members) }
    },
    remembering("secret-in-the-view-as-base64", .critical, "The details of a client show its secret in Base64.") {
      policy, secrets in
      policy.onClients(.single) { _, _, members in
        members["credentials"] = (secrets.of(members)?.string).map {
          .string(Base64.encode(Array("\(members["client_id"]?.string ?? ""):\($0)".utf8)))
        }
      }
    },
    remembering("half-a-secret-in-the-list", .critical, "The list of clients shows the first half of each secret.") {
      policy, secrets in
      policy.onClients(.list) { _, _, members in
        members["hint"] = (secrets.of(members)?.string).map { .string(String($0.prefix(21))) }
      }
    },
    remembering(
      "secret-in-a-header-of-the-view", .critical, "The details of a client show its secret in a header field."
    ) {
      policy, secrets in
      policy.onResponse { _, request, response in
        guard TabResponse.single.fits(request, response), let secret = response.json?.object.flatMap(secrets.of)?.string
        else { return }
        response.setHeader("X-Client-Secret", secret)
      }
    },
    remembering(
      "secret-once-more-after-creation", .critical,
      "The first request for the details of a new client shows its secret again."
    ) { policy, secrets in
      policy.onClients(.single) { _, _, members in
        members["client_secret"] = secrets.of(members)
        secrets.remove(members)
      }
    },
    remembering(
      "old-secret-beside-the-new", .critical, "A replacement shows the lost secret next to the new one."
    ) { policy, secrets in
      policy.onClients(.replacement) { _, request, members in
        let lost = request.tabClient ?? ""
        members["previous_secret"] = secrets.of(lost)
      }
    },
    Fault("secret-masked-at-creation", .major, .secrets, "The creation shows asterisks instead of the secret.") {
      $0.onClients(.new) { _, _, members in members["client_secret"] = "********" }
    },
    Fault("secret-not-shown-at-creation", .major, .secrets, "The creation does not show the secret.") {
      $0.onClients(.new) { _, _, members in members["client_secret"] = nil }
    },
    Fault(
      "secret-in-token-errors", .critical, .secrets,
      "Error responses of the token endpoint repeat the secret that was sent."
    ) {
      $0.onResponse { _, request, response in
        guard request.isTokenRequest, response.status != 200, let secret = request.sentSecret else { return }
        response.editMembers { $0["error_description"] = .string("client authentication failed for \(secret)") }
      }
    },
    Fault("secret-in-token-answers", .critical, .secrets, "The token response repeats the client's secret.") {
      $0.onResponse { _, request, response in
        guard request.isTokenRequest, response.status == 200, let secret = request.sentSecret else { return }
        response.editMembers { $0["client_secret"] = .string(secret) }
      }
    },
    Fault(
      "basic-header-in-errors", .critical, .secrets,
      "Error responses of the token endpoint repeat the Authorization field in another header field."
    ) {
      $0.onResponse { _, request, response in
        guard request.isTokenRequest, response.status != 200, let field = request.header("Authorization") else {
          return
        }
        response.setHeader("X-Request-Authorization", field)
      }
    },
    Fault(
      "new-secrets-may-be-cached", .major, .secrets, "The response that shows a secret does not forbid caching."
    ) {
      $0.onResponse { _, request, response in
        guard TabResponse.new.fits(request, response) || TabResponse.replacement.fits(request, response) else { return }
        response.setHeader("Cache-Control", nil)
      }
    },
    Fault("new-secrets-are-public", .major, .secrets, "The response that shows a secret allows caching.") {
      $0.onResponse { _, request, response in
        if TabResponse.new.fits(request, response) { response.setHeader("Cache-Control", "public, max-age=3600") }
      }
    },
  ]

  /// A fault of a service that stores secrets in clear text.
  private static func remembering(
    _ name: String, _ severity: Severity, _ sentence: String,
    _ apply: @escaping @Sendable (inout Policy, ClearSecrets) -> Void
  ) -> Fault {
    Fault(name, severity, .secrets, sentence) { policy in
      let secrets = ClearSecrets()
      policy.onClients(.new) { _, _, members in secrets.note(members) }
      policy.onClients(.replacement) { _, _, members in secrets.note(members) }
      apply(&policy, secrets)
    }
  }

  // MARK: Accepted

  private static let acceptedSecrets: [Fault] = [
    form("secret-accepted-by-prefix", "The first eight characters of a secret are enough.") { String($0.prefix(8)) },
    form("long-secrets-are-cut", "A secret is cut to its length: characters after the right secret are ignored.") {
      String($0.prefix(43))
    },
    form("secret-case-ignored", "The case of secrets is ignored.") { $0.lowercased() },
    form("secret-trimmed", "White space around a secret is ignored.") { $0.trimmed },
    form("secret-spaces-ignored", "White space anywhere in a secret is ignored.") {
      $0.filter { !$0.isWhitespace }
    },
    form("secret-look-alikes-accepted", "Full-width characters in a secret are equal to the plain ones.") {
      $0.withoutFullWidth
    },
    form("last-character-of-secrets-ignored", "The last character of a secret is ignored.") {
      String($0.dropLast())
    },
    form("first-character-of-secrets-ignored", "The first character of a secret is ignored.") {
      String($0.dropFirst())
    },
    Fault("any-secret-accepted", .critical, .secrets, "Any secret authenticates an existing client.") {
      $0.secretMatches = { _, client in client != nil }
    },
    Fault("empty-secret-accepted", .critical, .secrets, "An empty secret authenticates a client.") {
      let correct = $0.secretMatches
      $0.secretMatches = { secret, client in (secret.isEmpty && client != nil) || correct(secret, client) }
      $0.onTokenRequest { request in
        // an empty secret in the body counts as absent, so it is sent by Basic
        guard request.header("Authorization") == nil,
          let id = request.form.first(where: { $0.name == "client_id" })?.value
        else { return }
        guard !request.form.contains(where: { $0.name == "client_secret" && !$0.value.isEmpty }) else { return }
        request.form.removeAll { $0.name == "client_id" || $0.name == "client_secret" }
        request.setHeader("Authorization", "Basic \(Base64.encode(Array("\(FormEncoding.encode(id)):".utf8)))")
      }
    },
    Fault("masked-secret-accepted", .critical, .secrets, "Asterisks, as in a masked secret, authenticate a client.") {
      let correct = $0.secretMatches
      $0.secretMatches = { secret, client in
        (client != nil && !secret.isEmpty && secret.allSatisfy { "*•●x".contains($0) }) || correct(secret, client)
      }
    },
    Fault(
      "secret-of-a-sibling-accepted", .critical, .secrets,
      "The secret of any client of the connector authenticates all of them."
    ) {
      let hashes = Locked<[String: [[UInt8]]]>([:])
      $0.added = { _, client, _ in hashes.withLock { $0[client.connector, default: []].append(client.secretHash) } }
      $0.secretMatches = { secret, client in
        guard let client else { return false }
        return hashes.withLock { $0[client.connector] ?? [] }.contains(Secrets.hash(secret))
      }
    },
    Fault("id-is-secret-enough", .critical, .secrets, "A client's id is accepted as its secret.") {
      let correct = $0.secretMatches
      $0.secretMatches = { secret, client in (client.map { $0.id == secret } ?? false) || correct(secret, client) }
    },
    Fault("reversed-secret-accepted", .critical, .secrets, "The order of a secret's characters is ignored.") {
      $0.secretForm = { String($0.sorted()) }
    },
    Fault("id-case-ignored", .minor, .secrets, "The case of client ids is ignored.") {
      $0.idForm = { $0.lowercased() }
    },
    Fault("id-trimmed", .major, .secrets, "White space around a client id is ignored.") {
      $0.idForm = { $0.trimmed }
    },
  ]

  private static func form(_ name: String, _ sentence: String, _ form: @escaping @Sendable (String) -> String) -> Fault
  {
    Fault(name, .critical, .secrets, sentence) { $0.secretForm = form }
  }

  // MARK: Made

  private static let made: [Fault] = [
    Fault("short-secrets", .critical, .secrets, "Secrets have four characters.") {
      $0.makeSecret = { String(Secrets.make().prefix(4)) }
    },
    Fault("secrets-count-up", .critical, .secrets, "Secrets are consecutive numbers.") {
      let counter = Locked(100_000_000_000)
      $0.makeSecret = {
        "sec-"
          + counter.withLock { count in
            count += 1; return String(count)
          }
      }
    },
    Fault("one-secret-for-all", .critical, .secrets, "All clients get the same secret.") {
      let secret = Secrets.make()
      $0.makeSecret = { secret }
    },
    Fault("secrets-beyond-ascii", .major, .secrets, "Secrets contain characters outside ASCII.") {
      $0.makeSecret = { "ü" + Secrets.make() }
    },
    Fault("ids-are-not-unique", .critical, .secrets, "Clients of different connectors can have the same id.") {
      let counter = Locked(0)
      $0.makeClientID = {
        "client-"
          + counter.withLock { count in
            count += 1; return String(count / 2)
          }
      }
    },
  ]

  // MARK: Replaced

  private static let replaced: [Fault] = [
    Fault("old-set-dies", .major, .secrets, "A replacement disables the old set.") {
      $0.added = { state, _, lost in if let lost { state.clients[lost.id]?.secretHash = [] } }
    },
    Fault("replacing-deletes-the-old-set", .major, .secrets, "A replacement deletes the old set.") {
      $0.added = { state, _, lost in
        guard let lost else { return }
        state.clients[lost.id] = nil
        state.order[lost.connector]?.removeAll { $0 == lost.id }
      }
    },
    Fault("new-set-does-not-work", .major, .secrets, "The replacement for a lost secret does not work.") {
      $0.added = { state, client, lost in if lost != nil { state.clients[client.id]?.secretHash = [] } }
    },
    Fault("new-set-is-not-listed", .major, .secrets, "The replacement for a lost secret is not listed.") {
      $0.added = { state, client, lost in
        if lost != nil { state.order[client.connector]?.removeAll { $0 == client.id } }
      }
    },
    Fault("replacing-ends-siblings", .critical, .secrets, "A replacement disables all other sets of the connector.") {
      $0.added = { state, client, lost in
        guard let lost else { return }
        for (id, other) in state.clients where other.connector == client.connector && id != client.id && id != lost.id {
          state.clients[id]?.secretHash = []
        }
      }
    },
    Fault("replacing-ends-tokens", .major, .secrets, "A replacement invalidates the tokens of the old set.") {
      $0.added = { state, _, lost in if let lost { state.tokens = state.tokens.filter { $0.value.client != lost.id } } }
    },
    Fault(
      "replacing-ends-tokens-of-siblings", .critical, .secrets,
      "A replacement invalidates the tokens of the connector's other clients."
    ) {
      $0.added = { state, client, lost in
        if let lost {
          state.tokens = state.tokens.filter { $0.value.connector != client.connector || $0.value.client == lost.id }
        }
      }
    },
    remembering("lost-secret-given-again", .critical, "A replacement returns the lost secret with the old id.") {
      policy, secrets in
      policy.onClients(.replacement) { _, request, members in
        let lost = request.tabClient ?? ""
        guard let secret = secrets.of(lost) else { return }
        members["client_id"] = .string(lost)
        members["client_secret"] = secret
      }
    },
    remembering(
      "same-name-gives-the-same-secret", .critical,
      "A client with a name that was used before gets the first credentials of that name."
    ) { policy, _ in
      let byName = Locked<[String: [JSON.Member]]>([:])
      policy.onClients(.new) { _, request, members in
        let name = "\(request.tabConnector)/\(members["name"]?.string ?? "")"
        let current = members
        members = byName.withLock { known in
          let first = known[name] ?? current
          known[name] = first
          return first
        }
      }
    },
    Fault(
      "second-replacement-does-not-work", .major, .secrets,
      "A set can be replaced once: the next replacement does not work."
    ) {
      let replaced = Locked<Set<String>>([])
      $0.added = { state, client, lost in
        guard let lost else { return }
        // the replacement of a set counts as that set
        let again = replaced.withLock { known in
          defer { known.formUnion([lost.id, client.id]) }
          return known.contains(lost.id)
        }
        if again { state.clients[client.id]?.secretHash = [] }
      }
    },
  ]
}

/// The secrets of a service that stores them in clear text, by client id.
private final class ClearSecrets: Sendable {
  private let secrets = Locked<[String: JSON]>([:])

  func note(_ members: [JSON.Member]) {
    guard let id = members["client_id"]?.string, let secret = members["client_secret"] else { return }
    secrets.withLock { $0[id] = secret }
  }

  func of(_ members: [JSON.Member]) -> JSON? { members["client_id"]?.string.flatMap(of) }

  func of(_ id: String) -> JSON? { secrets.withLock { $0[id] } }

  func remove(_ members: [JSON.Member]) {
    guard let id = members["client_id"]?.string else { return }
    secrets.withLock { $0[id] = nil }
  }
}

extension ServiceRequest {
  /// The secret in a token request.
  fileprivate var sentSecret: String? {
    if let field = header("Authorization") { return BasicCredentials(field)?.secret }
    return form.first { $0.name == "client_secret" }?.value
  }
}

extension String {
  var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }

  /// Full-width forms of ASCII (U+FF01 to U+FF5E) as ASCII, as a compatibility normalisation would.
  var withoutFullWidth: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { (0xFF01...0xFF5E).contains($0.value) ? Unicode.Scalar($0.value - 0xFEE0) ?? $0 : $0 }))
  }
}
