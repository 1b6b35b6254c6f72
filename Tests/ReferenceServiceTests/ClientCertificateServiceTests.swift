// Clients that authenticate by certificates (RFC 8705), without a socket and over TLS.

import ConformanceModel
import Cryptography
import HTTPModel
import HTTPTransport
import JSONValue
import ReferenceService
import Testing

@Suite("certificates of clients") struct ClientCertificateServiceTests {
  /// A client's key pair and certificate.
  private struct Identity {
    let key: SigningKey
    let certificate: Certificate

    init() throws {
      key = try #require(SigningKey.generate(for: .es256))
      certificate = try #require(Certificate(of: key, name: "client"))
    }

    func jwks(x5c: JSON? = nil) throws -> JSON {
      let members = try #require(key.publicKey.jwk?.object)
      let chain: JSON = x5c ?? [.string(Base64.encode(certificate.der))]
      return ["keys": [.object(members + [.init("x5c", chain)])]]
    }

    var own: ClientCertificate {
      get throws { .made(name: "a", certificate: certificate.pem, key: try #require(key.pem)) }
    }
  }

  /// The service by one of its transports.
  private struct Secured {
    let transport: any Transport
    let url: String
    let managerKey: String

    func send(
      _ method: String, _ path: String, _ body: [UInt8], _ headers: [HeaderField],
      _ certificate: ClientCertificate? = nil
    ) async throws -> WireResponse {
      var request = WireRequest(method: method, url: url + path, headers: headers, body: body)
      request.certificate = certificate
      return try await transport.send(request, SendOptions()).response
    }

    func register(_ jwks: JSON, at connector: String = "orders") async throws -> WireResponse {
      try await send(
        "POST", "/connectors/\(connector)/clients", (["name": "nightly", "jwks": jwks] as JSON).compactBytes,
        [HeaderField("Authorization", "Bearer \(managerKey)"), HeaderField("Content-Type", "application/json")])
    }

    func id(_ identity: Identity, at connector: String = "orders") async throws -> String {
      let response = try await register(try identity.jwks(), at: connector)
      return try #require(try JSON(parsing: response.body)["client_id"]?.string)
    }

    /// The status of a request for a token, and the error.
    func token(_ id: String, _ certificate: ClientCertificate?, at connector: String = "orders") async throws -> String
    {
      let response = try await send(
        "POST", "/connectors/\(connector)/oauth/token",
        Array("grant_type=client_credentials&\(FormEncoding.encode([("client_id", id)]))".utf8),
        [HeaderField("Content-Type", "application/x-www-form-urlencoded")], certificate)
      let json = try JSON(parsing: response.body)
      return json["access_token"] != nil ? "\(response.status)" : "\(response.status) \(json["error"]?.string ?? "")"
    }
  }

  private static func withService(_ isInProcess: Bool, _ body: (Secured) async throws -> Void) async throws {
    var configuration = ReferenceServiceConfiguration()
    let identity = try ServiceIdentity.made()
    configuration.identity = identity
    if isInProcess {
      let transport = InProcessTransport(configuration)
      return try await body(Secured(transport: transport, url: transport.url, managerKey: transport.managerKey))
    }
    try await withReferenceService(configuration) { service in
      var options = HTTPClientOptions()
      options.authority = identity.certificate
      let client = try HTTPClient(options)
      try await body(Secured(transport: client, url: service.url, managerKey: service.managerKey))
      await client.shutdown()
    }
  }

  @Test("authenticate the client that registered them, and no other", arguments: [true, false])
  func own(isInProcess: Bool) async throws {
    let (first, second, stranger) = (try Identity(), try Identity(), try Identity())
    try await Self.withService(isInProcess) { service in
      let (one, two) = (try await service.id(first), try await service.id(second))
      // kept connections, with another certificate each
      for _ in 0..<2 {
        #expect(try await service.token(one, try first.own) == "200")
        #expect(try await service.token(two, try second.own) == "200")
        #expect(try await service.token(one, try second.own) == "401 invalid_client")
        #expect(try await service.token(one, try stranger.own) == "401 invalid_client")
        #expect(try await service.token(one, ClientCertificate.none) == "401 invalid_client")
        #expect(try await service.token("nobody", try first.own) == "401 invalid_client")
      }
      #expect(try await service.token(one, try first.own, at: "products") == "401 invalid_client")
      let metadata = try await service.send(
        "GET", "/.well-known/oauth-authorization-server/connectors/orders", [], [])
      let json = try JSON(parsing: metadata.body)
      #expect(json["token_endpoint_auth_methods_supported"]?.array?.last == "self_signed_tls_client_auth")
      #expect(json["token_endpoint"]?.string == "\(service.url)/connectors/orders/oauth/token")
    }
  }

  @Test("are registered with their own key only")
  func registered() async throws {
    let (one, other) = (try Identity(), try Identity())
    try await Self.withService(true) { service in
      let foreign = Base64.encode(other.certificate.der), own = Base64.encode(one.certificate.der)
      for chain: JSON in [
        [.string(foreign)], [.string(String(own.dropLast(8)))], ["no Base64 at all"], [], "text", [.int(1)], .null,
        [.string(foreign), .string(own)],
      ] {
        let refused = try await service.register(try one.jwks(x5c: chain))
        #expect(refused.status == 400, "\(chain)")
      }
      let registered = try await service.register(try one.jwks(x5c: [.string(own), .string(foreign)]))
      #expect(registered.status == 201)
    }
  }

  @Test("are nothing to a service without TLS")
  func withoutTLS() async throws {
    let identity = try Identity()
    let transport = InProcessTransport()
    let service = Secured(transport: transport, url: transport.url, managerKey: transport.managerKey)
    let id = try await service.id(identity)
    #expect(try await service.token(id, try identity.own) == "401 invalid_client")
  }

  @Test("over TLS, large payloads and refusals before the end of a body arrive")
  func large() async throws {
    let identity = try Identity()
    try await Self.withService(false) { service in
      let id = try await service.id(identity)
      let form = Array("grant_type=client_credentials&client_id=\(id)".utf8)
      let issued = try await service.send(
        "POST", "/connectors/orders/oauth/token", form,
        [HeaderField("Content-Type", "application/x-www-form-urlencoded")], try identity.own)
      let token = try #require(try JSON(parsing: issued.body)["access_token"]?.string)
      func post(_ size: Int) async throws -> Int {
        let filling = String(repeating: "x", count: size)
        let body = Array(#"{"id":"\#(filling)","lines":[]}"#.utf8)
        return try await service.send(
          "POST", "/v1/acme/orders", body,
          [HeaderField("Authorization", "Bearer \(token)"), HeaderField("Content-Type", "application/json")]
        ).status
      }
      #expect(try await post(8_000_000) == 201)
      #expect(try await post(9_000_000) == 413)
      #expect(try await post(1) == 201)
      #expect(try await service.send("GET", "/control/inbox/orders", [], []).body.count > 8_000_000)
    }
  }
}
