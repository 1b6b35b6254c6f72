// Secrets and ids that are almost right, and replacements that lose something.

import ConformanceModel
import JSONValue

extension Fault {
  static let almostRightSecrets: [Fault] = [
    compared("secret-accepted-by-its-start", "A secret is compared only as far as the sent one reaches.") {
      sent, stored in
      !sent.isEmpty && stored.hasPrefix(sent)
    },
    compared("secret-accepted-in-a-longer-text", "A text that contains the secret is accepted.") { sent, stored in
      sent.count > stored.count && sent.contains(stored)
    },
    compared("secret-accepted-in-base64", "A secret is also accepted in Base64.") { sent, stored in
      sent == Base64.encode(Array(stored.utf8))
    },
    compared(
      "masked-secret-with-its-start-accepted", "The first four characters of a secret and asterisks are accepted."
    ) { sent, stored in
      sent == stored.prefix(4) + "****"
    },
    Fault("secrets-end-at-nul", .critical, .secrets, "A secret ends at a NUL: what follows is ignored.") {
      $0.onTokenRequest { request in
        request.body = request.body.map { Array(untilNUL(String(decoding: $0, as: UTF8.self)).utf8) }
        guard let field = request.header("Authorization"), field.hasPrefix("Basic "),
          let bytes = Base64.decode(String(field.dropFirst(6)))
        else { return }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstRange(of: "%00")?.lowerBound else { return }
        request.setHeader("Authorization", "Basic \(Base64.encode(Array(text[..<end].utf8)))")
      }
    },
    Fault("last-character-of-ids-ignored", .critical, .secrets, "The last character of a client id is ignored.") {
      $0.idForm = { String($0.dropLast()) }
    },
    Fault("id-is-not-checked", .critical, .secrets, "A secret alone identifies its client: the id is ignored.") {
      let ids = Locked<[String: String]>([:])
      $0.added = { _, client, _ in
        ids.withLock { $0[String(decoding: client.hmacKey, as: UTF8.self)] = client.id }
      }
      $0.onTokenRequest { request in
        if let field = request.header("Authorization") {
          guard let secret = BasicCredentials(field)?.secret, let id = ids.withLock({ $0[secret] }) else { return }
          request.setHeader("Authorization", "Basic \(Base64.encode(Array("\(id):\(secret)".utf8)))")
        } else if let secret = request.form.first(where: { $0.name == "client_secret" })?.value,
          let id = ids.withLock({ $0[secret] })
        {
          request.form = request.form.map { $0.name == "client_id" ? ($0.name, id) : $0 }
        }
      }
    },
  ]

  /// - Parameter isAccepted: Whether the sent secret is accepted for the stored one, if it is not the same.
  private static func compared(
    _ name: String, _ sentence: String, _ isAccepted: @escaping @Sendable (_ sent: String, _ stored: String) -> Bool
  ) -> Fault {
    Fault(name, .critical, .secrets, sentence) {
      let correct = $0.secretMatches
      $0.secretMatches = { secret, client in
        correct(secret, client)
          || client.map { isAccepted(secret, String(decoding: $0.hmacKey, as: UTF8.self)) } ?? false
      }
    }
  }

  /// A form without what follows a NUL in its secret.
  private static func untilNUL(_ form: String) -> String {
    form.split(separator: "&", omittingEmptySubsequences: false).map { pair in
      guard pair.hasPrefix("client_secret="), let end = pair.firstRange(of: "%00")?.lowerBound else { return pair }
      return pair[..<end]
    }.joined(separator: "&")
  }

  static let replacements: [Fault] = [
    Fault("replacing-loses-the-name", .minor, .secrets, "A replacement has another name than the lost set.") {
      $0.added = { state, client, lost in if lost != nil { state.clients[client.id]?.name = "new credentials" } }
    },
    Fault("old-set-is-not-listed", .major, .secrets, "A replaced set still works but is no longer listed.") {
      $0.added = { state, _, lost in
        if let lost { state.order[lost.connector]?.removeAll { $0 == lost.id } }
      }
    },
    Fault("replacing-hides-siblings", .major, .secrets, "After a replacement only the two sets are listed.") {
      $0.added = { state, client, lost in
        if let lost { state.order[client.connector] = [lost.id, client.id] }
      }
    },
    Fault(
      "replaced-secrets-may-be-cached", .major, .secrets, "The response to a replacement does not forbid caching."
    ) {
      $0.onTab(.replace) { _, _, response in response.setHeader("Cache-Control", nil) }
    },
    Fault(
      "second-replacement-repeats-the-secret", .critical, .secrets, "The replacement of a replacement has its secret."
    ) {
      let secrets = Locked<[String: JSON]>([:])
      $0.onClients(.replacement) { _, request, members in
        guard let lost = request.tabClient, let new = members["client_id"]?.string else { return }
        if let secret = secrets.withLock({ $0[lost] }) { members["client_secret"] = secret }
        let secret = members["client_secret"]
        secrets.withLock { $0[new] = secret }
      }
    },
    Fault("second-replacement-gets-409", .major, .secrets, "A set that replaced another cannot be replaced.") {
      let made = Locked<Set<String>>([])
      $0.onTab(.replace) { _, request, response in
        if let lost = request.tabClient, made.withLock({ $0.contains(lost) }) {
          response = ServiceResponse(409, error: "replaced", description: "this set is a replacement")
        } else if let new = response.json?["client_id"]?.string {
          _ = made.withLock { $0.insert(new) }
        }
      }
    },
  ]
}
