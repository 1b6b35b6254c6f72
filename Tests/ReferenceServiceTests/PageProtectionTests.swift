// How the page is protected from other sites, caches and clients without the key.

import ConformanceModel
import HTTPModel
import JSONValue
import Testing

@testable import ReferenceService

@Suite("the page of the authentication tab is protected")
struct PageProtectionTests {
  static let forms = ["/clients/new", "/clients/ID/replacement", "/clients/ID/deletion", "/sign-out"]

  @Test(
    "from forms that another page sends", arguments: forms,
    ["http://elsewhere.example", "null", "", "http://127.0.0.1:1", nil] as [String?])
  func foreignOrigin(path: String, origin: String?) async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      var page = try await PageClient.signedIn(api)
      let form = try await page.fields(of: "/clients/new") + [("name", "n")]
      let response = try await page.post(path.replacing("ID", with: client.id), form, origin: origin)
      #expect(response.status == 403)
      #expect(
        try await api.manage("GET", "/connectors/orders/clients")["clients"]?.array?.map { $0["client_id"] } == [
          .string(client.id)
        ])
      #expect(try await page.get().status == 200)
    }
  }

  @Test("also at the sign-in form", arguments: ["http://elsewhere.example", nil] as [String?])
  func foreignSignIn(origin: String?) async throws {
    try await withService { api async throws in
      var page = PageClient(api)
      let response = try await page.post("/sign-in", [("key", api.managerKey)], origin: origin)
      #expect(response.status == 403 && response.header("Set-Cookie") == nil)
    }
  }

  @Test(
    "from forms without the session's token, with a wrong one, and with another session's", arguments: forms,
    ["none", "wrong", "another session's"])
  func foreignToken(path: String, token: String) async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      var page = try await PageClient.signedIn(api)
      let another = try await PageClient.signedIn(api).fields(of: "/clients/new")[0].1
      let own = try await page.fields(of: "/clients/new")
      let form =
        [("form", own[1].1), ("name", "n")] + (token == "none" ? [] : [("token", token == "wrong" ? "x" : another)])
      let response = try await page.post(path.replacing("ID", with: client.id), form)
      #expect(response.status == 403)
      #expect(response.text.contains("reload the page"))
      #expect(
        try await api.manage("GET", "/connectors/orders/clients")["clients"]?.array?.map { $0["client_id"] } == [
          .string(client.id)
        ])
      #expect(try await page.get().status == 200)
    }
  }

  @Test(
    "from malformed forms",
    arguments: [
      ("", 403), ("a=%zz", 400), ("token=a&token=b", 400), ("name=" + String(repeating: "n", count: 70_000), 413),
    ])
  func malformed(body: String, status: Int) async throws {
    try await withService { api async throws in
      let page = try await PageClient.signedIn(api)
      let cookie = try #require(page.cookie)
      let response = try await api.send(
        "POST", page.base + "/clients/new", ["Origin: \(api.url)", "Cookie: \(cookie)"] + API.form, text: body)
      #expect(response.status == status && response.header("Content-Type") == "text/html; charset=utf-8")
      // JSON is not accepted as a form
      let json = try await api.send(
        "POST", page.base + "/clients/new",
        ["Origin: \(api.url)", "Cookie: \(cookie)", "Content-Type: application/json"], text: "{}")
      #expect(json.status == 400)
    }
  }

  @Test("by header fields that forbid caching, foreign content and framing")
  func headers() async throws {
    try await withService { api async throws in
      var page = try await PageClient.signedIn(api)
      let responses = [
        try await PageClient(api).get(), try await PageClient(api).get("/sign-in"), try await page.get(),
        try await page.create("n").shown, try await page.get("/nothing"),
        try await page.get("/page.css"), try await page.get("/page.js"),
      ]
      for response in responses {
        #expect(response.header("Cache-Control") == "no-store")
        guard response.status != 303 else { continue }
        #expect(response.header("X-Content-Type-Options") == "nosniff")
        #expect(response.header("Referrer-Policy") == "same-origin")
        let policy = try #require(response.header("Content-Security-Policy"))
        for part in [
          "default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "base-uri 'none'",
          "frame-ancestors 'none'",
        ] {
          #expect(policy.contains(part))
        }
        #expect(!policy.contains("unsafe"))
      }
    }
  }

  @Test("by accepting the manager key only at the API, and its cookie only at the page")
  func keysAreApart() async throws {
    try await withService { api async throws in
      #expect(try await api.manage("GET", "/connectors/orders/authentication").status == 303)
      let page = try await PageClient.signedIn(api)
      let cookie = try #require(page.cookie)
      #expect(try await api.send("GET", "/connectors/orders/clients", ["Cookie: \(cookie)"]).status == 401)
    }
  }

  @Test(
    "by accepting only the documented methods",
    arguments: [
      ("POST", "", "GET, HEAD"), ("DELETE", "/clients/new", "GET, HEAD, POST"), ("GET", "/sign-out", "POST"),
      ("PUT", "/sign-in", "GET, HEAD, POST"),
      ("POST", "/credentials/x", "GET, HEAD"), ("PATCH", "/clients/ID/deletion", "GET, HEAD, POST"),
      ("DELETE", "/clients/ID/replacement", "GET, HEAD, POST"),
      ("POST", "/page.css", "GET, HEAD"),
    ])
  func methods(method: String, path: String, allow: String) async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      let response = try await PageClient.signedIn(api).get(path.replacing("ID", with: client.id), method: method)
      #expect(response.status == 405 && response.header("Allow") == allow)
    }
  }

  @Test(
    "by revealing nothing about unknown clients and paths",
    arguments: [
      "/nothing", "/clients", "/clients/x/deletion", "/clients/x/replacement", "/clients/%zz/deletion",
      "/credentials/x", "/",
    ])
  func notFound(path: String) async throws {
    try await withService { api async throws in
      let response = try await PageClient.signedIn(api).get(path)
      #expect(response.status == 404 && response.text.contains("There is no resource at this URL."))
    }
  }

  @Test("by escaping the names of connectors")
  func hostileConnector() async throws {
    try await withService { api async throws in
      for path in ["/connectors/<b>/authentication", "/connectors/\"onload=/authentication/x"] {
        let response = try await api.send("GET", path)
        #expect(response.status == 404)
        #expect(!response.text.contains("<b>") && !response.text.contains("\"onload"))
      }
    }
  }

  @Test("for at most a hundred sessions and a hundred new clients each")
  func bounds() {
    let sessions = Sessions()
    let first = sessions.begin(hasKey: true)
    let others = (0..<Sessions.maxCount).map { _ in sessions.begin(hasKey: true) }
    #expect(sessions.with(first) { _ in true } == nil)
    #expect(others.allSatisfy { sessions.with($0) { _ in true } == true })

    var session = Session(hasKey: true)
    let client = Store.Client(id: "c", name: "n", connector: "orders", secretHash: [], createdAt: .documented)
    for index in 0...Session.maxClients { session.create(for: "\(index)") { NewClient(client: client, secret: "s") } }
    #expect(!session.knows("0") && session.knows("1"))
    #expect(session.take("0", of: "orders", isShown: true) == nil)
  }

  @Test("by checking the permission of each request")
  func onlyLooking() async throws {
    let fault = try #require(Fault.named("anyone-may-list-clients"))
    try await withService({ $0.faults = [fault] }) { api async throws in
      let looked = try await PageClient(api).get("/clients/new")
      #expect(looked.status == 200)
      let cookie = try #require(looked.header("Set-Cookie")).prefix { $0 != ";" }
      let token = try #require(looked.text.between("name=\"token\" value=\"", "\""))
      let form = FormEncoding.encode([("token", token), ("form", "1"), ("name", "n")])
      let response = try await api.send(
        "POST", "/connectors/orders/authentication/clients/new",
        ["Origin: \(api.url)", "Cookie: \(cookie)"] + API.form, text: form)
      #expect(response.header("Location")?.hasSuffix("/sign-in") == true)
      #expect(try await api.manage("GET", "/connectors/orders/clients")["clients"]?.array?.isEmpty == true)
    }
  }

  @Test("but not if a fault opens client management")
  func faults() async throws {
    let faults = try ["anyone-may-manage-clients", "one-client-at-a-time"].map { try #require(Fault.named($0)) }
    try await withService({ $0.faults = faults }) { api async throws in
      let response = try await PageClient(api).get("/clients/new")
      #expect(response.status == 200 && response.text.contains("name=\"token\""))
      let cookie = try #require(response.header("Set-Cookie")).prefix { $0 != ";" }
      #expect(
        try await api.send("GET", "/connectors/orders/authentication", ["Cookie: \(cookie)"]).header("Set-Cookie")
          == nil)
    }
  }
}
