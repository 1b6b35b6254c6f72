// A service that issues tokens and takes payloads, small enough to be bent to what a test needs; its time is the machine's.

import ConformanceModel
import Foundation
import JSONValue
import TestSupport

final class SmallService: Sendable {
  struct State {
    var secrets: [String: String] = [:]
    var names: [String] = []
    var tokens: [String: Date] = [:]
    var count = 0
    /// How many token requests still get a 429.
    var tooMany = 0
    /// Payloads get a 500.
    var failsPosts = false
    /// Called with each whole request before its response.
    var hook: (@Sendable (RawRequest) -> Void)?
  }

  let state: Locked<State>
  private let server: RawServer

  var url: String { server.url }
  var requests: [String] { server.requests.map(\.text) }
  /// Ids of the clients that are there.
  var clients: [String] { state.withLock { $0.secrets.keys.sorted() } }

  /// - Parameter lifetime: Seconds for which a token is good.
  init(lifetime: Double = 86_400, state initial: State = State()) throws {
    let state = Locked(initial)
    self.state = state
    server = try RawServer { request, connection in
      state.withLock { $0.hook }?(request)
      let answer = state.withLock { SmallService.answer(request, &$0, lifetime) }
      connection.send(
        "HTTP/1.1 \(answer.status)\r\n\(answer.fields.map { "\($0)\r\n" }.joined())Content-Type: application/json\r\nContent-Length: \(answer.body.utf8.count)\r\n\r\n\(answer.body)"
      )
    }
  }

  /// From now on each token request signals its arrival, and gets its response when it is released.
  func holdTokenRequests() -> (reached: DispatchSemaphore, released: DispatchSemaphore) {
    let (reached, released) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    state.withLock {
      $0.hook = { request in
        guard request.head.hasPrefix("POST /token") else { return }
        reached.signal()
        released.wait()
      }
    }
    return (reached, released)
  }

  private struct StepResult {
    var status: String
    var body = "{}"
    var fields: [String] = []
  }

  private static func answer(_ request: RawRequest, _ state: inout State, _ lifetime: Double) -> StepResult {
    let words = request.head.split(separator: " ", maxSplits: 2).map(String.init)
    let (method, target) = (words[0], words[1])
    let parts = target.split(separator: "?")[0].split(separator: "/").map(String.init)
    let body = String(decoding: request.body, as: UTF8.self)
    let authorization =
      request.head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("authorization: ") }.map {
        String($0.dropFirst(15))
      } ?? ""
    state.count += 1
    switch (method, parts.first ?? "") {
    case ("PUT", "clients"):
      guard let secret = (try? JSON(parsing: body))?["key"]?.string else {
        return StepResult(status: "400 Bad Request")
      }
      state.secrets[parts[1]] = secret
      return StepResult(status: "204 No Content", body: "")
    case ("POST", "clients"), ("POST", "register"):
      let id = "client-\(state.count)", secret = "secret-\(state.count)-of-the-small-service"
      state.secrets[id] = secret
      let given = try? JSON(parsing: body)
      state.names.append((given?["client_name"] ?? given?["name"])?.string ?? "")
      if parts[0] == "clients" {
        return StepResult(status: "201 Created", body: #"{"id":"\#(id)","secret":"\#(secret)"}"#)
      }
      return StepResult(
        status: "201 Created",
        body:
          #"{"client_id":"\#(id)","client_secret":"\#(secret)","registration_client_uri":"/register/\#(id)","registration_access_token":"manage-\#(id)-alone"}"#
      )
    case ("DELETE", "clients"), ("DELETE", "register"):
      guard parts[0] == "clients" || authorization == "Bearer manage-\(parts[1])-alone" else {
        return StepResult(status: "401 Unauthorized")
      }
      return StepResult(
        status: state.secrets.removeValue(forKey: parts[1]) == nil ? "404 Not Found" : "204 No Content", body: "")
    case ("POST", "token"), ("GET", "token"):
      if state.tooMany > 0 {
        state.tooMany -= 1
        return StepResult(status: "429 Too Many Requests", fields: ["Retry-After: 0"])
      }
      let isKnown = state.secrets.contains { id, secret in
        authorization == "Basic \(Base64.encode(Array("\(id):\(secret)".utf8)))"
          || (target + "&" + body + "&").contains("client_id=\(id)&client_secret=\(secret)&")
      }
      guard isKnown else {
        return StepResult(
          status: "401 Unauthorized", body: #"{"error":"invalid_client"}"#,
          fields: [#"WWW-Authenticate: Basic realm="small""#])
      }
      let token = "token-\(state.count)-of-the-small-service"
      state.tokens[token] = Date(timeIntervalSinceNow: lifetime)
      return StepResult(
        status: "200 OK", body: #"{"access_token":"\#(token)","token_type":"Bearer","expires_in":\#(Int(lifetime))}"#)
    case ("POST", "in"):
      if state.failsPosts { return StepResult(status: "500 Internal Server Error") }
      let isGood = state.tokens.contains { authorization == "Bearer \($0)" && Date() < $1 }
      if isGood { return StepResult(status: "201 Created") }
      return StepResult(
        status: "401 Unauthorized", fields: [#"WWW-Authenticate: Bearer realm="small", error="invalid_token""#])
    default: return StepResult(status: method == "GET" ? "200 OK" : "404 Not Found")
    }
  }

  /// A target file for it; `parts` are further keys.
  func target(token: String = "{ url: /token, client-authentication: [basic, body] }", _ parts: String) -> String {
    """
    target: A small service
    base-url: \(url)
    token: \(token)
    connectors:
      only: { inbound-url: /in, payloads: { valid: { json: { id: "${unique}" } } } }
    \(parts)
    """
  }

  /// Clients by requests, which can be deleted again.
  static let managed = """
    clients:
      create: { request: POST /clients, json: { name: "${name}" }, answer: { id: /id, secret: /secret } }
      delete: { request: "DELETE /clients/${client.id}" }
    """
}
