// Reads methods of client authentication, and knows the names that other documents have for them.

import ConformanceModel

extension YAMLReader {
  /// A method that a token endpoint accepts: basic or body, or basic-raw if it does not form-decode.
  func tokenAuthentication() -> ClientAuthentication? {
    guard let text = text("client authentication") else { return nil }
    let known = ClientAuthentication(rawValue: text)
    if known == .basic || known == .body || known == .basicRaw { return known }
    let reason =
      known == ClientAuthentication.none
      ? "'none' is not supported: the client credentials grant is for clients with a secret (RFC 6749 section 4.4)"
      : known != nil
        ? "'\(text)' is only for the steps of scenarios" : YAMLReader.unknownAuthentication(text)
    diagnostic(YAMLReader.ownName(of: text) == nil ? "\(reason); expected basic or body" : reason)
    return nil
  }

  /// A method that a token request of a scenario uses.
  func clientAuthentication() -> ClientAuthentication? {
    guard let text = text("client authentication") else { return nil }
    if let known = ClientAuthentication(rawValue: text) { return known }
    let names = ClientAuthentication.allCases.map(\.rawValue)
    let isKnown = YAMLReader.ownName(of: text) != nil || YAMLReader.withoutSecret.contains(text)
    diagnostic(YAMLReader.unknownAuthentication(text) + (isKnown ? "" : Suggestion.text(for: text, among: names)))
    return nil
  }

  private static func unknownAuthentication(_ text: String) -> String {
    if let own = ownName(of: text) { return "'\(text)' is called '\(own.rawValue)' here; write \(own.rawValue)" }
    if withoutSecret.contains(text) {
      return "'\(text)' is not supported: conform authenticates clients by an id and a secret"
    }
    return "unknown client authentication '\(text.prefix(60))'"
  }

  /// What another name, or one in other letter case, is called in this program.
  private static func ownName(of text: String) -> ClientAuthentication? {
    let text = text.lowercased()
    return ownNames[text] ?? [.basic, .body].first { $0.rawValue == text }
  }

  /// The names of RFC 7591 section 2, and of other tools.
  private static let ownNames: [String: ClientAuthentication] = [
    "client_secret_basic": .basic, "client-secret-basic": .basic, "header": .basic,
    "client_secret_post": .body, "client-secret-post": .body, "post": .body, "form": .body,
  ]

  /// The methods of OpenID Connect Core section 9 and of RFC 8705 section 2.
  private static let withoutSecret: Set = [
    "private_key_jwt", "client_secret_jwt", "tls_client_auth", "self_signed_tls_client_auth",
  ]
}
