// Assertions of clients (RFC 7523) that are wrongly accepted or refused.

import ConformanceModel
import HTTPModel
import JSONValue

extension Fault {
  static let assertions: [Fault] = [
    tolerates("assertion-signature-not-checked", "The signature of an assertion is not checked.", .signature),
    tolerates("unsigned-assertion-accepted", "An assertion without a signature is accepted.", .unsigned),
    tolerates(
      "public-key-taken-as-secret", "An assertion that is signed by HMAC with the public key is accepted.",
      .publicKeyAsSecret),
    tolerates("assertion-audience-not-checked", "The audience of an assertion is not checked.", .audience),
    tolerates("assertion-expiry-not-checked", "An expired assertion is accepted.", .expired),
    tolerates("assertion-without-expiry-accepted", "An assertion without an expiry is accepted.", .withoutExpiry),
    tolerates("assertion-before-its-time-accepted", "An assertion is accepted before its nbf.", .notYetValid),
    tolerates("assertion-issuer-not-checked", "The issuer of an assertion is not checked.", .issuer),
    tolerates("other-id-beside-assertion-accepted", "A different client_id beside an assertion is ignored.", .clientID),
    tolerates("assertion-accepted-twice", "An assertion is accepted twice.", .replayed),
    tolerates("assertion-type-not-checked", "Any client_assertion_type is accepted.", .type, .minor),
    Fault(
      "assertion-with-a-secret-accepted", .critical, .assertions, "An assertion and a secret in the body are accepted."
    ) {
      $0.onTokenRequest { request in
        if request.hasAssertion { request.form.removeAll { $0.name == "client_secret" } }
      }
    },
    refusesAssertion("private-key-jwt-is-not-taken", "Assertions that a private key signs are refused.") {
      !$0.isSignedBySecret
    },
    refusesAssertion("client-secret-jwt-is-not-taken", "Assertions that a secret signs are refused.") {
      $0.isSignedBySecret
    },
    Fault("second-assertion-refused", .major, .assertions, "A client can use one assertion: the next is refused.") {
      let seen = Locked<Set<String>>([])
      $0.onResponse { store, request, response in
        guard request.isTokenRequest, response.status == 200, let subject = request.subject else { return }
        if !seen.withLock({ $0.insert(subject).inserted }) { refuse(&response, store) }
      }
    },
    Fault("replayed-assertion-crashes", .major, .assertions, "An assertion that was used before gets 500.") {
      let used = Locked<Set<[String]>>([])
      $0.onResponse { _, request, response in
        guard request.isTokenRequest, let subject = request.subject, let id = request.assertionID else { return }
        let isNew = used.withLock { $0.insert([subject, id]).inserted }
        if !isNew { response = ServiceResponse(500, error: "server_error", description: "internal error") }
      }
    },
    Fault("malformed-assertion-crashes", .major, .assertions, "A malformed assertion gets 500.") {
      $0.onResponse { _, request, response in
        guard request.isTokenRequest, response.status != 200, let text = request.assertion,
          text.split(separator: ".", omittingEmptySubsequences: false).count != 3
        else { return }
        response = ServiceResponse(500, error: "server_error", description: "internal error")
      }
    },
    metadata("metadata-without-assertions", "The metadata does not list the methods with assertions.") {
      $0["token_endpoint_auth_methods_supported"] = ["client_secret_basic", "client_secret_post"]
    },
    metadata("metadata-without-body-credentials", "The metadata does not list client_secret_post.") {
      $0["token_endpoint_auth_methods_supported"] = ["client_secret_basic", "private_key_jwt", "client_secret_jwt"]
    },
    metadata("metadata-without-secret-assertions", "The metadata does not list client_secret_jwt.") {
      $0["token_endpoint_auth_methods_supported"] = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
    },
    metadata("metadata-without-algorithms", "The metadata does not list the algorithms of assertions.") {
      $0["token_endpoint_auth_signing_alg_values_supported"] = nil
    },
  ]

  private static func tolerates(
    _ name: String, _ sentence: String, _ problem: AssertionProblem, _ severity: Severity = .critical
  ) -> Fault {
    Fault(name, severity, .assertions, sentence) { $0.toleratesAssertion = { $0 == problem } }
  }

  private static func refusesAssertion(
    _ name: String, _ sentence: String, _ isRefused: @escaping @Sendable (ServiceRequest) -> Bool
  ) -> Fault {
    Fault(name, .major, .assertions, sentence) {
      $0.onResponse { store, request, response in
        guard request.isTokenRequest, response.status == 200, request.hasAssertion, isRefused(request) else { return }
        refuse(&response, store)
      }
    }
  }

  private static func refuse(_ response: inout ServiceResponse, _ store: Store) {
    let refusal = TokenRefusal.invalidClient
    response = ServiceResponse(
      refusal.status, error: refusal.code, description: refusal.description,
      headers: store.policy.uncacheable + store.policy.basicChallenge("token"))
  }

  private static func metadata(
    _ name: String, _ sentence: String, _ edit: @escaping @Sendable (inout [JSON.Member]) -> Void
  ) -> Fault {
    Fault(name, .major, .assertions, sentence) {
      $0.onResponse { _, request, response in
        if request.path.hasPrefix("/.well-known/") { response.editMembers(edit) }
      }
    }
  }
}

extension ServiceRequest {
  fileprivate var assertion: String? { form.first { $0.name == "client_assertion" }?.value }

  var hasAssertion: Bool { assertion != nil }

  var isSignedBySecret: Bool { assertionPart(0)?["alg"]?.string?.hasPrefix("HS") == true }

  /// The client that an assertion names.
  var subject: String? { assertionPart(1)?["sub"]?.string }

  fileprivate var assertionID: String? { assertionPart(1)?["jti"]?.string }

  private func assertionPart(_ index: Int) -> JSON? {
    let parts = (assertion ?? "").split(separator: ".", omittingEmptySubsequences: false)
    guard parts.indices.contains(index) else { return nil }
    return Base64.urlDecode(parts[index]).flatMap { try? JSON(parsing: $0) }
  }
}
