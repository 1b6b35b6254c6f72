// Single requests of a target file, outside of any run: a file that is being written is tried part by part.

public import ConformanceModel
public import HTTPModel
public import JSONValue
import Redaction

/// Tries the parts of a target file, each by one request, as a run would send it.
///
/// The responses are those of the wire: they contain secrets, and their caller must mask what it shows.
public struct TargetTrial: Sendable {
  private let session: TargetSession
  private let connector: Target.Connector
  private let unique = RandomText.identifier()

  /// Those of a client.
  public struct Credentials: Sendable {
    public var id: String
    /// `nil` if it has none.
    public var secret: String?
    /// Its private key in PEM; `nil` if it has none.
    public var key: String?
    public var keyID: String?

    public init(id: String, secret: String?, key: String? = nil, keyID: String? = nil) {
      self.id = id
      self.secret = secret
      self.key = key
      self.keyID = keyID
    }
  }

  /// What came of an operation of client management.
  public struct ClientResult: Sendable {
    /// `RUN` is the method of what no request did: a program or a person.
    public var exchange: Exchange
    /// What later operations need, if the response has it: `id`, `name`, `secret`, and the `registration` of RFC 7592;
    /// `key` and `kid` are of the key that was registered.
    public var client: JSON?
    /// The listed ids.
    public var ids: [String]?
    /// Whether the status means success.
    public var isSuccess: Bool
  }

  /// - Throws: `TargetError` if the target has no connector.
  public init(_ session: TargetSession) throws(TargetError) {
    guard let connector = session.target.connectors.first else { throw TargetError("the target has no connector") }
    self.session = session
    self.connector = connector
  }

  /// The clock driver that the target file names; `nil` if there is none, or the launched program has its own.
  public var clock: (any ClockDriver)? { session.drivers.makeClockDriver() }

  /// Whether anything responds at the base URL.
  public func reach() async throws -> WireResponse { try await send(WireRequest(url: session.baseURL + "/")) }

  /// Requests a token by the client credentials grant (RFC 6749 section 4.4.2).
  ///
  /// - Parameter credentials: `nil` sends none, which the endpoint has to refuse.
  public func requestToken(_ credentials: Credentials?, by authentication: ClientAuthentication) async throws
    -> WireResponse
  {
    let binding = session.target.token
    let values = try values
    var request = WireRequest(method: binding.method, url: try session.templates.url(binding.url, values))
    for header in binding.headers {
      request.headers.append(HeaderField(header.name, try session.templates.resolve(header.value, values).plainText))
    }
    var parameters: [(String, String)] = [("grant_type", "client_credentials")]
    for parameter in binding.parameters {
      parameters.append((parameter.name, try session.templates.resolve(parameter.value, values).plainText))
    }
    return try await send(try await form(request, parameters, credentials, by: authentication))
  }

  /// Posts a token to an endpoint that takes one from its client: introspection (RFC 7662 section 2.1) or revocation
  /// (RFC 7009 section 2.1).
  ///
  /// - Returns: `nil` if the target has no such endpoint.
  public func post(
    _ token: String, to endpoint: Target.Endpoint, _ credentials: Credentials,
    by authentication: ClientAuthentication
  ) async throws -> WireResponse? {
    guard let url = session.target.endpoints[endpoint] else { return nil }
    let request = WireRequest(method: "POST", url: try session.templates.url(url, try values))
    return try await send(try await form(request, [("token", token)], credentials, by: authentication))
  }

  /// A form with the credentials of a client.
  private func form(
    _ request: WireRequest, _ parameters: [(String, String)], _ credentials: Credentials?,
    by authentication: ClientAuthentication
  ) async throws -> WireRequest {
    var request = request
    var parameters = parameters
    if let credentials {
      let secret = credentials.secret ?? ""
      switch authentication {
      case .body: parameters += [("client_id", credentials.id), ("client_secret", secret)]
      case .clientSecretJWT, .privateKeyJWT: parameters += try await assertion(of: credentials, by: authentication)
      // the connection has the certificate
      case .tlsClientAuth: parameters.append(("client_id", credentials.id))
      default:
        let basic = BasicCredentials.encode(credentials.id, secret)
        request.headers.append(HeaderField("Authorization", "Basic \(basic)"))
      }
    }
    request.headers.append(HeaderField("Content-Type", "application/x-www-form-urlencoded"))
    request.body = Array(FormEncoding.encode(parameters).utf8)
    return request
  }

  private func assertion(
    of credentials: Credentials, by way: ClientAuthentication
  ) async throws -> [(String, String)] {
    let members = [("key", credentials.key), ("kid", credentials.keyID)].compactMap { name, value in
      value.map { JSON.Member(name, .string($0)) }
    }
    let signer = try AssertionSigner(
      way, .own, .object(members), secret: credentials.secret ?? "", session.target.token.assertions, session.clientKeys
    )
    // the clock of the service decides whether it is valid
    let date = try await reach().headers.first("Date").flatMap { SimulatedInstant(httpDate: $0) }
    let assertion = try ClientAssertion(
      of: credentials.id, signer, audience: try session.templates.url(session.target.token.url, try values),
      now: date ?? WallClock.now, session, try values)
    let token = try assertion.signed()
    session.redactor.register(token, as: "CLIENT_ASSERTION")
    return ClientAssertion.parameters(token)
  }

  /// Posts the payload `valid`.
  ///
  /// - Parameter token: `nil` sends an empty JSON object without a token, which the inbound URL has to refuse.
  public func postPayload(token: String?) async throws -> WireResponse {
    let values = try values
    var request = WireRequest(method: "POST", url: try session.templates.url(connector.inboundURL, values))
    guard let token, let sample = connector.payloads.first(where: { $0.name == "valid" }) else {
      request.headers.append(HeaderField("Content-Type", "application/json"))
      request.body = Array("{}".utf8)
      return try await send(request)
    }
    let bearer = session.target.token.bearer
    request.headers.append(
      HeaderField(bearer.name, try session.templates.resolve(bearer.value, ["token": .string(token)]).plainText))
    let (content, type) = try session.content(of: sample, connector, unique: .string(unique))
    if let type { request.headers.append(HeaderField("Content-Type", type)) }
    request.body = content
    return try await send(request)
  }

  /// Performs an operation of client management.
  ///
  /// - Parameter client: The result of `create`, for operations on one client.
  /// - Throws: `TargetError`, `TransportError` or `UnresolvedReference` if it cannot be performed.
  public func perform(_ operation: ClientManagement, on client: JSON? = nil) async throws -> ClientResult {
    guard let driver = session.drivers.clientDriver else { throw TargetError(operation.capability.missingReason) }
    let name = client?["name"] ?? .string("conform-init-\(unique)")
    var request = ClientRequest(
      operation: operation, connector: connector, connectorValues: try session.templates.values(of: connector),
      name: name, client: client, unique: .string(unique))
    if operation == .create { try request.takeKeys(of: session, number: 0) }
    let transport = session.transport
    let result = try await driver.perform(request) { StepResult(try await transport.send($0)) }
    var made: JSON?
    if let client = result.made {
      made = ["id": .string(client.id), "name": name]
      if let secret = client.secret {
        session.redactor.register(secret, as: "CLIENT_SECRET")
        made = made?.with("secret", .string(secret))
      }
      if let key = request.key {
        made = made?.with("key", .string(key.pem)).with("kid", .string(key.id))
      }
      if let registration = client.registration { made = made?.with("registration", registration) }
    }
    return ClientResult(
      exchange: result.exchange, client: made, ids: result.ids, isSuccess: result.statusMeansSuccess)
  }

  private var values: [String: JSON] {
    get throws { ["connector": try session.templates.values(of: connector), "unique": .string(unique)] }
  }

  private func send(_ request: WireRequest) async throws -> WireResponse {
    try await session.transport.send(request).response
  }
}

extension JSON {
  /// The object with a further member.
  fileprivate func with(_ name: String, _ value: JSON) -> JSON { .object((object ?? []) + [.init(name, value)]) }
}
