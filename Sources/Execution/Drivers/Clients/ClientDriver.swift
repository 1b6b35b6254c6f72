// Client management at a target.

import ConformanceModel
import HTTPModel
import JSONValue

/// What to do with a client, with everything that templates can refer to.
struct ClientRequest: Sendable {
  var operation: ClientManagement
  var connector: Target.Connector
  /// The connector's name and own values.
  var connectorValues: JSON
  /// The name for a new client.
  var name: JSON = .null
  /// The client that is shown, replaced or deleted.
  var client: JSON?
  var unique: JSON = .null
  /// How the case will authenticate the new client at the token endpoint; `nil` leaves it to the target.
  var authentication: ClientAuthentication?
  /// The private key that a new client, or a new set of credentials, is to have.
  var key: ClientKey?
  /// The certificate that a new client, or a new set of credentials, is to have.
  var certificate: MadeCertificate?
  /// Who does it instead of the manager: the word of a `Stranger`, or a bearer token.
  var manager: String?

  /// The values as templates refer to them.
  var values: [String: JSON] {
    var values: [String: JSON] = ["connector": connectorValues, "name": name, "unique": unique]
    var members = client?.object ?? []
    let publicKeys = publicKeys
    // of the new set
    members += publicKeys
    if client != nil || !publicKeys.isEmpty { values["client"] = .object(members) }
    return values
  }
}

extension ClientRequest {
  /// The public key of `key` and the certificate, in the forms that services take.
  var publicKeys: [JSON.Member] {
    var members: [JSON.Member] = []
    if let keySet { members.append(.init("jwks", keySet)) }
    if let key { members.append(.init("public-key", .string(key.publicPEM))) }
    if let certificate { members.append(.init("certificate", .string(certificate.certificate))) }
    return members
  }

  /// The public keys as a JSON Web Key Set (RFC 7517 section 5): that for assertions, and that of the certificate.
  var keySet: JSON? {
    guard let certificate else { return key?.jwks }
    return ["keys": .array((key?.jwks["keys"]?.array ?? []) + [certificate.jwk])]
  }

  /// Gives a new client its key and its certificate, as far as clients of the target have them.
  ///
  /// - Parameter number: Counts the clients of a case.
  mutating func takeKeys(of session: TargetSession, number: Int) throws {
    if session.target.usesPrivateKeys { key = try session.clientKeys.key(number: number) }
    if session.target.makesCertificates { certificate = try session.madeCertificates.certificate(number: number) }
  }
}

/// Sends a request for a driver, counted and rate-limited like all others of its case.
typealias Send = (WireRequest) async throws -> StepResult

/// One way of managing clients.
protocol ClientDriver: Sendable {
  /// Performs the request. A refusal by the target is a result like any other.
  ///
  /// - Throws: `TargetError` or `TransportError` if the target could not be asked.
  func perform(_ request: ClientRequest, send: Send) async throws -> StepResult
}

extension Exchange {
  /// What a driver without HTTP did, in the form of an exchange, so that the log shows it like one.
  static func performed(_ what: String, _ input: JSON, _ output: [UInt8], seconds: Double) -> Exchange {
    Exchange(
      request: WireRequest(method: "RUN", url: what, body: input.compactBytes),
      response: WireResponse(status: 200, version: "", body: output), timings: Timings(total: seconds))
  }
}
