// The authentication tab as an API: managing clients.

import ConformanceModel
import HTTPModel
import JSONValue
import ReferenceService
import Testing

@Suite("the authentication tab")
struct AuthenticationTabTests {
  @Test("the URLs of a connector are absolute, with the host of the request")
  func connectors() async throws {
    try await withListeningService({ $0.allowedHosts = ["double.example"] }) { api async throws in
      let all = try await api.manage("GET", "/connectors")
      #expect(all["connectors"]?.array?.compactMap { $0["name"]?.string } == ["orders", "products", "invoices"])
      let one = try await api.manage("GET", "/connectors/orders")
      #expect(one["token_endpoint"]?.string == "\(api.url)/connectors/orders/oauth/token")
      #expect(one["inbound_url"]?.string == "\(api.url)/v1/acme/orders")
      #expect(one["authentication_methods"] == ["oauth2"])
      let key = "Authorization: Bearer \(api.managerKey)"
      let named = "GET /connectors/orders HTTP/1.1\r\nHost: double.example:8443\r\n\(key)\r\n\r\n"
      #expect(
        try await WireClient.send([Array(named.utf8)], port: api.port)[0]["inbound_url"]
          == "http://double.example:8443/v1/acme/orders")
      let old = "GET /connectors/orders HTTP/1.0\r\n\(key)\r\n\r\n"
      #expect(
        try await WireClient.send([Array(old.utf8)], port: api.port)[0]["inbound_url"]?.string
          == "\(api.url)/v1/acme/orders")
    }
  }

  @Test("the manager key after the name of a connector manages this connector alone")
  func connectorKey() async throws {
    try await withService { api async throws in
      func status(_ path: String, _ key: String) async throws -> Int {
        try await api.send("GET", path, ["Authorization: Bearer \(key)"]).status
      }
      #expect(try await status("/connectors/orders/clients", "orders.\(api.managerKey)") == 200)
      #expect(try await status("/connectors/orders", "orders.\(api.managerKey)") == 200)
      for key in [
        "products.\(api.managerKey)", ".\(api.managerKey)", "orders.", "orders.\(api.managerKey.dropLast())",
      ] {
        #expect(try await status("/connectors/orders/clients", key) == 401, "\(key.prefix(9))")
      }
      #expect(try await status("/connectors", "orders.\(api.managerKey)") == 401)
      #expect(try await status("/connectors/elsewhere/clients", "elsewhere.\(api.managerKey)") == 401)
    }
  }

  @Test("the secret of a new client is in the response to its creation only")
  func create() async throws {
    try await withService { api async throws in
      let created = try await api.manage("POST", "/connectors/orders/clients", #"{"name": "nightly \u00e9"}"#)
      #expect(created.status == 201)
      #expect(created.header("Cache-Control") == "no-store")
      #expect(created["name"] == "nightly é")
      #expect(created["created_at"] == "2022-07-20T10:03:08Z")
      let id = try #require(created["client_id"]?.string)
      let secret = try #require(created["client_secret"]?.string)
      #expect(
        id.utf8.allSatisfy { (0x21...0x7E).contains($0) } && secret.utf8.allSatisfy { (0x21...0x7E).contains($0) })
      #expect(secret.utf8.count == 43)
      for path in [
        "/connectors/orders/clients", "/connectors/orders/clients/\(id)", "/connectors", "/connectors/orders",
      ] {
        let response = try await api.manage("GET", path)
        #expect(response.status == 200)
        #expect(!response.text.contains(secret) && !response.text.contains("secret"))
      }
      #expect(
        try await api.manage("GET", "/connectors/orders/clients")["clients"]?.array?.map { $0["client_id"] } == [
          .string(id)
        ])
      #expect(try await api.manage("GET", "/connectors/orders/clients/\(id)")["name"] == "nightly é")
    }
  }

  @Test(
    "a client without a valid name is refused",
    arguments: [
      ("{}", 422), (#"{"name": ""}"#, 422), (#"{"name": " \u00a0\t"}"#, 422), (#"{"name": 5}"#, 422),
      (#"{"name": null}"#, 422), ("[]", 422), ("", 400), ("{", 400),
      ("{\"name\": \"\(String(repeating: "é", count: 101))\"}", 422),
      ("{\"name\": \"\(String(repeating: "é", count: 100))\"}", 201),
      ("{\"name\": \"\(String(repeating: "n", count: 70_000))\"}", 413),
    ])
  func names(body: String, status: Int) async throws {
    try await withService { api async throws in
      let response = try await api.manage("POST", "/connectors/orders/clients", body)
      #expect(response.status == status)
      #expect(
        try await api.manage("GET", "/connectors/orders/clients")["clients"]?.array?.count == (status == 201 ? 1 : 0))
    }
  }

  @Test("two clients of the same name have different credentials")
  func sameName() async throws {
    try await withService { api async throws in
      var clients: [Credentials] = []
      for index in 0..<20 { clients.append(try await api.makeClient(index.isMultiple(of: 2) ? "orders" : "products")) }
      #expect(Set(clients.map(\.id)).count == 20 && Set(clients.map(\.secret)).count == 20)
      #expect(clients.allSatisfy { !$0.secret.contains($0.id) })
    }
  }

  @Test("a replacement has new credentials, and the old ones still work")
  func replace() async throws {
    try await withService { api async throws in
      let lost = try await api.makeClient(name: "nightly")
      let response = try await api.manage("POST", "/connectors/orders/clients/\(lost.id)/replacement")
      #expect(response.status == 201)
      #expect(response.header("Cache-Control") == "no-store")
      #expect(response["name"] == "nightly")
      let new = Credentials(
        id: try #require(response["client_id"]?.string), secret: try #require(response["client_secret"]?.string))
      #expect(new.id != lost.id && new.secret != lost.secret)
      for client in [lost, new] { #expect(try await api.post(try await api.token(client)).status == 201) }
      #expect(try await api.manage("GET", "/connectors/orders/clients")["clients"]?.array?.count == 2)
    }
  }

  @Test("deleting a client invalidates its secret and its tokens, and no others")
  func delete() async throws {
    try await withService { api async throws in
      let (gone, kept, other) = (
        try await api.makeClient(), try await api.makeClient(), try await api.makeClient("products")
      )
      let (goneToken, keptToken, otherToken) = (
        try await api.token(gone), try await api.token(kept), try await api.token(other, "products")
      )
      let response = try await api.manage("DELETE", "/connectors/orders/clients/\(gone.id)")
      #expect(response.status == 204 && response.body.isEmpty && response.header("Content-Length") == nil)
      try expectError(try await api.requestToken(["Authorization: \(gone.basic)"]), 401, "invalid_client")
      #expect(try await api.post(goneToken).status == 401)
      #expect(try await api.post(keptToken).status == 201)
      #expect(try await api.requestToken(["Authorization: \(kept.basic)"]).status == 200)
      #expect(try await api.post(otherToken, API.product, to: "acme/products").status == 201)
      #expect(try await api.manage("DELETE", "/connectors/orders/clients/\(gone.id)").status == 404)
    }
  }

  @Test("a connector shows its own clients only")
  func isolated() async throws {
    try await withService { api async throws in
      let (order, product) = (try await api.makeClient("orders"), try await api.makeClient("products"))
      #expect(
        try await api.manage("GET", "/connectors/products/clients")["clients"]?.array?.map { $0["client_id"] } == [
          .string(product.id)
        ])
      for (method, path) in [("GET", ""), ("DELETE", ""), ("POST", "/replacement")] {
        #expect(try await api.manage(method, "/connectors/products/clients/\(order.id)\(path)").status == 404)
      }
      #expect(try await api.requestToken(["Authorization: \(order.basic)"]).status == 200)
    }
  }

  @Test(
    "client management requires the manager key",
    arguments: [
      "/connectors", "/connectors/orders", "/connectors/orders/clients", "/connectors/orders/clients/x",
      "/connectors/nothing",
    ])
  func manager(path: String) async throws {
    try await withService { api async throws in
      let token = try await api.token()
      for headers in [
        [], ["Authorization: Bearer wrong"], ["Authorization: Bearer \(token)"], ["Authorization: Basic YTpi"],
        ["Authorization: Bearer"],
      ] {
        for method in ["GET", "POST", "DELETE"] {
          let response = try await api.send(method, path, headers, text: #"{"name": "n"}"#)
          #expect(response.status == 401)
          #expect(response.header("WWW-Authenticate")?.hasPrefix("Bearer realm=") ?? false)
        }
      }
      #expect(try await api.manage("GET", "/connectors/orders/clients")["clients"]?.array?.count == 1)
    }
  }

  @Test(
    "wrong methods and unknown paths get errors",
    arguments: [
      ("POST", "/connectors", 405, "GET, HEAD"), ("DELETE", "/connectors/orders", 405, "GET, HEAD"),
      ("PUT", "/connectors/orders/clients", 405, "GET, HEAD, POST"),
      ("PATCH", "/connectors/orders/clients/x", 405, "GET, HEAD, DELETE"),
      ("GET", "/connectors/orders/clients/x/replacement", 405, "POST"),
      ("GET", "/connectors/orders/clients/x", 404, nil), ("POST", "/connectors/orders/clients/x/replacement", 404, nil),
      ("GET", "/connectors/nothing", 404, nil),
      ("GET", "/connectors/orders/nothing", 404, nil), ("GET", "/connectors/orders/clients/x/y", 404, nil),
      ("POST", "/connectors/nothing/clients", 404, nil),
      ("HEAD", "/connectors/orders/clients", 200, nil),
    ])
  func methods(method: String, path: String, status: Int, allow: String?) async throws {
    try await withService { api async throws in
      let response = try await api.manage(method, path, method == "POST" ? #"{"name": "n"}"# : nil)
      #expect(response.status == status)
      #expect(response.header("Allow") == allow)
    }
  }
}
