// Authenticates clients by JSON Web Tokens (RFC 7523 section 2.2), changed as a scenario says.

import ConformanceModel
import JSONValue

extension CaseRunner {
  /// The form parameters that authenticate a client by an assertion.
  ///
  /// - Parameters:
  ///   - way: `client-secret-jwt` or `private-key-jwt`.
  ///   - audience: The URL of the token endpoint.
  /// - Throws: `NotApplicable` if the client has no private key.
  func assertionParameters(
    _ operation: TokenRequest, by way: ClientAuthentication, _ client: JSON?, id: String, secret: String,
    audience: String, _ values: [String: JSON]
  ) throws -> [(String, String)] {
    let edits = operation.assertion ?? AssertionEdits()
    let signer = try AssertionSigner(
      way, edits.signature, client, secret: secret, session.target.token.assertions, session.clientKeys)
    var assertion = try ClientAssertion(
      of: id, signer, audience: audience, now: environment.timeline.now, session, values)
    for member in edits.header { assertion.header.set(member.name, try scope.fill(member.value)) }
    for member in edits.claims { assertion.claims.set(member.name, try scope.fill(member.value)) }
    let token = try assertion.signed()
    scope.registerEncoding(token, as: CaseScope.label("\(operation.client ?? "client")_assertion"))
    return ClientAssertion.parameters(token)
  }
}

extension [JSON.Member] {
  /// Adds or replaces a member; null removes it.
  fileprivate mutating func set(_ name: String, _ value: JSON) {
    removeAll { $0.name == name }
    if value != .null { append(.init(name, value)) }
  }
}
