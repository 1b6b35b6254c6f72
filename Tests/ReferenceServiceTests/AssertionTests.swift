// Client authentication by JSON Web Tokens (RFC 7523).

import ConformanceModel
import Cryptography
import JSONValue
import ReferenceService
import Testing

@Suite("assertions of clients") struct AssertionTests {
  /// A client with a key of its own.
  private struct Client {
    let credentials: Credentials
    let key: SigningKey
    let api: API

    init(_ api: API, key: SigningKey, kid: JSON = "one") async throws {
      let members = try #require(key.publicKey.jwk?.object)
      let jwk = JSON.object(members + [.init("kid", kid)])
      let body: JSON = ["name": "nightly", "jwks": ["keys": [jwk]]]
      let response = try await api.manage("POST", "/connectors/orders/clients", body.compact)
      try #require(response.status == 201)
      credentials = Credentials(
        id: try #require(response["client_id"]?.string), secret: try #require(response["client_secret"]?.string))
      self.key = key
      self.api = api
    }

    var claims: [JSON.Member] {
      [
        .init("iss", .string(credentials.id)), .init("sub", .string(credentials.id)),
        .init("aud", .string("\(api.url)/connectors/orders/oauth/token")), .init("jti", .string(RandomText.key())),
        .init("exp", .int(1_658_311_388 + 60)),
      ]
    }

    func assertion(
      _ changes: [JSON.Member] = [], header: JSON = ["alg": "ES256", "kid": "one"],
      sign: (([UInt8]) throws -> [UInt8]?)? = nil
    ) throws -> String {
      let claims = claims.filter { claim in !changes.contains { $0.name == claim.name } } + changes
      return try JSONWebSignature.compact(
        header: header, payload: .object(claims.filter { $0.value != .null })
      ) { input throws in try #require(try (sign ?? { key.sign($0, by: .es256) })(input)) }
    }

    func request(_ assertion: String, _ more: String = "") async throws -> Response {
      try await api.requestToken([], AssertionTests.form(assertion) + more)
    }
  }

  static func form(_ assertion: String, type: String = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
    -> String
  {
    "\(API.grant)&"
      + FormEncoding.encode([("client_assertion_type", type), ("client_assertion", assertion)])
  }

  private static let key = SigningKey.generate(for: .es256)

  private func withClient(
    _ faults: [String] = [], _ body: (Client) async throws -> Void
  ) async throws {
    let key = try #require(AssertionTests.key)
    try await withService({ $0.faults = faults.compactMap(Fault.named) }) { api in
      try await body(try await Client(api, key: key))
    }
  }

  @Test(
    "by every kind of key are accepted, for the token endpoint or the issuer, each once",
    arguments: SignatureAlgorithm.ofPrivateKeys)
  func keys(algorithm: SignatureAlgorithm) async throws {
    let key = try #require(SigningKey.generate(for: algorithm))
    try await withService { api in
      let client = try await Client(api, key: key)
      for audience in [
        JSON.string("\(api.url)/connectors/orders/oauth/token"), ["other", .string("\(api.url)/connectors/orders")],
      ] {
        let assertion = try client.assertion(
          [.init("aud", audience)], header: ["alg": .string(algorithm.rawValue)], sign: { key.sign($0, by: algorithm) })
        #expect(try await client.request(assertion, "&client_id=\(client.credentials.id)").status == 200)
        try expectError(try await client.request(assertion), 401, "invalid_client")
      }
    }
  }

  @Test("by the secret are accepted, also of clients without a key", arguments: SignatureAlgorithm.ofSecrets)
  func secrets(algorithm: SignatureAlgorithm) async throws {
    try await withClient { client in
      let secret = Array(client.credentials.secret.utf8)
      let assertion = try client.assertion(header: ["alg": .string(algorithm.rawValue)]) {
        HMACSignature.sign($0, key: secret, by: algorithm)
      }
      #expect(try await client.request(assertion).status == 200)
    }
  }

  /// What is wrong with an assertion, and the fault that overlooks it.
  static let wrong: [(fault: String, claims: [JSON.Member], header: JSON?)] = [
    ("assertion-audience-not-checked", [.init("aud", "https://elsewhere.example")], nil),
    ("assertion-audience-not-checked", [.init("aud", .null)], nil),
    ("assertion-expiry-not-checked", [.init("exp", 1_658_311_388)], nil),
    ("assertion-without-expiry-accepted", [.init("exp", .null)], nil),
    ("assertion-before-its-time-accepted", [.init("nbf", 1_658_311_389)], nil),
    ("assertion-issuer-not-checked", [.init("iss", "other")], nil),
    ("assertion-accepted-twice", [.init("jti", .null)], nil),
    ("assertion-signature-not-checked", [], ["alg": "ES256", "kid": "two"]),
    ("assertion-signature-not-checked", [], ["alg": "RS256", "kid": "one"]),
    ("assertion-signature-not-checked", [], ["alg": "HS256"]),
    ("unsigned-assertion-accepted", [], ["alg": "none"]),
  ]

  @Test("with something wrong are refused, unless a fault overlooks just that", arguments: wrong.indices)
  func refused(index: Int) async throws {
    let (fault, claims, header) = AssertionTests.wrong[index]
    for faults in [[], [fault], ["other-id-beside-assertion-accepted"]] {
      try await withClient(faults) { client in
        let assertion = try client.assertion(claims, header: header ?? ["alg": "ES256", "kid": "one"])
        let response = try await client.request(assertion)
        #expect(response.status == (faults == [fault] ? 200 : 401), "\(faults)")
        if faults.isEmpty { try expectError(response, 401, "invalid_client") }
      }
    }
  }

  @Test("signed by HMAC with the public key are refused, unless a fault takes it as secret")
  func publicKey() async throws {
    for (faults, status) in [([], 401), (["public-key-taken-as-secret"], 200)] as [([String], Int)] {
      try await withClient(faults) { client in
        let pem = Array(try #require(client.key.publicKey.pem).utf8)
        let assertion = try client.assertion(header: ["alg": "HS256"]) { HMACSignature.sign($0, key: pem, by: .hs256) }
        #expect(try await client.request(assertion).status == status)
      }
    }
  }

  @Test("with another method, another client_id or another type are refused; a malformed one is no server error")
  func forms() async throws {
    try await withClient { client in
      let secret = "&client_secret=\(client.credentials.secret)"
      try expectError(try await client.request(try client.assertion(), secret), 400, "invalid_request")
      try expectError(
        try await client.api.requestToken(
          ["Authorization: \(client.credentials.basic)"], AssertionTests.form(try client.assertion())),
        400, "invalid_request")
      try expectError(try await client.request(try client.assertion(), "&client_id=other"), 401, "invalid_client")
      for type in ["", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"] {
        let form = AssertionTests.form(try client.assertion(), type: type)
        try expectError(try await client.api.requestToken([], form), 401, "invalid_client")
      }
      for text in ["", "a", "a.b.c", "e30.e30.", "eyJhbGciOiJFUzI1NiJ9.W10.AAAA", "eyJhbGciOiJYWCJ9.e30.AAAA"] {
        try expectError(try await client.request(text), 401, "invalid_client")
      }
    }
  }

  @Test("of a deleted client, and at another connector, are refused; a replaced set has its own key or the former one")
  func clients() async throws {
    try await withClient { client in
      let products = try await client.api.requestToken([], AssertionTests.form(try client.assertion()), at: "products")
      try expectError(products, 401, "invalid_client")
      let path = "/connectors/orders/clients/\(client.credentials.id)"
      let other = try #require(SigningKey.generate(for: .edDSA))
      let jwks: JSON = ["jwks": ["keys": [try #require(other.publicKey.jwk)]]]
      for (body, key, algorithm) in [(nil, client.key, .es256), (jwks.compact, other, .edDSA)]
        as [(String?, SigningKey, SignatureAlgorithm)]
      {
        let made = try await client.api.manage("POST", "\(path)/replacement", body)
        let id = try #require(made["client_id"])
        let assertion = try client.assertion(
          [.init("iss", id), .init("sub", id)], header: ["alg": .string(algorithm.rawValue)],
          sign: { key.sign($0, by: algorithm) })
        #expect(try await client.request(assertion).status == 200)
      }
      #expect(try await client.api.manage("DELETE", path).status == 204)
      try expectError(try await client.request(try client.assertion()), 401, "invalid_client")
    }
  }

  @Test(
    "need public keys that can be read",
    arguments: [
      "1", "{}", #"{"keys": []}"#, #"{"keys": [{"kty": "oct", "k": "AAAA"}]}"#,
      #"{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "d": "AAAA"}]}"#,
    ])
  func unreadable(jwks: String) async throws {
    try await withService { api in
      let response = try await api.manage("POST", "/connectors/orders/clients", #"{"name": "n", "jwks": \#(jwks)}"#)
      #expect(response.status == 400 && response["error"] == "malformed")
      #expect(try await api.manage("GET", "/connectors/orders/clients")["clients"]?.array?.isEmpty == true)
    }
  }

  @Test("are listed in the metadata with their algorithms")
  func metadata() async throws {
    try await withService { api in
      let response = try await api.send("GET", "/.well-known/oauth-authorization-server/connectors/orders")
      for endpoint in ["token", "revocation", "introspection"] {
        let methods = response["\(endpoint)_endpoint_auth_methods_supported"]?.array ?? []
        #expect(methods.contains("private_key_jwt") && methods.contains("client_secret_jwt"))
        let algorithms = response["\(endpoint)_endpoint_auth_signing_alg_values_supported"]?.array ?? []
        #expect(algorithms.contains("ES256") && algorithms.contains("HS256") && !algorithms.contains("none"))
      }
    }
  }
}
