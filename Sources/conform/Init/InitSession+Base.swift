// Base URL, metadata and token endpoint.

import ConformanceModel
import Execution
import HTTPModel
import JSONValue
import Redaction

extension InitSession {
  func findBase() async throws {
    if let issuer = options.discover {
      let metadata = try await questions.ask(Question("the issuer", "--discover"), given: issuer) { named in
        try await ServerMetadata.read(named, client)
      }
      try take(metadata)
    }
    if let words = options.launch {
      do throws(Refusal) { draft.launch = try InitSession.words(words) } catch {
        throw StartError(.usageError, "--launch: \(error.reason)\(Questions.unwritten)")
      }
      if options.clock != .wall { draft.clock = options.clock == .faketime ? .faketime : .process }
    }
    let usesPort = draft.launch.contains { $0.contains("${port}") }
    let found = options.discover == nil ? nil : draft.baseURL
    let question = Question(
      "the base URL, such as https://staging.example.com", "--base-url",
      fallback: usesPort ? "http://127.0.0.1:${port}" : nil)
    try await questions.ask(question, given: options.baseURL ?? found ?? question.fallback) { text in
      try await self.useBase(text)
    }
    if !draft.launch.isEmpty {
      if usesPort, !draft.baseURL.contains("${port}") { movePort() }
      try await launchFirst()
    }
    draft.environment = options.environment ?? (isLocal ? .disposable : .live)
    guard tries, options.discover == nil, options.tokenURL == nil, launched == nil else { return }
    // most services have none, and that is nothing to report
    guard let metadata = try? await ServerMetadata.read(draft.baseURL, client) else { return }
    guard !metadata.isForeign else {
      return questions.say("metadata: not used; \(metadata.remarks.joined(separator: "; "))")
    }
    questions.say("metadata: found, of the issuer \(metadata.issuer)")
    try take(metadata)
  }

  private func useBase(_ text: String) async throws {
    if let refusal = URLInput.refusalOfBase(text) { throw Refusal(refusal) }
    var base = text
    while base.hasSuffix("/") { base.removeLast() }
    draft.baseURL = base
    _ = try target()
    // a program that conform launches does not run yet
    guard tries, draft.launch.isEmpty else { return }
    let response = try await attempt { try await $0.reach() }
    questions.say("base URL \(base): \(ResponseText.line(response))")
  }

  private func launchFirst() async throws {
    guard tries else { return explainStart() }
    do { try await tryLaunch() } catch let refusal as Refusal {
      throw StartError(refusal.status, "--launch: \(redactor.redact(refusal.reason))\(Questions.unwritten)")
    }
  }

  /// Takes over what metadata says.
  ///
  /// - Throws: `StartError` if it is that of another issuer: its endpoints cannot be tried.
  private func take(_ metadata: ServerMetadata) throws {
    for remark in metadata.remarks { questions.say("note: \(remark)") }
    if metadata.isForeign, tries {
      throw StartError(
        .couldNotRun,
        "nothing is sent to the endpoints of another issuer; name its own URL with --discover, or give --base-url and "
          + "--token-url without it\(Questions.unwritten)")
    }
    draft.remarks = metadata.remarks
    draft.baseURL = metadata.origin
    for endpoint in [Target.Endpoint.introspection, .revocation] {
      if let url = metadata.endpoint(endpoint.rawValue) { draft.endpoints.append((endpoint, url)) }
    }
    let issuer = URLInput.relative(metadata.issuer, to: metadata.origin)
    draft.endpoints.append((.issuer, TargetDraft.literal(issuer)))
    tokenURLFound = metadata.endpoint("token")
    registrationURL = metadata.endpoint("registration")
    if !metadata.authentications.isEmpty { ways = metadata.authentications }
  }

  func findTokenEndpoint() async throws {
    let question = Question(
      "the token endpoint, such as /oauth/token, or the URL of its metadata", "--token-url", fallback: tokenURLFound)
    let given = options.tokenURL ?? (options.discover == nil ? nil : tokenURLFound)
    try await questions.ask(question, given: given) { text in
      var url = try self.endpoint(text, "/oauth/token")
      if ServerMetadata.isPlace(url) {
        let place = url.hasPrefix("/") ? self.draft.baseURL + url : url
        try self.take(try await ServerMetadata.read(place, self.client))
        guard let found = self.tokenURLFound else { throw Refusal("the metadata names no token_endpoint") }
        url = found
      }
      try await self.useTokenEndpoint(url)
    }
  }

  /// Tries the token endpoint without credentials, which it has to refuse.
  private func useTokenEndpoint(_ url: String) async throws {
    draft.tokenURL = url
    doubt = nil
    _ = try target()
    guard tries else { return }
    let response = try await attempt { try await $0.requestToken(nil, by: .none) }
    questions.say("token endpoint, without credentials: \(ResponseText.line(response))")
    if let reason = ResponseText.refutation(response) { throw Refusal("\(url) \(reason)", .couldNotRun) }
    if let reason = ResponseText.doubt(response) {
      // a page that refuses, such as that of a framework, can be a fault of the service
      guard ResponseText.isPage(response), [400, 401, 403].contains(response.status) else {
        throw Refusal("\(url) \(reason)", .couldNotRun)
      }
      doubt = "\(url) \(reason), and no token was issued there"
    }
    if (200..<300).contains(response.status) {
      questions.say("  it does not refuse a request without credentials (RFC 6749 section 3.2.1 requires it)")
    } else if ResponseText.error(in: response) == nil {
      questions.say("  no error code in JSON (RFC 6749 section 5.2 requires one)")
    }
  }

  /// A URL or path that was typed, below the base URL if it is there.
  func endpoint(_ text: String, _ example: String) throws(Refusal) -> String {
    if let refusal = URLInput.refusal(text, example) { throw Refusal(refusal) }
    return URLInput.relative(text, to: draft.baseURL)
  }
}
