// Dynamic client registration (RFC 7591) and its management protocol (RFC 7592).

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents

struct RegistrationDriver: ClientDriver {
  let registration: Target.Registration
  let templates: TemplateResolver
  /// Precedes registrations.
  let login: Login?
  /// How clients authenticate at the token endpoint if the request does not say it.
  let authentication: ClientAuthentication

  func perform(_ request: ClientRequest, send: Send) async throws -> StepResult {
    switch request.operation {
    case .create: return try await register(request, send)
    case .show: return try await send(try configurationRequest("GET", request))
    case .delete: return try await send(try configurationRequest("DELETE", request))
    case .list, .replace: throw TargetError(request.operation.capability.missingReason)
    }
  }

  private func register(_ request: ClientRequest, _ send: Send) async throws -> StepResult {
    let metadata = try metadata(request)
    let requests = try await SessionRequests(login) { [self] own in
      try registrationRequest(request.values.merging(own) { $1 }, metadata)
    }
    var result = try await requests.send(requests.first, by: send)
    // RFC 7591 section 3.2.1
    result.successStatuses = [201]
    guard let body = result.body else {
      result.missingReason = "the response is not JSON"
      return result
    }
    // the server may replace what was asked for (RFC 7591 section 3.2.1)
    let method = body["token_endpoint_auth_method"]?.string ?? metadata["token_endpoint_auth_method"]?.string
    let way = method.flatMap { ClientAuthentication(registeredName: $0) }
    guard let id = body["client_id"]?.string, body["client_secret"]?.string != nil || way?.usesSecret == false else {
      result.missingReason = "the response has no \(body["client_id"] == nil ? "client_id" : "client_secret")"
      return result
    }
    result.made = CreatedClient(
      id: id, secret: body["client_secret"]?.string, registration: managementKeys(of: body), authentication: way)
    return result
  }

  private func registrationRequest(_ values: [String: JSON], _ metadata: JSON) throws -> WireRequest {
    var wire = WireRequest(method: "POST", url: try templates.url(registration.url, values))
    if let token = registration.initialAccessToken {
      wire.headers.append(HeaderField("Authorization", "Bearer \(try templates.resolve(token, values).plainText)"))
    }
    wire.headers.append(HeaderField("Content-Type", "application/json"))
    for header in registration.headers {
      wire.headers.append(HeaderField(header.name, try templates.resolve(header.value, values).plainText))
    }
    wire.body = metadata.compactBytes
    return wire
  }

  /// RFC 7591 section 2: the metadata of a client of this grant, with that of the target file.
  private func metadata(_ request: ClientRequest) throws -> JSON {
    let way = request.authentication ?? authentication
    var members: [JSON.Member] = [
      .init("client_name", request.name), .init("grant_types", ["client_credentials"]),
      .init("token_endpoint_auth_method", .string(way.registeredName ?? "client_secret_basic")),
    ]
    if way == .privateKeyJWT, let key = request.key { members.append(.init("jwks", key.jwks)) }
    if way == .tlsClientAuth, let certificate = request.certificate {
      // a certificate that no authority signed (RFC 8705 section 2.2)
      members.removeAll { $0.name == "token_endpoint_auth_method" }
      members.append(.init("token_endpoint_auth_method", "self_signed_tls_client_auth"))
      members.append(.init("jwks", ["keys": [certificate.jwk]]))
    }
    for member in registration.metadata {
      members.removeAll { $0.name == member.name }
      members.append(.init(member.name, try templates.resolve(member.value, request.values)))
    }
    return .object(members.filter { $0.value != .null })
  }

  /// RFC 7592 section 3: the URL at which a client is managed, and the token for that.
  private func managementKeys(of body: JSON) -> JSON? {
    guard let url = body["registration_client_uri"], let token = body["registration_access_token"] else { return nil }
    return ["url": url, "token": token]
  }

  private func configurationRequest(_ method: String, _ request: ClientRequest) throws -> WireRequest {
    guard let keys = request.client?["registration"], let url = keys["url"]?.string, let token = keys["token"]?.string
    else {
      throw TargetError(
        "the client cannot be managed: its registration response had no registration_client_uri and "
          + "registration_access_token (RFC 7592 section 3)",
        kind: .protocol)
    }
    guard !url.split(separator: "?")[0].split(separator: "/").contains(where: { $0 == "." || $0 == ".." }) else {
      throw TargetError(
        "the client is not managed: its registration_client_uri has a segment '.' or '..', which leads to another "
          + "resource (RFC 3986 section 5.2.4)",
        kind: .protocol)
    }
    return WireRequest(
      method: method, url: templates.absolute(url), headers: [HeaderField("Authorization", "Bearer \(token)")])
  }
}
