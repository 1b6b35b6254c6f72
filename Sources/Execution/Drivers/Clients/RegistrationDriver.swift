// Dynamic client registration (RFC 7591) and its management (RFC 7592).

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents

struct RegistrationDriver: ClientDriver {
  let registration: Target.Registration
  let session: TargetSession

  func perform(_ order: ClientRequest, send: Send) async throws -> StepResult {
    switch order.operation {
    case .create: return try await register(order, send)
    case .show: return try await send(try configuration("GET", order))
    case .delete: return try await send(try configuration("DELETE", order))
    case .list, .replace: throw TargetError(order.operation.capability.missingReason)
    }
  }

  private func register(_ order: ClientRequest, _ send: Send) async throws -> StepResult {
    var request = WireRequest(method: "POST", url: try session.url(registration.url, order.values))
    if let token = registration.initialAccessToken {
      request.headers.append(HeaderField("Authorization", "Bearer \(try session.fill(token, order.values).plainText)"))
    }
    request.headers.append(HeaderField("Content-Type", "application/json"))
    for header in registration.headers {
      request.headers.append(HeaderField(header.name, try session.fill(header.value, order.values).plainText))
    }
    request.body = try metadata(order).compactBytes
    var answer = try await send(request)
    // RFC 7591 section 3.2.1
    answer.successStatuses = [201]
    guard let body = answer.body else {
      answer.missingReason = "the answer is not JSON"
      return answer
    }
    guard let id = body["client_id"]?.string, let secret = body["client_secret"]?.string else {
      answer.missingReason = "the answer has no \(body["client_id"] == nil ? "client_id" : "client_secret")"
      return answer
    }
    answer.made = CreatedClient(id: id, secret: secret, registration: keys(of: body))
    return answer
  }

  /// RFC 7591 section 2: what a client of this grant says of itself, and what the target file says beside or instead.
  private func metadata(_ order: ClientRequest) throws -> JSON {
    let authentication =
      session.target.token.authentications.first == .body ? "client_secret_post" : "client_secret_basic"
    var members: [JSON.Member] = [
      .init("client_name", order.name), .init("grant_types", ["client_credentials"]),
      .init("token_endpoint_auth_method", .string(authentication)),
    ]
    for member in registration.metadata {
      members.removeAll { $0.name == member.name }
      members.append(.init(member.name, try session.fill(member.value, order.values)))
    }
    return .object(members.filter { $0.value != .null })
  }

  /// RFC 7592 section 3: where a client is managed, and the token for that.
  private func keys(of body: JSON) -> JSON? {
    guard let url = body["registration_client_uri"], let token = body["registration_access_token"] else { return nil }
    return ["url": url, "token": token]
  }

  private func configuration(_ method: String, _ order: ClientRequest) throws -> WireRequest {
    guard let keys = order.client?["registration"], let url = keys["url"]?.string, let token = keys["token"]?.string
    else {
      throw TargetError(
        "the client cannot be managed: its registration had no registration_client_uri and registration_access_token (RFC 7592 section 3)",
        kind: .protocol)
    }
    return WireRequest(
      method: method, url: session.absolute(url), headers: [HeaderField("Authorization", "Bearer \(token)")])
  }
}
