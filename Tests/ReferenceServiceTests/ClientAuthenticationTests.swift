// How clients authenticate at the token endpoint (RFC 6749 section 2.3.1, RFC 7617).

import ConformanceModel
import HTTPModel
import Testing

@Suite("client authentication")
struct ClientAuthenticationTests {
  @Test("Basic in any case and the body are accepted, and so is Basic with the same client_id in the body")
  func works() async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      let value = client.basic.dropFirst("Basic ".count)
      for scheme in ["Basic", "bAsIc", "BASIC", "basic "] {
        #expect(try await api.requestToken(["Authorization: \(scheme) \(value)"]).status == 200)
      }
      #expect(try await api.requestToken([], "\(API.grant)&\(client.form)").status == 200)
      #expect(
        try await api.requestToken(["Authorization: \(client.basic)"], "\(API.grant)&client_id=\(client.id)").status
          == 200)
    }
  }

  @Test("both parts of Basic are form-decoded after the split at the first colon")
  func decoded() async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      func everyByteEncoded(_ text: String) -> String { text.utf8.map { "%" + String($0, radix: 16) }.joined() }
      let pair = "\(everyByteEncoded(client.id)):\(everyByteEncoded(client.secret))"
      #expect(try await api.requestToken(["Authorization: Basic \(Base64.encode(Array(pair.utf8)))"]).status == 200)
      #expect(
        try await api.requestToken(
          [], "\(API.grant)&client_id=\(everyByteEncoded(client.id))&client_secret=\(everyByteEncoded(client.secret))"
        ).status == 200)
    }
  }

  @Test("two methods at once, another client_id and a repeated Authorization field are invalid requests")
  func twoWays() async throws {
    try await withService { api async throws in
      let (client, other) = (try await api.makeClient(), try await api.makeClient())
      let basic = "Authorization: \(client.basic)"
      for (headers, body) in [
        ([basic], "\(API.grant)&\(client.form)"), ([basic], "\(API.grant)&client_secret=wrong"),
        ([basic], "\(API.grant)&client_id=\(other.id)"),
        (["Authorization: Basic !"], "\(API.grant)&\(client.form)"), ([basic, basic], API.grant),
        ([basic, "authorization: Bearer x"], API.grant),
      ] {
        try expectError(try await api.requestToken(headers, body), 400, "invalid_request")
      }
    }
  }

  enum Diagnostic: String, CaseIterable {
    case none, wrongSecret, emptySecret, shortSecret, otherCase, unknownClient, idOnly, noColon, badPercent, nul,
      badBase64, textAfterPadding
    case noPadding, noCredentials, empty, notUTF8, huge, bearer, foo, notEncoded

    func headers(_ client: Credentials) -> [String] {
      func basic(_ text: String) -> [String] { ["Authorization: Basic \(Base64.encode(Array(text.utf8)))"] }
      let good = String(client.basic.dropFirst("Basic ".count))
      return switch self {
      case .none: []
      case .wrongSecret: basic("\(client.id):wrong")
      case .emptySecret: basic("\(client.id):")
      case .shortSecret: basic("\(client.id):\(client.secret.dropLast())")
      case .otherCase: basic("\(client.id):\(client.secret.uppercased())")
      case .unknownClient: basic("nobody:\(client.secret)")
      case .idOnly: basic(client.id)
      case .noColon: basic("nothing")
      case .badPercent: basic("\(client.id):%zz")
      case .nul: basic("\(client.id):%00")
      case .badBase64: ["Authorization: Basic !\(good.dropFirst())"]
      case .textAfterPadding:
        ["Authorization: Basic \(Base64.encode(Array("\(client.id):\(client.secret):".utf8)))===="]
      case .noPadding: ["Authorization: Basic YTpiYw"]
      case .noCredentials: ["Authorization: Basic"]
      case .empty: ["Authorization: Basic "]
      case .notUTF8: ["Authorization: Basic \(Base64.encode([0x61, 0x3A, 0xFF]))"]
      case .huge: basic(String(repeating: "a", count: 40_000) + ":b")
      case .bearer: ["Authorization: Bearer \(client.secret)"]
      case .foo: ["Authorization: Foo x"]
      case .notEncoded: basic("acme/in bound+1:p%&+=:/ ?#~*")
      }
    }
  }

  @Test(
    "credentials that are wrong in any way get 401, invalid_client and a Basic challenge",
    arguments: Diagnostic.allCases)
  func refused(diagnostic: Diagnostic) async throws {
    try await withService { api async throws in
      let response = try await api.requestToken(diagnostic.headers(try await api.makeClient()))
      try expectError(response, 401, "invalid_client")
      #expect(response.headers.values("WWW-Authenticate") == [#"Basic realm="orders", charset="UTF-8""#])
    }
  }

  @Test("wrong credentials in the body get the same response, for an unknown client as for a wrong secret")
  func refusedBody() async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      var responses: [Response] = []
      for body in [
        "client_id=\(client.id)", "client_secret=\(client.secret)", "client_id=\(client.id)&client_secret=x",
        "client_id=x&client_secret=\(client.secret)",
      ] {
        responses.append(try await api.requestToken([], "\(API.grant)&\(body)"))
      }
      for response in responses {
        try expectError(response, 401, "invalid_client")
        #expect(response.header("WWW-Authenticate") == #"Basic realm="orders", charset="UTF-8""#)
        #expect(response.body == responses[0].body && response.headers == responses[0].headers)
      }
    }
  }

  @Test("credentials in the URI are never used")
  func notInTheURI() async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      let response = try await api.send(
        "POST", "/connectors/orders/oauth/token?\(API.grant)&\(client.form)", API.form, text: API.grant)
      try expectError(response, 401, "invalid_client")
    }
  }

  @Test("errors never repeat what was sent")
  func noEcho() async throws {
    try await withService { api async throws in
      for body in [
        "grant_type=s3ntinel", "\(API.grant)&scope=s3ntinel", "client_id=s3ntinel&client_secret=s3ntinel", "s3ntinel=%",
      ] {
        let response = try await api.requestToken([], body)
        #expect(!response.text.contains("s3ntinel"))
      }
    }
  }

  @Test("a client of another connector is unknown here")
  func isolated() async throws {
    try await withService { api async throws in
      let client = try await api.makeClient("orders")
      try expectError(
        try await api.requestToken(["Authorization: \(client.basic)"], at: "products"), 401, "invalid_client")
      #expect(try await api.requestToken(["Authorization: \(client.basic)"]).status == 200)
    }
  }
}
