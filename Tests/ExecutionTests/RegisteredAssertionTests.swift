import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("Clients that are registered for one way of authentication") struct RegisteredAssertionTests {
  private static func target(_ ways: ClientAuthentication...) -> Target {
    var target = Fixture.target
    target.clients = .registration(Target.Registration(url: "/register"))
    target.token.authentications = ways
    return target
  }

  /// Registers clients, with a secret unless they authenticate by a key.
  private static let respond: ScriptedTransport.Respond = { sent in
    guard sent.path == "/register" else {
      return WireResponse(200, #"{"access_token":"a-token-0815-4711","token_type":"Bearer","expires_in":60}"#)
    }
    let metadata = (try? JSON(parsing: sent.request.body ?? [])) ?? .null
    let method = metadata["token_endpoint_auth_method"]?.string ?? ""
    let secret = method == "private_key_jwt" ? "" : #""client_secret":"a-secret-of-a-4711","#
    return WireResponse(201, #"{\#(secret)"client_id":"a","token_endpoint_auth_method":"\#(method)"}"#)
  }

  private static func request(_ way: ClientAuthentication?) -> Step {
    var request = TokenRequest(client: "erp")
    request.authentication = way
    return .make(.requestToken(request), as: "token", [.must(.success(.requestToken))])
  }

  private static func registered(_ result: RunResult) throws -> JSON {
    let sent = try #require(result.sent.first { $0.path == "/register" })
    return try JSON(parsing: sent.request.body ?? [])
  }

  @Test("have the key with which the scenario lets them sign, and need no secret")
  func key() async throws {
    let result = try await Fixture.run(
      [Self.request(.privateKeyJWT)], given: [.client("erp")], on: Self.target(.basic, .privateKeyJWT), Self.respond)
    let record = try result.record()
    #expect(record.verdict == .passed, "\(record.findings)")
    let metadata = try Self.registered(result)
    #expect(metadata["token_endpoint_auth_method"] == "private_key_jwt")
    let key = try #require(metadata["jwks"]?["keys"]?.array?.first)
    #expect(key["kty"] == "EC" && key["use"] == "sig" && key["alg"] == "ES256" && key["kid"] != nil && key["d"] == nil)
    let form = String(decoding: try #require(result.sent.last?.request.body), as: UTF8.self)
    #expect(form.contains("client_assertion=ey") && !form.contains("client_secret"))
  }

  @Test("have no key if the scenario authenticates them in another way, or uses their secret")
  func secret() async throws {
    var uses = Self.request(nil)
    uses.expectations.append(.must(.text(.not(.contains(.equals(.reference(Reference(path: ["erp", "secret"]))))))))
    for (steps, ways, method) in [
      ([Self.request(.basic)], [.privateKeyJWT, .basic], "client_secret_basic"),
      ([uses], [.privateKeyJWT, .clientSecretJWT], "client_secret_jwt"),
    ] as [([Step], [ClientAuthentication], JSON)] {
      var target = Self.target()
      target.token.authentications = ways
      let result = try await Fixture.run(steps, given: [.client("erp")], on: target, Self.respond)
      let record = try result.record()
      #expect(record.verdict == .passed, "\(record.findings)")
      let metadata = try Self.registered(result)
      #expect(metadata["token_endpoint_auth_method"] == method && metadata["jwks"] == nil)
    }
  }

  @Test("are not asked to authenticate in another way than that of the target file")
  func fixed() async throws {
    var target = Self.target(.privateKeyJWT, .basic)
    var registration = Target.Registration(url: "/register")
    registration.metadata = [.init("token_endpoint_auth_method", "private_key_jwt")]
    target.clients = .registration(registration)
    #expect(target.capabilities.isDisjoint(with: [.basicAuthentication, .clientSecret]))
    #expect(target.capabilities.isSuperset(of: [.privateKeyJWT, .clientAssertion]))
    let result = try await Fixture.run([Self.request(.basic)], given: [.client("erp")], on: target, Self.respond)
    #expect(try result.record().verdict == .skipped)
  }
}
