// Secrets: shown where they must not be, or taken where they are wrong.

import ConformanceModel
import JSONValue

extension Fault {
  static let secrets: [Fault] = shown + taken + made + replaced

  // MARK: Shown

  private static let shown: [Fault] = [
    remembering("secret-in-the-list", .critical, "The list of clients shows their secrets.") { policy, secrets in
      policy.onClients(.list) { _, _, members in members["client_secret"] = secrets.of(members) }
    },
    remembering("secret-in-the-view", .critical, "Looking at a client shows its secret.") { policy, secrets in
      policy.onClients(.single) { _, _, members in members["client_secret"] = secrets.of(members) }
    },
    remembering("secret-in-the-view-as-base64", .critical, "Looking at a client shows its secret in Base64.") {
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
    remembering("secret-in-a-header-of-the-view", .critical, "Looking at a client shows its secret in a header.") {
      policy, secrets in
      policy.onAnswer { _, request, answer in
        guard TabResponse.single.fits(request, answer), let secret = answer.json?.object.flatMap(secrets.of)?.string
        else { return }
        answer.setHeader("X-Client-Secret", secret)
      }
    },
    remembering(
      "secret-once-more-after-creation", .critical, "The first look at a new client shows its secret once more."
    ) { policy, secrets in
      policy.onClients(.single) { _, _, members in
        members["client_secret"] = secrets.of(members)
        secrets.forget(members)
      }
    },
    remembering(
      "old-secret-beside-the-new", .critical, "Generating a new set shows the lost secret beside the new one."
    ) { policy, secrets in
      policy.onClients(.replacement) { _, request, members in
        let lost = request.path.split(separator: "/").dropLast().last.map(String.init) ?? ""
        members["previous_secret"] = secrets.of(lost)
      }
    },
    Fault("secret-masked-at-creation", .major, .secrets, "The creation shows the secret with stars.") {
      $0.onClients(.new) { _, _, members in members["client_secret"] = "********" }
    },
    Fault("secret-not-shown-at-creation", .major, .secrets, "The creation does not show the secret at all.") {
      $0.onClients(.new) { _, _, members in members["client_secret"] = nil }
    },
    Fault(
      "secret-in-token-errors", .critical, .secrets, "The token endpoint's refusals repeat the secret that was sent."
    ) {
      $0.onAnswer { _, request, answer in
        guard request.isTokenRequest, answer.status != 200, let secret = request.sentSecret else { return }
        answer.editMembers { $0["error_description"] = .string("client authentication failed for \(secret)") }
      }
    },
    Fault("secret-in-token-answers", .critical, .secrets, "The answer with the token repeats the client's secret.") {
      $0.onAnswer { _, request, answer in
        guard request.isTokenRequest, answer.status == 200, let secret = request.sentSecret else { return }
        answer.editMembers { $0["client_secret"] = .string(secret) }
      }
    },
    Fault(
      "basic-header-in-errors", .critical, .secrets,
      "The token endpoint's refusals repeat the Authorization header in a header of their own."
    ) {
      $0.onAnswer { _, request, answer in
        guard request.isTokenRequest, answer.status != 200, let field = request.header("Authorization") else { return }
        answer.setHeader("X-Request-Authorization", field)
      }
    },
    Fault(
      "new-secrets-may-be-cached", .major, .secrets, "The answer that shows a secret does not forbid caches to keep it."
    ) {
      $0.onAnswer { _, request, answer in
        guard TabResponse.new.fits(request, answer) || TabResponse.replacement.fits(request, answer) else { return }
        answer.setHeader("Cache-Control", nil)
      }
    },
    Fault("new-secrets-are-public", .major, .secrets, "The answer that shows a secret allows caches to keep it.") {
      $0.onAnswer { _, request, answer in
        if TabResponse.new.fits(request, answer) { answer.setHeader("Cache-Control", "public, max-age=3600") }
      }
    },
  ]

  /// A fault of a service that keeps secrets in clear.
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

  // MARK: Taken

  private static let taken: [Fault] = [
    form("secret-accepted-by-prefix", "The first eight characters of a secret are enough.") { String($0.prefix(8)) },
    form("long-secrets-are-cut", "What stands behind the right secret does not matter: it is cut to its length.") {
      String($0.prefix(43))
    },
    form("secret-case-ignored", "Secrets are compared without regard to case.") { $0.lowercased() },
    form("secret-trimmed", "White space around a secret does not matter.") { $0.trimmed },
    form("secret-spaces-ignored", "White space anywhere in a secret does not matter.") {
      $0.filter { !$0.isWhitespace }
    },
    form("secret-look-alikes-accepted", "Full-width characters in a secret count as the plain ones.") {
      $0.withoutFullWidth
    },
    form("last-character-of-secrets-ignored", "The last character of a secret does not matter.") {
      String($0.dropLast())
    },
    form("first-character-of-secrets-ignored", "The first character of a secret does not matter.") {
      String($0.dropFirst())
    },
    Fault("any-secret-accepted", .critical, .secrets, "Any secret authenticates a client that there is.") {
      $0.secretMatches = { _, client in client != nil }
    },
    Fault("empty-secret-accepted", .critical, .secrets, "No secret at all authenticates a client.") {
      let correct = $0.secretMatches
      $0.secretMatches = { secret, client in (secret.isEmpty && client != nil) || correct(secret, client) }
      $0.onTokenRequest { request in
        // an empty secret counts as none in the body: it is sent by Basic
        guard request.header("Authorization") == nil,
          let id = request.form.first(where: { $0.name == "client_id" })?.value
        else { return }
        guard !request.form.contains(where: { $0.name == "client_secret" && !$0.value.isEmpty }) else { return }
        request.form.removeAll { $0.name == "client_id" || $0.name == "client_secret" }
        request.setHeader("Authorization", "Basic \(Base64.encode(Array("\(FormEncoding.encode(id)):".utf8)))")
      }
    },
    Fault("masked-secret-accepted", .critical, .secrets, "Stars, as pages show a secret, authenticate a client.") {
      let correct = $0.secretMatches
      $0.secretMatches = { secret, client in
        (client != nil && !secret.isEmpty && secret.allSatisfy { "*•●x".contains($0) }) || correct(secret, client)
      }
    },
    Fault("any-secret-in-the-body-accepted", .critical, .secrets, "Secrets in the body are not looked at.") {
      let correct = $0.secretMatches
      $0.secretMatches = { secret, client in (secret == bodyMark && client != nil) || correct(secret, client) }
      $0.onTokenRequest { request in
        guard request.header("Authorization") == nil else { return }
        request.form = request.form.map { $0.name == "client_secret" && !$0.value.isEmpty ? ($0.name, bodyMark) : $0 }
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
    Fault("id-is-secret-enough", .critical, .secrets, "A client's id stands for its secret.") {
      let correct = $0.secretMatches
      $0.secretMatches = { secret, client in (client.map { $0.id == secret } ?? false) || correct(secret, client) }
    },
    Fault("reversed-secret-accepted", .critical, .secrets, "A secret's characters may stand in any order.") {
      $0.secretForm = { String($0.sorted()) }
    },
    Fault("id-case-ignored", .minor, .secrets, "Client ids are compared without regard to case.") {
      $0.idForm = { $0.lowercased() }
    },
    Fault("id-trimmed", .major, .secrets, "White space around a client id does not matter.") {
      $0.idForm = { $0.trimmed }
    },
  ]

  /// What stands in place of a secret in the body that nobody looks at.
  private static let bodyMark = "a secret in the body"

  private static func form(_ name: String, _ sentence: String, _ form: @escaping @Sendable (String) -> String) -> Fault
  {
    Fault(name, .critical, .secrets, sentence) { $0.secretForm = form }
  }

  // MARK: Made

  private static let made: [Fault] = [
    Fault("short-secrets", .critical, .secrets, "Secrets have four characters.") {
      $0.makeSecret = { String(Secrets.make().prefix(4)) }
    },
    Fault("secrets-count-up", .critical, .secrets, "Secrets are numbers that count up.") {
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
    Fault("secrets-beyond-ascii", .major, .secrets, "Secrets hold characters beyond ASCII.") {
      $0.makeSecret = { "ü" + Secrets.make() }
    },
    Fault("ids-are-not-unique", .critical, .secrets, "Of clients in different connectors some have the same id.") {
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
    Fault("old-set-dies", .major, .secrets, "Generating a new set ends the old one.") {
      $0.added = { state, _, lost in if let lost { state.clients[lost.id]?.secretHash = [] } }
    },
    Fault("replacing-deletes-the-old-set", .major, .secrets, "Generating a new set deletes the old one.") {
      $0.added = { state, _, lost in
        guard let lost else { return }
        state.clients[lost.id] = nil
        state.order[lost.connector]?.removeAll { $0 == lost.id }
      }
    },
    Fault("new-set-does-not-work", .major, .secrets, "The new set for a lost secret does not work.") {
      $0.added = { state, client, lost in if lost != nil { state.clients[client.id]?.secretHash = [] } }
    },
    Fault("new-set-is-not-listed", .major, .secrets, "The new set for a lost secret is not listed.") {
      $0.added = { state, client, lost in
        if lost != nil { state.order[client.connector]?.removeAll { $0 == client.id } }
      }
    },
    Fault("replacing-ends-siblings", .critical, .secrets, "Generating a new set ends all other sets of the connector.")
    {
      $0.added = { state, client, lost in
        guard let lost else { return }
        for (id, other) in state.clients where other.connector == client.connector && id != client.id && id != lost.id {
          state.clients[id]?.secretHash = []
        }
      }
    },
    Fault("replacing-ends-tokens", .major, .secrets, "Generating a new set ends the tokens of the old one.") {
      $0.added = { state, _, lost in if let lost { state.tokens = state.tokens.filter { $0.value.client != lost.id } } }
    },
    Fault(
      "replacing-ends-tokens-of-siblings", .critical, .secrets,
      "Generating a new set ends the tokens of the connector's other clients."
    ) {
      $0.added = { state, client, lost in
        if let lost {
          state.tokens = state.tokens.filter { $0.value.connector != client.connector || $0.value.client == lost.id }
        }
      }
    },
    remembering("lost-secret-given-again", .critical, "A lost secret is given out again, with the old id.") {
      policy, secrets in
      policy.onClients(.replacement) { _, request, members in
        let lost = request.path.split(separator: "/").dropLast().last.map(String.init) ?? ""
        guard let secret = secrets.of(lost) else { return }
        members["client_id"] = .string(lost)
        members["client_secret"] = secret
      }
    },
    remembering(
      "same-name-gives-the-same-secret", .critical, "A name that is used again gives out the first set of that name."
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
      "A set is replaced once: the next replacement gives a set that does not work."
    ) {
      let replaced = Locked<Set<String>>([])
      $0.added = { state, client, lost in
        guard let lost else { return }
        // a set that stands in for another counts as that one
        let again = replaced.withLock { known in
          defer { known.formUnion([lost.id, client.id]) }
          return known.contains(lost.id)
        }
        if again { state.clients[client.id]?.secretHash = [] }
      }
    },
  ]
}

/// The secrets of a service that keeps them, by the ids of their clients.
private final class ClearSecrets: Sendable {
  private let secrets = Locked<[String: JSON]>([:])

  func note(_ members: [JSON.Member]) {
    guard let id = members["client_id"]?.string, let secret = members["client_secret"] else { return }
    secrets.withLock { $0[id] = secret }
  }

  func of(_ members: [JSON.Member]) -> JSON? { members["client_id"]?.string.flatMap(of) }

  func of(_ id: String) -> JSON? { secrets.withLock { $0[id] } }

  func forget(_ members: [JSON.Member]) {
    guard let id = members["client_id"]?.string else { return }
    secrets.withLock { $0[id] = nil }
  }
}

extension ServiceRequest {
  /// The secret that a token request was sent with.
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
