// Which requests get a token (RFC 6749 sections 4.4 and 5.1), and which are refused.

import ConformanceModel
import JSONValue
import Testing

@Suite("the token endpoint")
struct TokenEndpointTests {
  @Test("valid credentials get a bearer token of 24 hours in an uncacheable response")
  func issues() async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      let response = try await api.requestToken(["Authorization: \(client.basic)"])
      #expect(response.status == 200)
      #expect(response.header("Content-Type") == "application/json")
      #expect(response.header("Cache-Control") == "no-store")
      #expect(response.header("Pragma") == "no-cache")
      #expect(response.json?.object?.map(\.name) == ["access_token", "token_type", "expires_in"])
      #expect(response["token_type"] == "Bearer")
      #expect(response["expires_in"] == 86400)
      let token = try #require(response["access_token"]?.string)
      #expect(token.utf8.count == 43 && token.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
    }
  }

  @Test("each request gets a new token, and earlier ones remain valid")
  func fresh() async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      let (first, second) = (try await api.token(client), try await api.token(client))
      #expect(first != second)
      for token in [first, second, first] { #expect(try await api.post(token).status == 201) }
    }
  }

  @Test(
    "unknown parameters, empty values, media type parameters and a query are ignored",
    arguments: [
      ("grant_type=client_credentials&foo=bar&resource=x", "application/x-www-form-urlencoded", ""),
      ("grant_type=client_credentials&scope=", "application/x-www-form-urlencoded", ""),
      ("grant_type=client_credentials&scope&client_id=", "application/x-www-form-urlencoded", ""),
      ("&grant_type=client%5Fcredentials&", "Application/X-WWW-Form-URLEncoded; charset=UTF-8", ""),
      ("grant_type=client_credentials", "application/x-www-form-urlencoded ;charset=utf-8", "?k=v"),
    ])
  func tolerant(body: String, type: String, query: String) async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      let response = try await api.send(
        "POST", "/connectors/orders/oauth/token\(query)", ["Content-Type: \(type)", "Authorization: \(client.basic)"],
        text: body)
      #expect(response.status == 200)
    }
  }

  @Test(
    "an invalid request of an authenticated client gets the error of RFC 6749 section 5.2",
    arguments: [
      ("", "invalid_request"), ("grant_type=", "invalid_request"), ("foo=bar", "invalid_request"),
      ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
      ("grant_type=client_credentials&grant_type=password", "invalid_request"),
      ("grant_type=client_credentials&foo=1&foo=2", "invalid_request"),
      ("grant_type=%zz", "invalid_request"), ("grant_type=client_credentials&x=%", "invalid_request"),
      ("grant_type=client_credentials&x=%FF", "invalid_request"),
      ("grant_type=client_credentials&x=%00", "invalid_request"),
      ("grant_type=client_credentials&x=\0", "invalid_request"),
      ("grant_type=password", "unsupported_grant_type"), ("grant_type=Client_Credentials", "unsupported_grant_type"),
      ("grant_type=urn:example:x", "unsupported_grant_type"),
      ("grant_type=client_credentials+", "unsupported_grant_type"),
      ("grant_type=client_credentials&scope=other", "invalid_scope"),
      ("grant_type=client_credentials&scope=%22", "invalid_scope"),
    ])
  func refuses(body: String, error: String) async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      try expectError(try await api.requestToken(["Authorization: \(client.basic)"], body), 400, error)
    }
  }

  @Test(
    "other media types and the query are not read",
    arguments: [
      ["Content-Type: application/json"], ["Content-Type: text/plain"], [], ["Content-Type:"], API.form + API.form,
    ])
  func formOnly(type: [String]) async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      let response = try await api.send(
        "POST", "/connectors/orders/oauth/token", type + ["Authorization: \(client.basic)"], text: API.grant)
      try expectError(response, 400, "invalid_request")
      let query = try await api.send(
        "POST", "/connectors/orders/oauth/token?\(API.grant)", API.form + ["Authorization: \(client.basic)"], text: "")
      try expectError(query, 400, "invalid_request")
    }
  }

  @Test("a body of up to 64 KiB is accepted, also with many parameters")
  func bounded() async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      func request(_ size: Int) async throws -> Response {
        let start = API.grant + "&x="
        return try await api.requestToken(
          ["Authorization: \(client.basic)"], start + String(repeating: "a", count: size - start.utf8.count))
      }
      #expect(try await request(65536).status == 200)
      try expectError(try await request(65537), 400, "invalid_request")
      try expectError(try await request(1 << 20), 400, "invalid_request")
      let many = (0..<5000).map { "p\($0)=1" }.joined(separator: "&")
      #expect(try await api.requestToken(["Authorization: \(client.basic)"], "\(API.grant)&\(many)").status == 200)
    }
  }

  @Test(
    "other methods are refused",
    arguments: [
      ("GET", 405), ("HEAD", 405), ("PUT", 405), ("DELETE", 405), ("OPTIONS", 405), ("PROPFIND", 501), ("FOO", 501),
    ])
  func methods(method: String, status: Int) async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      let response = try await api.send(method, "/connectors/orders/oauth/token", ["Authorization: \(client.basic)"])
      #expect(response.status == status)
      if status == 405 { #expect(response.header("Allow") == "POST") }
      #expect(response["access_token"] == nil)
    }
  }

  @Test("an unknown connector has no token endpoint")
  func unknownConnector() async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      #expect(try await api.requestToken(["Authorization: \(client.basic)"], at: "nothing").status == 404)
    }
  }

  @Test("parallel requests of several clients get a token each, and each works at its own connector only")
  func parallel() async throws {
    try await withService { api async throws in
      let clients = [
        ("orders", try await api.makeClient("orders")), ("products", try await api.makeClient("products")),
      ]
      let tokens = try await withThrowingTaskGroup(of: (String, String).self) { tasks in
        for index in 0..<20 {
          let (connector, client) = clients[index % 2]
          tasks.addTask { (connector, try await api.token(client, connector)) }
        }
        return try await tasks.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(tokens.map(\.1)).count == 20)
      for (connector, token) in tokens {
        #expect(try await api.post(token).status == (connector == "orders" ? 201 : 401))
      }
    }
  }
}

/// Expects an error as in RFC 6749 section 5.2: JSON, uncacheable, in the allowed characters, without a token.
func expectError(
  _ response: Response, _ status: Int, _ error: String, sourceLocation: SourceLocation = #_sourceLocation
)
  throws
{
  #expect(response.status == status, sourceLocation: sourceLocation)
  #expect(response["error"]?.string == error, sourceLocation: sourceLocation)
  #expect(response.header("Content-Type") == "application/json", sourceLocation: sourceLocation)
  #expect(response.header("Cache-Control") == "no-store", sourceLocation: sourceLocation)
  #expect(response.header("Pragma") == "no-cache", sourceLocation: sourceLocation)
  #expect(response["access_token"] == nil, sourceLocation: sourceLocation)
  let description = try #require(response["error_description"]?.string, sourceLocation: sourceLocation)
  #expect(
    description.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C },
    sourceLocation: sourceLocation)
}
