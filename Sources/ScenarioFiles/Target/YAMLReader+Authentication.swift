// Reads methods of client authentication, and knows the names that other documents have for them.

import ConformanceModel

extension YAMLReader {
  /// The methods that a token endpoint can accept.
  static let declarableNames = ClientAuthentication.declarable.map(\.rawValue).joined(separator: ", ")

  /// A method that a token endpoint accepts.
  func tokenAuthentication() -> ClientAuthentication? {
    guard let text = text("client authentication") else { return nil }
    let known = ClientAuthentication(rawValue: text)
    if let known, ClientAuthentication.declarable.contains(known) { return known }
    let reason =
      known == ClientAuthentication.none
      ? "'none' is not supported: the client credentials grant is for confidential clients (RFC 6749 section 4.4)"
      : known != nil
        ? "'\(text)' is only for the steps of scenarios" : YAMLReader.unknownAuthentication(text)
    let own = YAMLReader.ownName(of: text)
    diagnostic(own == nil ? "\(reason); expected one of: \(YAMLReader.declarableNames)" : reason)
    // what depends on it is judged as if it were right
    return own
  }

  /// A method that a token request of a scenario uses.
  func clientAuthentication() -> ClientAuthentication? {
    guard let text = text("client authentication") else { return nil }
    if let known = ClientAuthentication(rawValue: text) { return known }
    let names = ClientAuthentication.allCases.map(\.rawValue)
    let isKnown = YAMLReader.ownName(of: text) != nil
    diagnostic(YAMLReader.unknownAuthentication(text) + (isKnown ? "" : Suggestion.text(for: text, among: names)))
    return nil
  }

  private static func unknownAuthentication(_ text: String) -> String {
    if let own = ownName(of: text) { return "'\(text)' is called '\(own.rawValue)' here; write \(own.rawValue)" }
    return "unknown client authentication '\(text.prefix(60))'"
  }

  /// What another name, or one in other letter case, is called in this program.
  private static func ownName(of text: String) -> ClientAuthentication? {
    let text = text.lowercased()
    return ownNames[text] ?? ClientAuthentication.declarable.first { $0.rawValue == text }
  }

  /// The names of RFC 7591 section 2, of OpenID Connect Core section 9, of RFC 8705 section 2, and of other tools.
  private static let ownNames: [String: ClientAuthentication] = [
    "client_secret_basic": .basic, "client-secret-basic": .basic, "header": .basic,
    "client_secret_post": .body, "client-secret-post": .body, "post": .body, "form": .body,
    "client_secret_jwt": .clientSecretJWT, "private_key_jwt": .privateKeyJWT,
    "tls_client_auth": .tlsClientAuth, "self_signed_tls_client_auth": .tlsClientAuth,
  ]
}
