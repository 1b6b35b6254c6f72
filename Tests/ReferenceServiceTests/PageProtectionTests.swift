// What keeps other sites, caches and strangers away from the page.

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
      let answer = try await page.post(path.replacing("ID", with: client.id), form, origin: origin)
      #expect(answer.status == 403)
      #expect(
        try await api.manage("GET", "/connectors/orders/clients")["clients"]?.array?.map { $0["client_id"] } == [
          .string(client.id)
        ])
      #expect(try await page.get().status == 200)
    }
  }

  @Test("also where one signs in", arguments: ["http://elsewhere.example", nil] as [String?])
  func foreignSignIn(origin: String?) async throws {
    try await withService { api async throws in
      var page = PageClient(api)
      let answer = try await page.post("/sign-in", [("key", api.managerKey)], origin: origin)
      #expect(answer.status == 403 && answer.header("Set-Cookie") == nil)
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
      let answer = try await page.post(path.replacing("ID", with: client.id), form)
      #expect(answer.status == 403)
      #expect(answer.text.contains("open the page anew"))
      #expect(
        try await api.manage("GET", "/connectors/orders/clients")["clients"]?.array?.map { $0["client_id"] } == [
          .string(client.id)
        ])
      #expect(try await page.get().status == 200)
    }
  }

  @Test(
    "from forms that are none",
    arguments: [
      ("", 403), ("a=%zz", 400), ("token=a&token=b", 400), ("name=" + String(repeating: "n", count: 70_000), 413),
    ])
  func malformed(body: String, status: Int) async throws {
    try await withService { api async throws in
      let page = try await PageClient.signedIn(api)
      let cookie = try #require(page.cookie)
      let answer = try await api.send(
        "POST", page.base + "/clients/new", ["Origin: \(api.url)", "Cookie: \(cookie)"] + API.form, text: body)
      #expect(answer.status == status && answer.header("Content-Type") == "text/html; charset=utf-8")
      // nor does JSON pass for a form
      let json = try await api.send(
        "POST", page.base + "/clients/new",
        ["Origin: \(api.url)", "Cookie: \(cookie)", "Content-Type: application/json"], text: "{}")
      #expect(json.status == 400)
    }
  }

  @Test("by what its answers forbid: caches, foreign content, and being shown inside another page")
  func headers() async throws {
    try await withService { api async throws in
      var page = try await PageClient.signedIn(api)
      let answers = [
        try await PageClient(api).get(), try await PageClient(api).get("/sign-in"), try await page.get(),
        try await page.create("n").shown, try await page.get("/nothing"),
        try await page.get("/page.css"), try await page.get("/page.js"),
      ]
      for answer in answers {
        #expect(answer.header("Cache-Control") == "no-store")
        guard answer.status != 303 else { continue }
        #expect(answer.header("X-Content-Type-Options") == "nosniff")
        #expect(answer.header("Referrer-Policy") == "same-origin")
        let policy = try #require(answer.header("Content-Security-Policy"))
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

  @Test("by having nothing to give for a manager's key at its own addresses, nor for its cookie at the API's")
  func keysAreApart() async throws {
    try await withService { api async throws in
      #expect(try await api.manage("GET", "/connectors/orders/authentication").status == 303)
      let page = try await PageClient.signedIn(api)
      let cookie = try #require(page.cookie)
      #expect(try await api.send("GET", "/connectors/orders/clients", ["Cookie: \(cookie)"]).status == 401)
    }
  }

  @Test(
    "by methods that do one thing each",
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
      let answer = try await PageClient.signedIn(api).get(path.replacing("ID", with: client.id), method: method)
      #expect(answer.status == 405 && answer.header("Allow") == allow)
    }
  }

  @Test(
    "by saying no more of what there is not than that",
    arguments: [
      "/nothing", "/clients", "/clients/x/deletion", "/clients/x/replacement", "/clients/%zz/deletion",
      "/credentials/x", "/",
    ])
  func notFound(path: String) async throws {
    try await withService { api async throws in
      let answer = try await PageClient.signedIn(api).get(path)
      #expect(answer.status == 404 && answer.text.contains("There is nothing at this address."))
    }
  }

  @Test("by taking a connector's name for no markup")
  func hostileConnector() async throws {
    try await withService { api async throws in
      for path in ["/connectors/<b>/authentication", "/connectors/\"onload=/authentication/x"] {
        let answer = try await api.send("GET", path)
        #expect(answer.status == 404)
        #expect(!answer.text.contains("<b>") && !answer.text.contains("\"onload"))
      }
    }
  }

  @Test("for a hundred sessions and a hundred sets each; what is older is forgotten, and never taken for new")
  func bounds() {
    let sessions = Sessions()
    let first = sessions.begin(knowsKey: true)
    let others = (0..<Sessions.most).map { _ in sessions.begin(knowsKey: true) }
    #expect(sessions.with(first) { _ in true } == nil)
    #expect(others.allSatisfy { sessions.with($0) { _ in true } == true })

    var session = Session(knowsKey: true)
    let client = Store.Client(id: "c", name: "n", connector: "orders", secretHash: [], createdAt: .documented)
    for index in 0...Session.maxSets { session.make(for: "\(index)") { ClientSet(client: client, secret: "s") } }
    #expect(!session.knows("0") && session.knows("1"))
    #expect(session.take("0", of: "orders", isShown: true) == nil)
  }

  @Test("by letting nobody do more for having been let in to look")
  func onlyLooking() async throws {
    let fault = try #require(Fault.named("anyone-may-list-clients"))
    try await withService({ $0.faults = [fault] }) { api async throws in
      let looked = try await PageClient(api).get("/clients/new")
      #expect(looked.status == 200)
      let cookie = try #require(looked.header("Set-Cookie")).prefix { $0 != ";" }
      let token = try #require(looked.text.between("name=\"token\" value=\"", "\""))
      let form = FormEncoding.encode([("token", token), ("form", "1"), ("name", "n")])
      let answer = try await api.send(
        "POST", "/connectors/orders/authentication/clients/new",
        ["Origin: \(api.url)", "Cookie: \(cookie)"] + API.form, text: form)
      #expect(answer.header("Location")?.hasSuffix("/sign-in") == true)
      #expect(try await api.manage("GET", "/connectors/orders/clients")["clients"]?.array?.isEmpty == true)
    }
  }

  @Test("but not where the service is told to let everyone in")
  func faults() async throws {
    let faults = try ["anyone-may-manage-clients", "one-client-at-a-time"].map { try #require(Fault.named($0)) }
    try await withService({ $0.faults = faults }) { api async throws in
      let answer = try await PageClient(api).get("/clients/new")
      #expect(answer.status == 200 && answer.text.contains("name=\"token\""))
      let cookie = try #require(answer.header("Set-Cookie")).prefix { $0 != ";" }
      #expect(
        try await api.send("GET", "/connectors/orders/authentication", ["Cookie: \(cookie)"]).header("Set-Cookie")
          == nil)
    }
  }
}
