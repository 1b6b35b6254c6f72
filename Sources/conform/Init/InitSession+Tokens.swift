// Tries to get a token, by each way of client authentication.

import ConformanceModel
import Execution
import HTTPModel
import JSONValue
import Redaction

extension InitSession {
  /// Requests a token for a client in each of these ways, and declares those that work.
  ///
  /// - Parameter ways: `nil` for all that come into question.
  /// - Throws: `Refusal` if none does.
  func tryTokens(_ credentials: TargetTrial.Credentials, _ ways: [ClientAuthentication]? = nil) async throws {
    if let secret = credentials.secret { redactor.register(secret, as: "CLIENT_SECRET") }
    var working: [ClientAuthentication] = []
    var refused: [String] = []
    for way in ways ?? waysToTry {
      var response = try await attempt { try await $0.requestToken(credentials, by: way) }
      var isIssued = response.status == 200 && take(response)
      // the issuer is the other audience that servers take (RFC 7523 section 3)
      if !isIssued, way.isAssertion, draft.audience == nil, let issuer {
        draft.audience = issuer
        let other = try await attempt { try await $0.requestToken(credentials, by: way) }
        isIssued = other.status == 200 && take(other)
        if isIssued { response = other } else { draft.audience = nil }
      }
      let came = isIssued ? ResponseText.line(response) : shown(response)
      var line = "token, client authentication '\(way.rawValue)': \(came)"
      if isIssued { line += lifetime(in: response).map { ", expires_in \($0)" } ?? ", no expires_in" }
      questions.say(line)
      if isIssued { working.append(way) } else { refused.append("\(way.rawValue): \(came)") }
    }
    guard !working.isEmpty else {
      let reason = doubt.map { "\($0); " } ?? ""
      throw Refusal(
        "\(reason)no token was issued (\(refused.joined(separator: "; "))): check the credentials\(locatedPlaces), the "
          + "token endpoint, and whether it needs parameters, such as --token-param scope=orders", .couldNotRun)
    }
    doubt = nil
    self.credentials = credentials
    draft.authentications = working
    questions.propose("token: { client-authentication: [\(working.map(\.rawValue).joined(separator: ", "))] }")
    if let audience = draft.audience { questions.propose("token: { assertion: { audience: \(audience) } }") }
    if let accessToken = draft.accessToken { questions.propose("token: { answer: { access-token: \(accessToken) } }") }
    if let seconds = draft.behaviours.first(where: { $0.behaviour == .tokenLifetime })?.value.compact {
      questions.propose("behaviour: { token-lifetime: \(seconds) }")
    }
  }

  /// The issuer of the metadata, as an absolute URL.
  private var issuer: String? {
    guard let url = draft.endpoints.first(where: { $0.endpoint == .issuer })?.url else { return nil }
    return url.hasPrefix("/") || url.isEmpty ? draft.baseURL + url : url
  }

  /// Tries the endpoints of the metadata with the token. One that does not serve its client is left out: a run would
  /// test it.
  func tryEndpoints() async throws {
    guard let token, let credentials, let way = draft.authentications.first else { return }
    // the token ends with its revocation
    let order: [Target.Endpoint] = [.introspection, .revocation]
    for endpoint in order where draft.endpoints.contains(where: { $0.endpoint == endpoint }) {
      // other users of a given client may have its token as well
      if endpoint == .revocation, !draft.clients.isManaged { continue }
      var line = "\(endpoint.rawValue) endpoint: "
      var works = false
      do {
        let response = try await attempt { try await $0.post(token, to: endpoint, credentials, by: way) }
        line += response.map(ResponseText.line) ?? "none"
        let isActive = response.flatMap { try? JSON(parsing: $0.body) }?["active"] != .bool(false)
        works = response?.status == 200 && (endpoint == .revocation || isActive)
        // a server need not revoke access tokens (RFC 7009 section 2.2.1)
        works = works || response.flatMap(ResponseText.error) == "unsupported_token_type"
        if !isActive { line += ", a new token is not active" }
      } catch {
        line += error.reason
      }
      questions.say(line)
      guard !works else { continue }
      draft.endpoints.removeAll { $0.endpoint == endpoint }
      draft.remarks.append("the metadata names an endpoint for \(endpoint.rawValue) that does not serve its clients")
      questions.say("  it is left out of the file")
    }
  }

  /// Where the credentials of a created client were found.
  private var locatedPlaces: String {
    guard case .requests(let requests) = draft.clients, let answer = requests.first?.request.answer else { return "" }
    let places = answer.map { "its \($0.name) at \($0.pointer) (--create-\($0.name))" }
    return ", \(places.joined(separator: ", "))"
  }

  /// The token of a response, which is masked from now on.
  func accessToken(in response: WireResponse) -> String? { tokenMember(of: ResponseValues(response.body))?.text }

  private func tokenMember(of values: ResponseValues?) -> ResponseValues.Leaf? {
    guard let leaf = values?.first(named: ["accesstoken", "token", "bearertoken", "jwt", "bearer"]),
      let text = leaf.value.string
    else { return nil }
    redactor.register(text, as: "TOKEN")
    return leaf
  }

  /// Takes the token of a response, and declares where it is and how long it lives.
  private func take(_ response: WireResponse) -> Bool {
    guard let values = ResponseValues(response.body), let leaf = tokenMember(of: values) else { return false }
    token = leaf.text
    draft.accessToken = leaf.pointer == "/access_token" ? nil : leaf.pointer
    if let seconds = values.first(named: ["expiresin", "lifetime", "ttl"]), let count = seconds.value.int {
      draft.expiresIn = seconds.pointer == "/expires_in" ? nil : seconds.pointer
      // a second of the default may be over already
      let isDefault = count == (Behaviour.tokenLifetime.defaultValue.int ?? 0) - 1
      if !isDefault, Behaviour.tokenLifetime.numbers.contains(count) {
        draft.declare(.tokenLifetime, .int(count))
      }
    }
    return true
  }

  private func lifetime(in response: WireResponse) -> Int? {
    ResponseValues(response.body)?.first(named: ["expiresin", "lifetime", "ttl"])?.value.int
  }
}
