// The authentication tab as a page, request by request.

import ConformanceModel
import JSONValue
import Testing

@testable import ReferenceService

@Suite("the page of the authentication tab")
struct AuthenticationPageTests {
  @Test(
    "redirects to the sign-in form without a session, with an empty body",
    arguments: ["", "/clients/new", "/credentials/x", "/clients/x/deletion"])
  func signInFirst(path: String) async throws {
    try await withService { api async throws in
      let response = try await PageClient(api).get(path)
      #expect(response.status == 303 && response.header("Location") == "/connectors/orders/authentication/sign-in")
      #expect(response.body.isEmpty)
      let form = try await PageClient(api).get("/sign-in")
      #expect(form.status == 200 && form.text.contains("<label for=\"key\">"))
      #expect(!form.text.contains("/sign-out"))
    }
  }

  @Test("reports a wrong key and starts no session", arguments: ["", "wrong", "Bearer", "a b"])
  func wrongKey(key: String) async throws {
    try await withService { api async throws in
      var page = PageClient(api)
      let response = try await page.post("/sign-in", [("key", key)])
      #expect(response.status == 403 && response.header("Set-Cookie") == nil)
      #expect(response.text.contains("This is not the manager key"))
      #expect(try await page.get().status == 303)
    }
  }

  @Test("keeps a session by a cookie that neither scripts nor other sites can read, until the sign-out")
  func session() async throws {
    try await withService { api async throws in
      var page = PageClient(api)
      let response = try await page.post("/sign-in", [("key", api.managerKey)])
      let cookie = try #require(response.header("Set-Cookie"))
      #expect(cookie.hasSuffix("; Path=/connectors; HttpOnly; SameSite=Strict"))
      #expect(!cookie.contains(api.managerKey))
      #expect(try await page.get().status == 200)
      #expect(try await page.get("/sign-in").header("Location") == page.base)
      let before = page
      let out = try await page.post("/sign-out", try await page.fields(of: "/clients/new"))
      #expect(out.status == 303 && out.header("Set-Cookie")?.contains("Max-Age=0") == true)
      // the service has ended the session, too
      #expect(try await before.get().status == 303)
    }
  }

  @Test("shows the URLs and the clients of its connector only")
  func tab() async throws {
    try await withService { api async throws in
      let (own, other) = (try await api.makeClient(name: "mine"), try await api.makeClient("products", name: "theirs"))
      let response = try await PageClient.signedIn(api).get()
      #expect(response.status == 200 && response.header("Content-Type") == "text/html; charset=utf-8")
      #expect(response.shown("token-endpoint") == "\(api.url)/connectors/orders/oauth/token")
      #expect(response.shown("inbound-url") == "\(api.url)/v1/acme/orders")
      #expect(
        response.text.contains(own.id) && response.text.contains("mine")
          && response.text.contains("datetime=\"2022-07-20T10:03:08Z\""))
      #expect(!response.text.contains(other.id) && !response.text.contains("theirs"))
      for secret in [own.secret, other.secret, api.managerKey] { #expect(!response.text.contains(secret)) }
    }
  }

  @Test(
    "shows the credentials of a new client once: not on a reload, nor on another page, nor in the URL"
  )
  func shownOnce() async throws {
    try await withService { api async throws in
      var page = try await PageClient.signedIn(api)
      let (address, shown) = try await page.create("nightly")
      let client = try #require(shown.credentials)
      #expect(shown.status == 200 && shown.text.contains("It is shown only once"))
      #expect(!address.contains(client.secret) && !address.contains(client.id))
      for path in [
        address, address, "", "/clients/new", "/clients/\(client.id)/replacement", "/clients/\(client.id)/deletion",
      ] {
        let response = try await page.get(path)
        #expect(response.status == (path == address ? 410 : 200))
        #expect(!response.text.contains(client.secret), "\(path)")
      }
      #expect(try await page.get().text.contains(client.id))
      #expect(try await api.post(try await api.token(client)).status == 201)
    }
  }

  @Test("keeps the credentials for a GET by the same session at the same connector")
  func keptForItsOwner() async throws {
    try await withService { api async throws in
      var page = try await PageClient.signedIn(api)
      let response = try await page.post(
        "/clients/new", try await page.fields(of: "/clients/new") + [("name", "nightly")])
      let address = try page.address(response)
      #expect(try await page.get(address, method: "HEAD").status == 200)
      var elsewhere = page
      elsewhere.connector = "products"
      #expect(try await elsewhere.get(address).status == 410)
      #expect(try await PageClient.signedIn(api).get(address).status == 404)
      #expect(try await page.get(address).credentials != nil)
    }
  }

  @Test("creates one client for a form that is sent several times, and still shows it")
  func sentTwice() async throws {
    try await withService { api async throws in
      var page = try await PageClient.signedIn(api)
      let form = try await page.fields(of: "/clients/new") + [("name", "nightly")]
      let addresses = try [try await page.post("/clients/new", form), try await page.post("/clients/new", form)].map(
        page.address)
      #expect(addresses[0] == addresses[1])
      #expect(try await page.get(addresses[0]).credentials != nil)
      #expect(try page.address(try await page.post("/clients/new", form)) == addresses[0])
      #expect(try await api.manage("GET", "/connectors/orders/clients")["clients"]?.array?.count == 1)
    }
  }

  @Test("generates a new set for a lost secret, and the old one works until it is deleted")
  func replace() async throws {
    try await withService { api async throws in
      var page = try await PageClient.signedIn(api)
      let lost = try await api.makeClient(name: "nightly")
      let path = "/clients/\(lost.id)/replacement"
      let response = try await page.post(path, try await page.fields(of: path))
      let shown = try await page.get(try page.address(response))
      let new = try #require(shown.credentials)
      #expect(new.id != lost.id && new.secret != lost.secret)
      for client in [lost, new] {
        #expect(try await api.requestToken(["Authorization: \(client.basic)"]).status == 200)
      }

      let deletion = "/clients/\(lost.id)/deletion"
      let form = try await page.fields(of: deletion)
      #expect(try await page.post(deletion, form).header("Location") == page.base)
      let list = try await page.get()
      #expect(list.text.contains("was deleted") && !list.text.contains(lost.id) && list.text.contains(new.id))
      #expect(try await !page.get().text.contains("was deleted"))
      try expectError(try await api.requestToken(["Authorization: \(lost.basic)"]), 401, "invalid_client")
      // sent twice: the client is already deleted
      #expect(try await page.post(deletion, form).status == 303)
      #expect(try await api.requestToken(["Authorization: \(new.basic)"]).status == 200)
    }
  }

  @Test(
    "reports why a name is refused next to the field, and keeps the input",
    arguments: [
      ("", "Enter a name"), ("  ", "Enter a name"), (String(repeating: "é", count: 101), "Enter a name of at most 100"),
    ])
  func names(name: String, words: String) async throws {
    try await withService { api async throws in
      var page = try await PageClient.signedIn(api)
      let response = try await page.post("/clients/new", try await page.fields(of: "/clients/new") + [("name", name)])
      #expect(response.status == 422)
      #expect(
        response.text.contains("<a href=\"#name\">\(words)")
          && response.text.contains("aria-describedby=\"name-hint name-error\" aria-invalid=\"true\""))
      #expect(response.text.contains("value=\"\(name)\""))
      #expect(response.text.contains("<title>Error: "))
      #expect(try await api.manage("GET", "/connectors/orders/clients")["clients"]?.array?.isEmpty == true)
    }
  }

  @Test(
    "escapes names",
    arguments: [
      #"<script>alert(1)</script>"#, #"" autofocus onfocus="alert(1)"#, "'><img src=x>", "{{token}}&lt;", "\u{202E}txt",
      "\"\u{301} autofocus \u{301}",
    ])
  func hostileNames(name: String) async throws {
    try await withService { api async throws in
      var page = try await PageClient.signedIn(api)
      let (_, shown) = try await page.create(name)
      let id = try #require(shown.credentials?.id)
      let pages = [
        shown, try await page.get(), try await page.get("/clients/\(id)/replacement"),
        try await page.get("/clients/\(id)/deletion"),
        try await page.post(
          "/clients/new", try await page.fields(of: "/clients/new") + [("name", String(repeating: name, count: 101))]),
      ]
      let entities: [Unicode.Scalar: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;"]
      let escaped = name.unicodeScalars.map { entities[$0] ?? String($0) }.joined()
      for page in pages {
        #expect(page.text.contains(escaped))
        #expect(!page.text.unicodeScalars.split(separator: "\"").contains { $0.first == "\u{301}" })
        if escaped != name { #expect(!page.text.contains(name)) }
      }
      let deletion = "/clients/\(id)/deletion"
      _ = try await page.post(deletion, try await page.fields(of: deletion))
      #expect(try await page.get().text.contains(escaped))
    }
  }

  private func post(_ api: API, _ connector: String, basic: String) async throws -> Response {
    try await api.send(
      "POST", "/v1/acme/\(connector)", ["Authorization: Basic \(basic)", "Content-Type: application/json"],
      text: API.order)
  }

  @Test("says how payloads may be authorised, and switches Basic on and off, for its connector alone")
  func basic() async throws {
    try await withService { api async throws in
      let client = try await api.makeClient(name: "mine")
      let basic = Base64.encode(Array("\(client.id):\(client.secret)".utf8))
      let wrong = Base64.encode(Array("\(client.id):\(client.secret)x".utf8))
      var page = try await PageClient.signedIn(api)
      #expect(try await page.get().shown("oauth")?.hasPrefix("accepted: ") == true)
      #expect(try await page.get().shown("basic")?.hasPrefix("not accepted: ") == true)
      #expect(try await post(api, "orders", basic: basic).status == 401)
      let on = try await page.post("/basic", try await page.fields(of: "") + [("accepted", "yes")])
      #expect(on.status == 303 && on.header("Location") == page.base)
      #expect(try await page.get().shown("basic")?.hasPrefix("accepted: ") == true)
      #expect(try await post(api, "orders", basic: basic).status == 201)
      let refused = try await post(api, "orders", basic: wrong)
      #expect(refused.status == 401)
      #expect(refused.text.contains("an access token is required"))
      // the client belongs to another connector, which also does not accept Basic
      #expect(try await post(api, "products", basic: basic).status == 401)
      let off = try await page.post("/basic", try await page.fields(of: "") + [("accepted", "no")])
      #expect(off.status == 303)
      #expect(try await post(api, "orders", basic: basic).status == 401)
    }
  }

  @Test("switches Basic for no form of another page, and for no one without a session")
  func foreignBasic() async throws {
    try await withService { api async throws in
      var page = try await PageClient.signedIn(api)
      #expect(try await page.post("/basic", [("accepted", "yes")]).status == 403)
      #expect(try await page.get("/basic").status == 405)
      var stranger = PageClient(api)
      #expect(try await stranger.post("/basic", [("accepted", "yes")]).status == 303)
      #expect(try await page.get().shown("basic")?.hasPrefix("not accepted: ") == true)
    }
  }
}
