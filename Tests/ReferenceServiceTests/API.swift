// The service as tests use it: the requests that most tests need.

import ConformanceModel
import HTTPModel
import JSONValue
import ReferenceService
import Testing

/// Runs a service for one test, without a socket.
func withService(
  _ change: (inout ReferenceServiceConfiguration) -> Void = { _ in }, _ body: (API) async throws -> Void
) async throws {
  var configuration = ReferenceServiceConfiguration()
  change(&configuration)
  let transport = InProcessTransport(configuration)
  try await body(API(port: 0, url: transport.url, managerKey: transport.managerKey, transport: transport))
}

/// Runs a service for one test that accepts connections.
func withListeningService(
  _ change: (inout ReferenceServiceConfiguration) -> Void = { _ in }, _ body: (API) async throws -> Void
) async throws {
  var configuration = ReferenceServiceConfiguration()
  change(&configuration)
  try await withReferenceService(configuration) { service in
    let digits = try #require(service.url.split(separator: ":").last)
    let port = try #require(UInt16(digits))
    try await body(API(port: port, url: service.url, managerKey: service.managerKey, transport: nil))
  }
}

/// The credentials of a client.
struct Credentials: Sendable {
  var id: String
  var secret: String

  var basic: String {
    "Basic " + Base64.encode(Array("\(FormEncoding.encode(id)):\(FormEncoding.encode(secret))".utf8))
  }
  var form: String { FormEncoding.encode([("client_id", id), ("client_secret", secret)]) }
}

struct API: Sendable {
  static let order = #"{"id": "A-1", "lines": [{"sku": "S"}]}"#
  static let product = #"{"sku": "S", "price": 9.5}"#
  static let form = ["Content-Type: application/x-www-form-urlencoded"]
  static let grant = "grant_type=client_credentials"

  /// 0 without a socket.
  let port: UInt16
  let url: String
  let managerKey: String
  /// `nil` if requests go over a socket.
  let transport: InProcessTransport?

  /// Sends one request on its own connection. Header lines are sent as given.
  func send(_ method: String, _ path: String, _ headers: [String] = [], _ body: [UInt8]? = nil) async throws -> Response
  {
    if let transport { return try await send(method, path, headers, body, by: transport) }
    var lines = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: close"] + headers
    if let body { lines.append("Content-Length: \(body.count)") }
    let head = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    return try await WireClient.send([head + (body ?? [])], port: port, isHead: method == "HEAD")[0]
  }

  private func send(
    _ method: String, _ path: String, _ headers: [String], _ body: [UInt8]?, by transport: InProcessTransport
  ) async throws -> Response {
    let fields = headers.map { line in
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      return HeaderField(String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
    }
    let request = WireRequest(method: method, url: url + path, headers: fields, body: body)
    let response = try await transport.send(request).response
    return Response(
      interim: response.interim, status: response.status, headers: response.headers, body: response.body)
  }

  func send(_ method: String, _ path: String, _ headers: [String] = [], text: String) async throws -> Response {
    try await send(method, path, headers, Array(text.utf8))
  }

  /// Sends a request with the manager key.
  func manage(_ method: String, _ path: String, _ json: String? = nil) async throws -> Response {
    try await send(
      method, path, ["Authorization: Bearer \(managerKey)", "Content-Type: application/json"],
      json.map { Array($0.utf8) })
  }

  func makeClient(_ connector: String = "orders", name: String = "nightly") async throws -> Credentials {
    let response = try await manage(
      "POST", "/connectors/\(connector)/clients", JSON.object([.init("name", .string(name))]).compact)
    try #require(response.status == 201)
    return Credentials(
      id: try #require(response["client_id"]?.string), secret: try #require(response["client_secret"]?.string))
  }

  /// A request to a token endpoint with this body.
  func requestToken(_ headers: [String], _ body: String = API.grant, at connector: String = "orders") async throws
    -> Response
  {
    try await send("POST", "/connectors/\(connector)/oauth/token", API.form + headers, text: body)
  }

  func token(_ client: Credentials, _ connector: String = "orders") async throws -> String {
    let response = try await requestToken(["Authorization: \(client.basic)"], at: connector)
    try #require(response.status == 200)
    return try #require(response["access_token"]?.string)
  }

  func token(_ connector: String = "orders") async throws -> String {
    try await token(try await makeClient(connector), connector)
  }

  func post(
    _ token: String, _ payload: String = API.order, to service: String = "acme/orders",
    type: String = "application/json"
  ) async throws -> Response {
    try await send(
      "POST", "/v1/\(service)", ["Authorization: Bearer \(token)", "Content-Type: \(type)"], text: payload)
  }

  func setClock(_ instant: String) async throws -> Response {
    try await send("PUT", "/control/clock", text: "{\"now\": \"\(instant)\"}")
  }

  /// Seconds after the documented instant of issue.
  func setClock(after seconds: Int64) async throws {
    let response = try await setClock(
      SimulatedInstant(seconds: SimulatedInstant.documented.seconds + seconds).description)
    try #require(response.status == 200)
  }

  func inbox(_ connector: String = "orders") async throws -> [JSON] {
    try #require(try await send("GET", "/control/inbox/\(connector)")["payloads"]?.array)
  }
}
