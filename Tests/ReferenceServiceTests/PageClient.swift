// A minimal browser: it keeps a cookie and sends the forms of pages.

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
    let response = try await page.post("/sign-in", [("key", api.managerKey)])
    try #require(response.status == 303)
    try #require(response.header("Location") == page.base)
    return page
  }

  func get(_ path: String = "", method: String = "GET") async throws -> Response {
    try await api.send(method, base + path, cookieLine)
  }

  /// - Parameter origin: The value of `Origin`; `nil` omits it.
  mutating func post(_ path: String, _ form: [(String, String)], origin: String?) async throws -> Response {
    let origins = origin.map { ["Origin: \($0)"] } ?? []
    let response = try await api.send(
      "POST", base + path, cookieLine + API.form + origins, text: FormEncoding.encode(form))
    if let set = response.header("Set-Cookie") {
      cookie = set.contains("Max-Age=0") ? nil : String(set.prefix { $0 != ";" })
    }
    return response
  }

  mutating func post(_ path: String, _ form: [(String, String)]) async throws -> Response {
    try await post(path, form, origin: api.url)
  }

  private var cookieLine: [String] { cookie.map { ["Cookie: other=1; \($0)"] } ?? [] }

  /// The hidden fields of the form at a path.
  func fields(of path: String) async throws -> [(String, String)] {
    let text = try await get(path).text
    // after the sign-out form
    let main = text.split(separator: "<main").last.map(String.init) ?? ""
    return ["token", "form"].compactMap { name in main.value(of: name).map { (name, $0) } }
  }

  /// Creates a client by the forms, and follows the redirect to its credentials.
  mutating func create(_ name: String) async throws -> (address: String, shown: Response) {
    let response = try await post("/clients/new", try await fields(of: "/clients/new") + [("name", name)])
    let address = try address(response)
    return (address, try await get(address))
  }

  /// The target of a redirect, relative to the tab.
  func address(_ response: Response) throws -> String {
    let location = try #require(response.header("Location"))
    try #require(response.status == 303 && location.hasPrefix(base))
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

extension Response {
  /// The text of the element with this id.
  func shown(_ id: String) -> String? { text.between("id=\"\(id)\">", "<") }

  /// The credentials that a page shows.
  var credentials: Credentials? {
    guard let id = shown("client-id"), let secret = shown("client-secret") else { return nil }
    return Credentials(id: id, secret: secret)
  }
}
