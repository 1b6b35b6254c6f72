import ConformanceModel
import Foundation
import JSONValue
import TestSupport
import Testing

/// A registration endpoint (RFC 7591, RFC 7592) with secrets that expire after 30 days.
final class RegistrationService: Sendable {
  enum Defect: String, CaseIterable {
    case none, secretsNeverEnd, clientsChooseSecrets, clientsChooseIDs, namesAreLost, namesAreForgotten
  }

  private struct State {
    var now = 1_658_311_388
    var clients: [String: (secret: String, expiry: Int)] = [:]
    var names: [String: JSON] = [:]
  }

  private let server: RawServer

  init(_ defect: Defect) throws {
    let state = Locked(State())
    server = try RawServer { request, connection in
      let (status, body) = state.withLock { RegistrationService.respond(to: request, &$0, defect) }
      connection.respond("HTTP/1.1 \(status)", body.compact)
    }
  }

  var target: String {
    """
    target: A registration endpoint
    base-url: \(server.url)
    token: { url: /token, client-authentication: body }
    connectors:
      only: { inbound-url: /in, payloads: { valid: { json: { id: "${unique}" } } } }
    clients:
      rfc7591: { url: /register, managed: true }
    clock:
      driver: http
      read: { request: GET /clock, answer: { now: /now } }
      advance: { request: PUT /clock, json: { now: "${epoch}" } }
    """
  }

  private static func respond(to request: RawRequest, _ state: inout State, _ defect: Defect) -> (String, JSON) {
    let words = request.head.split(separator: " ")
    let json = try? JSON(parsing: request.body)
    switch words[1].split(separator: "/").first {
    case "clock":
      state.now = json?["now"]?.int ?? state.now
      return ("200 OK", ["now": .int(state.now)])
    case "register":
      guard let id = words[1].split(separator: "/").dropFirst().first.map(String.init) else {
        return register(json, of: request, &state, defect)
      }
      if words[0] == "GET" {
        let name = defect == .namesAreForgotten ? nil : state.names[id]
        return ("200 OK", ["client_id": .string(id), "client_name": name ?? "a client"])
      }
      guard words[0] == "PUT", let client = state.clients[id], let json else { return ("204 No Content", [:]) }
      if defect == .clientsChooseSecrets, let secret = json["client_secret"]?.string {
        state.clients[id]?.secret = secret
      } else if defect == .clientsChooseIDs, let other = json["client_id"]?.string {
        state.clients[other] = client
      } else if json["client_id"]?.string != id || json["client_secret"] != nil {
        return ("400 Bad Request", ["error": "invalid_client_metadata"])
      }
      return ("200 OK", ["client_id": .string(id)])
    default: return token(request, state, defect)
    }
  }

  private static func register(
    _ json: JSON?, of request: RawRequest, _ state: inout State, _ defect: Defect
  ) -> (String, JSON) {
    let id = "client-\(state.clients.count + 1)", secret = "a-secret-0815-of-\(id)"
    let host = request.head.split(separator: "\r\n").first { $0.hasPrefix("Host: ") }?.dropFirst(6) ?? ""
    state.clients[id] = (secret, state.now + 30 * 86_400)
    state.names[id] = defect == .namesAreLost ? nil : json?["client_name"]
    return (
      "201 Created",
      [
        "client_id": .string(id), "client_secret": .string(secret), "client_name": state.names[id] ?? "a client",
        "client_secret_expires_at": .int(state.now + 30 * 86_400),
        "registration_access_token": .string("a-token-4711-for-\(id)"),
        "registration_client_uri": .string("http://\(host)/register/\(id)"),
      ]
    )
  }

  private static func token(_ request: RawRequest, _ state: State, _ defect: Defect) -> (String, JSON) {
    var components = URLComponents()
    components.percentEncodedQuery = String(decoding: request.body, as: UTF8.self)
    let form = components.queryItems ?? []
    func value(_ name: String) -> String { form.first { $0.name == name }?.value ?? "" }
    guard let client = state.clients[value("client_id")], client.secret == value("client_secret"),
      defect == .secretsNeverEnd || state.now < client.expiry
    else { return ("400 Bad Request", ["error": "invalid_client"]) }
    let token = "a-token-that-is-long-enough-\(request.connection)-\(request.number)"
    return ("200 OK", ["access_token": .string(token), "token_type": "Bearer", "expires_in": 86_400])
  }
}

@Suite("The scenarios about registered clients")
struct RegistrationScenarioTests {
  @Test(
    "pass at a service that does as the RFCs say, and fail for each defect",
    arguments: RegistrationService.Defect.allCases)
  func defect(_ defect: RegistrationService.Defect) throws {
    let service = try RegistrationService(defect)
    let workspace = try Workspace()
    try workspace.write(service.target, to: "target.yaml")
    let scenarios = ["registered-secrets-expire", "updates-choose-no-secret", "registration-keeps-the-name"]
    let outcome = try workspace.conform(
      ["run", Workspace.repository.appending(path: "Scenarios").path, "--target", "target.yaml"]
        + scenarios.flatMap { ["--only", $0] })
    let failed = scenarios.filter {
      outcome.output.contains("FAILED \($0)")
    }
    switch defect {
    case .none: #expect(failed == [], "\(outcome.output)\(outcome.errors)")
    case .secretsNeverEnd: #expect(failed == ["registered-secrets-expire"], "\(outcome.output)")
    case .clientsChooseSecrets, .clientsChooseIDs: #expect(failed == ["updates-choose-no-secret"], "\(outcome.output)")
    case .namesAreLost, .namesAreForgotten:
      #expect(failed == ["registration-keeps-the-name"], "\(outcome.output)")
    }
    #expect(!outcome.output.contains("ERRORED"), "\(outcome.output)")
    #expect(!outcome.output.contains("skipped: needs"), "\(outcome.output)")
  }
}
