// A service whose clients authenticate by assertions alone; its time is what the test says.

import ConformanceModel
import Cryptography
import Foundation
import JSONValue
import TestSupport

final class AssertionService: Sendable {
  struct State {
    /// What verifies the assertions of each client.
    var clients: [String: Verifier] = [:]
    var assertions: [String] = []
    var tokens: Set<String> = []
    /// The identifiers of assertions that got a token.
    var used: Set<String> = []
  }

  enum Verifier {
    case key(VerifyingKey)
    case secret(String)

    func verifies(_ token: JSONWebSignature) -> Bool {
      guard let algorithm = token.header["alg"]?.string.flatMap(SignatureAlgorithm.init) else { return false }
      return switch self {
      case .key(let key): key.verifies(token.signature, of: token.signingInput, by: algorithm)
      case .secret(let secret):
        HMACSignature.verifies(token.signature, of: token.signingInput, key: Array(secret.utf8), by: algorithm)
      }
    }
  }

  static let now: Int64 = 1_658_311_388
  static let audience = "https://login.example.com/"

  let state: Locked<State>
  private let server: RawServer

  var url: String { server.url }
  /// The assertions that it got, parsed.
  var assertions: [JSONWebSignature] { state.withLock { $0.assertions }.compactMap(JSONWebSignature.init) }

  /// - Parameter isIssuer: Whether it publishes metadata, and takes its own URL alone as audience and a minute as
  ///   lifetime.
  init(clients: [String: Verifier] = [:], isIssuer: Bool = false) throws {
    let state = Locked(State(clients: clients))
    self.state = state
    server = try RawServer { request, connection in
      let host = request.head.firstMatch(of: /\r\nHost: ([^\r]*)/)?.1 ?? ""
      let issuer = isIssuer ? "http://\(host)" : nil
      let (status, body) = state.withLock { AssertionService.respond(to: request, issuer, &$0) }
      connection.respond("HTTP/1.1 \(status)", body.compact)
    }
  }

  private static func respond(to request: RawRequest, _ issuer: String?, _ state: inout State) -> (String, JSON) {
    let path = request.head.split(separator: " ")[1]
    switch path {
    case "/.well-known/oauth-authorization-server":
      guard let issuer else { return ("404 Not Found", [:]) }
      return (
        "200 OK",
        [
          "issuer": .string(issuer), "token_endpoint": .string("\(issuer)/token"),
          "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        ]
      )
    case "/clients":
      guard let json = try? JSON(parsing: request.body), let jwk = json["jwks"]?["keys"]?.array?.first,
        let key = VerifyingKey(jwk: jwk), jwk["d"] == nil
      else { return ("400 Bad Request", [:]) }
      let id = "client-\(state.clients.count + 1)"
      state.clients[id] = .key(key)
      return ("201 Created", ["id": .string(id)])
    case "/token":
      guard let client = client(of: request, issuer, &state) else {
        return ("401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"none\"", ["error": "invalid_client"])
      }
      let token = "token-\(state.tokens.count + 1)-of-\(client)-0a8b"
      state.tokens.insert(token)
      return ("200 OK", ["access_token": .string(token), "token_type": "Bearer", "expires_in": 60])
    case "/in":
      let isValid = state.tokens.contains { request.head.contains("Authorization: Bearer \($0)\r\n") }
      return (isValid ? "201 Created" : "401 Unauthorized\r\nWWW-Authenticate: Bearer", [:])
    default: return ("200 OK\r\nDate: Wed, 20 Jul 2022 10:03:08 GMT", [:])
    }
  }

  private static func client(of request: RawRequest, _ issuer: String?, _ state: inout State) -> String? {
    let pairs = String(decoding: request.body, as: UTF8.self).split(separator: "&").map { $0.split(separator: "=") }
    let form = Dictionary(
      pairs.map { (String($0[0]), String($0.last ?? "").removingPercentEncoding ?? "") }, uniquingKeysWith: { $1 })
    guard form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      let text = form["client_assertion"]
    else { return nil }
    state.assertions.append(text)
    guard let token = JSONWebSignature(parsing: text), let claims = try? JSON(parsing: token.payload),
      let id = claims["sub"]?.string, claims["iss"]?.string == id, claims["aud"]?.string == issuer ?? audience,
      claims["iat"]?.int == Int(now), claims["exp"]?.int == Int(now) + (issuer == nil ? 45 : 60),
      let jti = claims["jti"]?.string,
      state.clients[id]?.verifies(token) == true, state.used.insert(jti).inserted
    else { return nil }
    return id
  }

  /// A target file for it.
  func target(ways: String, assertion: String = "", clients: String) -> String {
    """
    target: A service that takes assertions
    base-url: \(url)
    token:
      url: /token
      client-authentication: \(ways)
      assertion: { audience: '\(AssertionService.audience)', lifetime: 45s\(assertion) }
    connectors:
      only: { inbound-url: /in, payloads: { valid: { json: { id: "${unique}" } } } }
    clients:
      \(clients)
    """
  }
}
