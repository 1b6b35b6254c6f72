// Requests tokens with client credentials (RFC 6749 section 4.4.2).

import ConformanceModel
import HTTPModel
import JSONValue
import Redaction
import RunEvents

/// A step cannot be run against this target, so that the rest of the case does not apply.
struct NotApplicable: Error {
  var reason: String
}

extension ClientAuthentication {
  /// Why a client that is registered for this way cannot be asked to authenticate in that one.
  fileprivate func missingReason(for other: ClientAuthentication?) -> String? {
    guard let other, let own = registeredName, let asked = other.registeredName, own != asked else { return nil }
    return "the target registers the client for \(phrase), and the case authenticates it "
      + (other == .body ? "in the body" : "by \(other.phrase)")
  }

  private var phrase: String {
    switch self {
    case .basic, .basicRaw: "HTTP Basic"
    case .body: "the body"
    default: rawValue
    }
  }
}

extension CaseRunner {
  /// The token request as the target file binds it, with the changes of the scenario.
  func tokenRequest(_ operation: TokenRequest) throws -> (WireRequest, connector: ConnectorRole) {
    let client = try operation.client.map { try scope.look(up: Reference(path: [$0])) }
    let role = operation.connector ?? client?["connector"]?.string.flatMap(ConnectorRole.init) ?? .first
    let connector = try connector(role)
    let id = try operation.id.map { try scope.fill($0).plainText } ?? client?["id"]?.string ?? ""
    let secret = try operation.secret.map { try scope.fill($0).plainText } ?? client?["secret"]?.string ?? ""
    let binding = session.target.token
    let values = ["connector": try session.templates.values(of: connector), "unique": scope.names["unique"] ?? .null]
    let url = try session.templates.url(binding.url, values)
    var request = WireRequest(method: operation.edits.method ?? binding.method, url: url)
    for header in binding.headers {
      request.headers.append(HeaderField(header.name, try session.templates.resolve(header.value, values).plainText))
    }
    var parameters: [(String, String)] = [("grant_type", "client_credentials")]
    for parameter in binding.parameters {
      FormParameters.replace(parameter.name, try session.templates.resolve(parameter.value, values), in: &parameters)
    }
    let registered = client?["authentication"]?.string.flatMap { ClientAuthentication(rawValue: $0) }
    if let registered, let reason = registered.missingReason(for: operation.authentication) {
      throw NotApplicable(reason: reason)
    }
    let authentication = operation.authentication ?? registered ?? binding.authentications.first ?? .basic
    if authentication.usesSecret, operation.secret == nil, client != nil, client?["secret"]?.string == nil {
      throw NotApplicable(reason: "the client has no secret")
    }
    let credentials = [("client_id", id), ("client_secret", secret)]
    switch authentication {
    case .basic, .basicRaw, .both:
      let isRaw = authentication == .basicRaw || !binding.formEncodesBasic
      let encoded = BasicCredentials.encode(id, secret, isRaw: isRaw)
      scope.registerEncoding(encoded, as: basicLabel(operation, client, id: id, secret: secret))
      request.headers.append(HeaderField("Authorization", "Basic \(encoded)"))
      if authentication == .both { parameters += credentials }
    case .body: parameters += credentials
    case .idOnly: parameters.append(credentials[0])
    case .tlsClientAuth:
      parameters.append(credentials[0])
      request.certificate = try client.flatMap { try ownCertificate($0, of: operation.client ?? "client") }
    case .query: request.addQuery(credentials)
    case .clientSecretJWT, .privateKeyJWT:
      parameters += try assertionParameters(
        operation, by: authentication, client, id: id, secret: secret, audience: url, values)
    case .none: break
    }
    for parameter in operation.parameters {
      FormParameters.replace(parameter.name, try scope.fill(parameter.value), in: &parameters)
    }
    // the certificate of the target authenticates its clients
    if authentication != .tlsClientAuth, binding.authentications.contains(.tlsClientAuth) {
      request.certificate = ClientCertificate.none
    }
    if binding.method == "GET", operation.edits.method == nil {
      request.addQuery(parameters)
    } else {
      request.headers.append(HeaderField("Content-Type", "application/x-www-form-urlencoded"))
      request.body = Array(FormEncoding.encode(parameters).utf8)
      if let size = operation.paddedTo { try pad(&request, to: try scope.fill(size)) }
    }
    try request.apply(operation.edits) { template throws(UnresolvedReference) in try scope.fill(template) }
    return (request, role)
  }

  /// Fills a form body up by an unknown parameter, which an endpoint ignores (RFC 6749 section 3.2).
  private func pad(_ request: inout WireRequest, to wanted: JSON) throws(TargetError) {
    let start = Array("&padding=".utf8), body = request.body ?? []
    guard let size = wanted.int, body.count + start.count < size, size <= Filter.maxText * 4 else {
      throw TargetError(
        "a form of \(body.count.counted("byte")) cannot be padded to '\(wanted.plainText.prefix(40))' bytes")
    }
    let filling = repeatElement(UInt8(ascii: "x"), count: size - body.count - start.count)
    request.body = body + start + filling
  }

  /// The certificate of a client that has one of its own.
  private func ownCertificate(_ client: JSON, of name: String) throws -> ClientCertificate? {
    if let certificate = client["tls"]?["certificate"]?.string, let key = client["tls"]?["key"]?.string {
      return .made(name: name, certificate: certificate, key: key)
    }
    guard let index = client["tls"]?.int, case .static(let given) = session.target.clients,
      given.indices.contains(index), let tls = given[index].certificate, let file = tls.certificate
    else { return nil }
    let password = try tls.keyPassword.map { try session.templates.resolve($0).plainText }
    return .files(certificate: file, key: tls.key ?? file, password: password)
  }

  /// The label of Basic credentials: `ERP_BASIC` for those of the client, or a description of what differs:
  /// `ERP_SECRET_SWAP_CASE_BASIC`.
  private func basicLabel(_ operation: TokenRequest, _ client: JSON?, id: String, secret: String) -> String {
    var words: [String] = []
    if let template = operation.id, id != client?["id"]?.string { words.append(CaseScope.words(of: template)) }
    if let template = operation.secret, secret != client?["secret"]?.string {
      words.append(CaseScope.words(of: template))
    }
    return CaseScope.label((words.isEmpty ? [operation.client ?? "client"] : words).joined(separator: "_") + "_basic")
  }

  /// Registers what may be the token of a response in which it cannot be located. To disclose it is the purpose of the
  /// response: a token under its name, and new words that look like one, are not shown secrets.
  private func registerUnreadableToken(of result: inout StepResult, savedAs name: String?) throws(TargetError) {
    result.disclosedSecrets += DisclosedSecrets.unparsed(in: result, named: session.target.token.accessToken)
    for word in DisclosedSecrets.words(in: result.exchange.response.body) where !session.redactor.knows(word) {
      scope.registerSecret(word, as: CaseScope.label(name ?? "token"))
      result.disclosedSecrets.append(word)
    }
    try maskCandidates(in: result, as: name ?? "token")
  }

  /// Compares the time of a new token with the target's clock: the clock of the system may move, and that of the runtime
  /// may not.
  ///
  /// - Throws: `TargetError` if they differ and the case has let time pass.
  private func checkClock(of token: String, _ result: StepResult, lifetime: Int?) throws(TargetError) {
    guard let clock = session.target.clock, clock != .wall, !session.redactor.knows(token),
      let issued = IssueTime(of: token, in: result.body, lifetime: lifetime)
    else { return }
    // the service may return to a given client a token that it issued before the run
    if case .static = session.target.clients { return }
    guard let deviation = issued.deviation(from: environment.timeline.now) else { return }
    session.clockDeviation.withLock { $0 = $0 ?? deviation }
    if hasWaited { throw TargetError(deviation, kind: .protocol) }
  }

  /// The expiry of a token with this lifetime, in seconds since 1970; `nil` beyond the range of a clock.
  private func expiry(_ seconds: Int) -> JSON? {
    let (sum, overflow) = environment.timeline.now.seconds.addingReportingOverflow(Int64(seconds))
    return overflow ? nil : .int(sum)
  }

  /// The lifetime that a token response promises, if it does. Notes a locator that does not find it.
  private func lifetime(in result: inout StepResult) throws -> JSON? {
    let locator = session.target.token.expiresIn
    let found = try result.value(at: locator, session.patterns)
    guard locator != Target.TokenBinding.registeredExpiresIn, found?.int == nil else { return found }
    // only JSON has numbers
    if !locator.findsJSON, let text = found?.string, let seconds = Int(text) {
      result.mislocatedLifetime = LocatedText.fragment(ofLifetime: text, at: locator, result, session.target.place)
      return .int(seconds)
    }
    result.mislocatedLifetime = MislocatedValue.lifetime(
      at: locator, found: found, in: result, place: session.target.place)
    return found
  }

  /// The target file locates another value than the `access_token` of the response (RFC 6749 section 5.1).
  private func other(than token: String, in result: StepResult) -> TargetFileSlip? {
    guard let other = result.body?["access_token"]?.string, !other.isEmpty, other != token else { return nil }
    return TargetFileSlip(
      description: "the value at \(session.target.token.accessToken) is not the access_token of the response: correct "
        + "'access-token' in 'token: answer' of the target file", place: session.target.place)
  }

  /// Saves the token of a token response.
  func tokenResult(_ result: StepResult, savedAs name: String?) throws -> StepResult {
    var result = result
    result.successStatuses = [200]
    let binding = session.target.token
    guard let token = try result.value(at: binding.accessToken, session.patterns)?.string, !token.isEmpty else {
      if case .json = binding.accessToken, result.body == nil {
        result.missingReason = "the response is not JSON"
      } else {
        result.missingReason = "the response has no token at \(binding.accessToken)"
      }
      if binding.accessToken != Target.TokenBinding.registeredAccessToken {
        result.mislocated = MislocatedValue.slip(
          .token, at: binding.accessToken, of: "token: answer", in: result, known: result.exchange.request.texts,
          place: session.target.place)
      }
      if (200..<300).contains(result.exchange.response.status) {
        try registerUnreadableToken(of: &result, savedAs: name)
      }
      return result
    }
    if binding.accessToken != Target.TokenBinding.registeredAccessToken, result.statusMeansSuccess {
      let located = LocatedText(
        part: .token, text: token, locator: binding.accessToken, key: "token: answer", result: result,
        place: session.target.place)
      if let slip = located.excess {
        result.missingReason = "the response has no token at \(binding.accessToken)"
        result.mislocated = slip
        try registerUnreadableToken(of: &result, savedAs: name)
        return result
      }
      result.doubt = located.fragment ?? other(than: token, in: result)
    }
    let expiresIn = try lifetime(in: &result)
    try checkClock(of: token, result, lifetime: expiresIn?.int)
    scope.registerSecret(token, as: CaseScope.label(name ?? "token"))
    result.saved = [
      "value": .string(token), "type": result.body?["token_type"] ?? .null,
      "expires-in": expiresIn ?? .null, "issued-at": .string(environment.timeline.now.description),
      // without expires_in, what the documentation of the service says (RFC 6749 section 5.1)
      "expires-at": (expiresIn?.int ?? session.value(of: .tokenLifetime).int).flatMap(expiry) ?? .null,
    ]
    return result
  }
}
