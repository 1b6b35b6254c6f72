// Token revocation (RFC 7009), introspection (RFC 7662) and the metadata of the authorization server (RFC 8414).

import JSONValue
import Testing

@Suite("the state of tokens")
struct TokenStateTests {
  private func request(_ endpoint: String, _ client: Credentials?, _ form: String, _ api: API) async throws -> Response
  {
    let headers = API.form + (client.map { ["Authorization: \($0.basic)"] } ?? [])
    return try await api.send("POST", "/connectors/orders/oauth/\(endpoint)", headers, text: form)
  }

  @Test("a client revokes its own tokens, whatever the type hint says, and unknown ones get 200")
  func revoke() async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      let (revoked, kept) = (try await api.token(client), try await api.token(client))
      let form = "token=\(revoked)&token_type_hint=refresh_token"
      #expect(try await request("revoke", client, form, api).status == 200)
      #expect(try await api.post(revoked).status == 401)
      #expect(try await api.post(kept).status == 201)
      for unknown in [revoked, "unknown"] {
        #expect(try await request("revoke", client, "token=\(unknown)", api).status == 200)
      }
    }
  }

  @Test("a client cannot revoke the token of another one")
  func foreignRevocation() async throws {
    try await withService { api async throws in
      let (client, other) = (try await api.makeClient(), try await api.makeClient())
      let token = try await api.token(client)
      try expectError(try await request("revoke", other, "token=\(token)", api), 400, "unauthorized_client")
      #expect(try await api.post(token).status == 201)
    }
  }

  @Test("both endpoints need an authenticated client, a token and POST", arguments: ["revoke", "introspect"])
  func refusals(endpoint: String) async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      let token = try await api.token(client)
      try expectError(try await request(endpoint, nil, "token=\(token)", api), 401, "invalid_client")
      let wrong = Credentials(id: client.id, secret: "wrong")
      try expectError(try await request(endpoint, wrong, "token=\(token)", api), 401, "invalid_client")
      try expectError(try await request(endpoint, client, "token=", api), 400, "invalid_request")
      let get = try await api.send("GET", "/connectors/orders/oauth/\(endpoint)")
      #expect(get.status == 405 && get.header("Allow") == "POST")
      #expect(try await api.post(token).status == 201)
    }
  }

  @Test("introspection describes a token of the connector until it expires")
  func introspect() async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      let token = try await api.token(client)
      func state() async throws -> Response {
        let response = try await request("introspect", client, "token=\(token)", api)
        #expect(response.status == 200 && response.header("Cache-Control") == "no-store")
        return response
      }
      try await api.setClock(after: 86_399)
      let active = try await state()
      #expect(active["active"] == true && active["client_id"] == .string(client.id))
      #expect(active["iat"] == 1_658_311_388 && active["exp"] == 1_658_397_788 && active["token_type"] == "Bearer")
      try await api.setClock(after: 86_400)
      #expect(try await state().json == ["active": false])
    }
  }

  @Test("unknown tokens and those of another connector are inactive, without a reason")
  func inactive() async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      for token in ["unknown", try await api.token("products")] {
        #expect(try await request("introspect", client, "token=\(token)", api).json == ["active": false])
      }
    }
  }

  @Test("the metadata names the endpoints of a connector, and unknown connectors have none")
  func metadata() async throws {
    try await withService { api async throws in
      let path = "/.well-known/oauth-authorization-server/connectors"
      let metadata = try await api.send("GET", "\(path)/orders")
      let issuer = "\(api.url)/connectors/orders"
      #expect(metadata.status == 200 && metadata["issuer"] == .string(issuer))
      for (member, name) in [
        ("token_endpoint", "token"), ("revocation_endpoint", "revoke"), ("introspection_endpoint", "introspect"),
      ] {
        #expect(metadata[member] == .string("\(issuer)/oauth/\(name)"))
      }
      #expect(metadata["grant_types_supported"] == ["client_credentials"])
      #expect(try await api.send("GET", "\(path)/unknown").status == 404)
      #expect(try await api.send("POST", "\(path)/orders").status == 405)
    }
  }
}
