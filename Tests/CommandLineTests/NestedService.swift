// A service of another make: its members are nested and have names of their own, a payload gets 202, and its clock can
// be set.

import ConformanceModel
import Foundation
import JSONValue
import TestSupport

final class NestedService: Sendable {
  struct State {
    var clients: [String: String] = [:]
    /// The client of each token.
    var tokens: [String: String] = [:]
    var count = 0
    /// How many payloads were accepted.
    var accepted = 0
    /// How many tokens were issued.
    var issued = 0
    /// In seconds since 1970.
    var now: Int64 = 1_700_000_000
    /// It accepts a new time, and keeps the old one.
    var isClockStuck = false
    var names = (id: "clientKey", secret: "clientSecret")
    var renewal = Renewal.replaces
    /// Secrets that still work beside the current ones.
    var former: [String: String] = [:]
    /// The body of refused management requests.
    var refusal = "{}"
  }

  /// What becomes of a client whose secret is renewed.
  enum Renewal: Sendable {
    /// The new secret replaces the old one.
    case replaces
    /// Both work, and the response has the new secret alone.
    case adds
    /// There is a second client, and the old one stays.
    case creates
    /// The tokens end as well.
    case ends
    case refuses
  }

  static let key = "the-key-of-the-manager-of-the-nested-service"

  let state = Locked(State())
  private let server: RawServer

  var url: String { server.url }
  var port: UInt16 { server.port }
  var requests: [String] { server.requests.map(\.text) }
  var lines: [String] { requests.map { String($0.prefix { $0 != "\r\n" }) } }

  init() throws {
    let state = state
    server = try RawServer { request, connection in
      let response = state.withLock { NestedService.response(request, &$0) }
      connection.send(
        "HTTP/1.1 \(response.status)\r\n\(response.field.map { "\($0)\r\n" } ?? "")Content-Type: application/json\r\n"
          + "Content-Length: \(response.body.utf8.count)\r\n\r\n\(response.body)")
    }
  }

  private static func response(_ request: RawRequest, _ state: inout State) -> (
    status: String, body: String, field: String?
  ) {
    let words = request.head.split(separator: " ", maxSplits: 2).map(String.init)
    let (method, path) = (words[0], String(words[1].prefix { $0 != "?" }))
    let body = (try? JSON(parsing: request.body)) ?? .null
    let form = String(decoding: request.body, as: UTF8.self)
    let authorization = request.head.firstMatch(of: /Authorization: ([^\r]+)/).map { String($0.1) } ?? ""
    state.count += 1
    func reply(_ status: String, _ body: String = "{}", _ field: String? = nil) -> (String, String, String?) {
      (status, body, field)
    }
    switch (method, path) {
    case ("POST", "/oauth/token"):
      let known = (Array(state.clients) + Array(state.former)).first { id, secret in
        authorization == "Basic \(Base64.encode(Array("\(id):\(secret)".utf8)))"
          || form.contains("client_id=\(id)&client_secret=\(secret)")
      }
      guard let known else {
        return reply(
          "401 Unauthorized", #"{"error":"invalid_client"}"#,
          "WWW-Authenticate: Basic realm=\"nested\"\r\nCache-Control: no-store")
      }
      let token = "token-\(state.count)-of-the-nested-service"
      state.tokens[token] = known.key
      state.issued += 1
      return reply(
        "200 OK", #"{"access_token":"\#(token)","token_type":"Bearer","expires_in":3600}"#, "Cache-Control: no-store")
    case ("POST", "/v1/acme/orders"):
      let owner = state.tokens[String(authorization.dropFirst(7))]
      guard let owner, state.clients[owner] != nil else {
        return reply("401 Unauthorized", "{}", #"WWW-Authenticate: Bearer error="invalid_token""#)
      }
      guard body["id"] != nil else { return reply("422 Unprocessable Content") }
      state.accepted += 1
      return reply("202 Accepted")
    case ("GET", "/control/clock"): return reply("200 OK", #"{"epoch":\#(state.now)}"#)
    case ("PUT", "/control/clock"):
      if !state.isClockStuck, let seconds = body["epoch"]?.int.map(Int64.init) { state.now = seconds }
      return reply("204 No Content", "")
    case (_, _) where path.hasPrefix("/admin/clients"):
      guard authorization == "Bearer \(key)" else { return reply("401 Unauthorized", state.refusal) }
      return manage(method, String(path.dropFirst("/admin/clients/".count)), body, &state)
    default: return reply("404 Not Found")
    }
  }

  /// - Returns: The members of the response.
  private static func create(_ state: inout State) -> String {
    let id = "client-\(state.count)", secret = "secret-\(state.count)-of-the-nested-service"
    state.clients[id] = secret
    return #""\#(state.names.id)":"\#(id)","\#(state.names.secret)":"\#(secret)""#
  }

  private static func manage(_ method: String, _ id: String, _ body: JSON, _ state: inout State) -> (
    status: String, body: String, field: String?
  ) {
    switch (method, id) {
    case ("POST", ""):
      let made = create(&state)
      let name = body["name"]?.string ?? ""
      return ("201 Created", #"{"data":{"name":"\#(name)",\#(made)}}"#, "Cache-Control: no-store")
    case ("GET", ""):
      let items = state.clients.keys.sorted().map { #"{"\#(state.names.id)":"\#($0)"}"# }.joined(separator: ",")
      return ("200 OK", #"{"data":[\#(items)],"count":\#(state.clients.count)}"#, nil)
    case ("GET", _) where state.clients[id] != nil:
      return ("200 OK", #"{"data":{"\#(state.names.id)":"\#(id)"}}"#, nil)
    case ("POST", _) where id.hasSuffix("/renew"):
      let id = String(id.dropLast("/renew".count))
      guard let old = state.clients[id] else { return ("404 Not Found", "{}", nil) }
      let secret = "secret-\(state.count)-of-the-nested-service"
      var members = #""\#(state.names.id)":"\#(id)","\#(state.names.secret)":"\#(secret)""#
      switch state.renewal {
      case .refuses: return ("409 Conflict", state.refusal, nil)
      case .creates: members = create(&state)
      case .adds:
        state.former[id] = old
        members = #""\#(state.names.secret)":"\#(secret)""#
        state.clients[id] = secret
      case .replaces, .ends:
        state.clients[id] = secret
        if state.renewal == .ends { state.tokens = state.tokens.filter { $0.value != id } }
      }
      return ("200 OK", #"{"renewed":{\#(members)}}"#, "Cache-Control: no-store")
    case ("DELETE", _) where state.clients[id] != nil:
      state.clients[id] = nil
      state.former[id] = nil
      state.tokens = state.tokens.filter { $0.value != id }
      return ("204 No Content", "", nil)
    default: return ("404 Not Found", "{}", nil)
    }
  }
}

extension NestedService {
  static let environment = ["ADMIN_KEY": NestedService.key]

  /// The options that bind the service.
  func options(_ more: String..., base: String? = nil) -> [String] {
    [
      "init", "mine.yaml", "--base-url", base ?? url, "--token-url", "/oauth/token", "--create",
      "POST /admin/clients", "--manager-header", "Authorization: Bearer ${env.ADMIN_KEY}", "--inbound-url",
      "/v1/acme/orders",
    ] + more
  }
}

extension Workspace {
  /// A folder with one scenario, for a target file that is to be written.
  static func forInit() throws -> Workspace { try Workspace(scenarios: ["passing": RunTests.passing]) }
}
