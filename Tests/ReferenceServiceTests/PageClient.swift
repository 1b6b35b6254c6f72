// A browser as far as tests of the page need one: it keeps a cookie, and sends the forms that it was shown.

import ConformanceModel
import Testing

struct PageClient {
  let api: API
  var connector = "orders"
  /// `NAME=VALUE`
  private(set) var cookie: String?

  init(_ api: API) { self.api = api }

  var base: String { "/connectors/\(connector)/authentication" }

  static func signedIn(_ api: API) async throws -> PageClient {
    var page = PageClient(api)
    let answer = try await page.post("/sign-in", [("key", api.managerKey)])
    try #require(answer.status == 303)
    try #require(answer.header("Location") == page.base)
    return page
  }

  func get(_ path: String = "", method: String = "GET") async throws -> Answer {
    try await api.send(method, base + path, cookieLine)
  }

  /// - Parameter origin: What `Origin` says; nothing where it is `nil`.
  mutating func post(_ path: String, _ form: [(String, String)], origin: String?) async throws -> Answer {
    let origins = origin.map { ["Origin: \($0)"] } ?? []
    let answer = try await api.send(
      "POST", base + path, cookieLine + API.form + origins, text: FormEncoding.encode(form))
    if let set = answer.header("Set-Cookie") {
      cookie = set.contains("Max-Age=0") ? nil : String(set.prefix { $0 != ";" })
    }
    return answer
  }

  mutating func post(_ path: String, _ form: [(String, String)]) async throws -> Answer {
    try await post(path, form, origin: api.url)
  }

  private var cookieLine: [String] { cookie.map { ["Cookie: other=1; \($0)"] } ?? [] }

  /// The hidden fields of the form that stands at an address.
  func fields(of path: String) async throws -> [(String, String)] {
    let text = try await get(path).text
    // behind the form that signs out
    let main = text.split(separator: "<main").last.map(String.init) ?? ""
    return ["token", "form"].compactMap { name in main.value(of: name).map { (name, $0) } }
  }

  /// Makes a client by the forms, and follows to where its credentials are shown.
  mutating func create(_ name: String) async throws -> (address: String, shown: Answer) {
    let answer = try await post("/clients/new", try await fields(of: "/clients/new") + [("name", name)])
    let address = try address(answer)
    return (address, try await get(address))
  }

  /// Where an answer leads, from the tab on.
  func address(_ answer: Answer) throws -> String {
    let location = try #require(answer.header("Location"))
    try #require(answer.status == 303 && location.hasPrefix(base))
    return String(location.dropFirst(base.count))
  }
}

extension String {
  /// The value of the input with this name.
  fileprivate func value(of name: String) -> String? { between("name=\"\(name)\" value=\"", "\"") }

  func between(_ start: String, _ end: String) -> String? {
    guard let from = firstRange(of: start), let to = self[from.upperBound...].firstRange(of: end) else { return nil }
    return String(self[from.upperBound..<to.lowerBound])
  }
}

extension Answer {
  /// What a page shows in the element with this id.
  func shown(_ id: String) -> String? { text.between("id=\"\(id)\">", "<") }

  /// The credentials that a page shows.
  var credentials: Credentials? {
    guard let id = shown("client-id"), let secret = shown("client-secret") else { return nil }
    return Credentials(id: id, secret: secret)
  }
}
