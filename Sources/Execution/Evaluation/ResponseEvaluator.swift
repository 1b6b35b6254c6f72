// Does this response meet that expectation?

import ConformanceModel
import HTTPModel
import JSONValue
import XML

/// An expectation depends on the part of a response beyond the limit of the transport.
struct TruncatedResponse: Error, CustomStringConvertible {
  /// The bytes of the body that arrived.
  let size: Int

  init(_ response: WireResponse) { size = response.body.count }

  var description: String {
    "the response is truncated after \(size.counted("byte")), and the rest decides; raise the limit by --max-answer"
  }
}

/// Evaluates expectations on one response.
struct ResponseEvaluator {
  let result: StepResult
  let scope: CaseScope
  let matching: Matching

  init(_ result: StepResult, scope: CaseScope, patterns: PatternCache) {
    self.result = result
    self.scope = scope
    matching = scope.matching(patterns)
  }

  var response: WireResponse { result.exchange.response }

  /// The mismatches; none if the expectation is met.
  ///
  /// - Throws: `UnresolvedReference`, `TruncatedResponse` or `TargetFileSlip` if the expectation cannot be evaluated.
  func mismatches(_ subject: Expectation.Subject) throws -> [Mismatch] {
    try found(subject).map { $0.subject.isEmpty ? $0.of(subject.title) : $0 }
  }

  private func found(_ subject: Expectation.Subject) throws -> [Mismatch] {
    if let mislocated = result.mislocated, subject.usesLocators { throw mislocated }
    if response.isCut, let found = try foundInTruncated(subject) { return found }
    switch subject {
    case .success(let kind): return success(kind)
    case .status(let matcher):
      let found = try matching.mismatches(matcher, .int(response.status)).map { hinted($0, matcher.declaredBy) }
      // a browser gets the login page in place of 401
      if result.isSentToLogin, !found.isEmpty, try matching.mismatches(matcher, .int(401)).isEmpty { return [] }
      return found
    case .header(let name, let matcher):
      let values = response.headers.values(name)
      return try matching.mismatches(matcher, values.isEmpty ? nil : .string(values.joined(separator: ", ")))
    case .mediaType(let type): return mediaType(type)
    case .json(let matcher): return try json(matcher)
    case .xml(let path, let matcher): return try xml(path, matcher)
    case .text(let matcher):
      return try matching.mismatches(
        matcher, .string(String(decoding: result.allPages, as: UTF8.self)))
    case .someText(let matcher): return try someText(matcher)
    case .duration(let matcher): return try matching.mismatches(matcher, .double(result.exchange.timings.total))
    case .error(let matcher): return try error(matcher)
    case .challenge(let scheme, let matcher): return try challenge(scheme, matcher)
    case .listed(let names): return try listed(names, expected: true)
    case .unlisted(let names): return try listed(names, expected: false)
    case .delivered(let deliveries): return try delivered(deliveries)
    case .received(let payloads): return try received(payloads)
    case .saved(let matcher):
      if let mislocated = result.mislocatedLifetime { throw mislocated }
      return try matching.mismatches(
        matcher, result.saved ?? result.payload.map { SentPayload.saved($0, receipt: result.receipt) })
    case .interim(let matcher): return try matching.mismatches(matcher, .array(response.interim.map { .int($0) }))
    case .noSecrets: return try searchedSecrets()
    // not about one response
    case .succeeded, .different, .equal: return []
    }
  }

  /// Evaluates an expectation on the part of a truncated response that arrived.
  ///
  /// - Returns: What holds or fails whatever the missing part is; `nil` if the expectation is not about the body.
  /// - Throws: `TruncatedResponse` if the outcome depends on the missing part.
  private func foundInTruncated(_ subject: Expectation.Subject) throws -> [Mismatch]? {
    switch subject {
    case .status, .header, .mediaType, .challenge, .interim, .succeeded, .different, .equal: return nil
    case .success(let kind):
      let found = success(kind)
      if found.isEmpty || found[0].kind == .outcome { return found }
    case .noSecrets:
      let found = shownSecrets()
      if !found.isEmpty { return found }
    case .text(.contains(let part)):
      let found = try matching.mismatches(
        .contains(part), .string(String(decoding: response.body, as: UTF8.self)))
      if found.isEmpty { return [] }
    case .text(.not(.contains(let part))):
      let found = try matching.mismatches(
        .not(.contains(part)), .string(String(decoding: response.body, as: UTF8.self)))
      if !found.isEmpty { return found }
    case .json, .xml, .text, .someText, .duration, .error, .listed, .unlisted, .delivered, .received, .saved: break
    }
    throw TruncatedResponse(response)
  }

  func success(_ kind: StepActionKind) -> [Mismatch] {
    guard result.statusMeansSuccess else {
      let statuses = result.successStatuses.map { $0.map(String.init).joined(separator: " or ") } ?? "2xx"
      let mismatch = Mismatch(
        .outcome, subject: kind.activity, expected: statuses, actual: "HTTP \(response.status)")
      return [hinted(mismatch, kind == .postPayload ? .payloadAccepted : nil)]
    }
    return result.missingReason.map {
      [
        Mismatch(
          .incomplete, subject: kind.activity, expected: kind.success, actual: "HTTP \(response.status), but \($0)")
      ]
    } ?? []
  }

  /// The mismatch of a status with the line that declares it, if no document fixes the status.
  private func hinted(_ mismatch: Mismatch, _ behaviour: Behaviour?) -> Mismatch {
    guard let behaviour, behaviour.allows(response.status) else { return mismatch }
    var mismatch = mismatch
    mismatch.hint =
      "if that is as documented, declare 'behaviour: { \(behaviour.rawValue): [\(response.status)] }' in the target file"
    return mismatch
  }

  private func json(_ matcher: Matcher) throws -> [Mismatch] {
    let body: JSON
    do throws(JSONError) { body = try result.json.get() } catch {
      return [
        Mismatch(
          .unreadable, expected: "JSON", actual: "not JSON (\(response.body.count.counted("byte"))): \(error)\(hint)")
      ]
    }
    return try matching.mismatches(matcher, body)
  }

  /// Why a body may be unreadable: it has a content coding that the request did not ask for (RFC 9110 section 12.5.3).
  private var hint: String {
    let codings = codings
    return codings.isEmpty
      ? ""
      : "; it has Content-Encoding: \(Matching.start(of: codings.joined(separator: ", "))), which was not requested"
  }

  /// The content codings of the body, which no request asks for.
  var codings: [String] { response.headers.values("Content-Encoding").filter { $0.lowercased() != "identity" } }

  private func xml(_ path: String, _ matcher: Matcher) throws -> [Mismatch] {
    let document: XMLDocument
    do throws(XMLError) { document = try XMLDocument(parsing: response.body) } catch {
      if error.isUndecided { throw UnresolvedReference.xpath(path, error.message) }
      return [
        Mismatch(
          .unreadable, expected: "XML", actual: "not XML (\(response.body.count.counted("byte"))): \(error)\(hint)")
      ]
    }
    let found: [String]
    do throws(XMLError) { found = try document.text(xpath: path) } catch {
      if error.isUndecided { throw UnresolvedReference.xpath(path, error.message) }
      return [
        Mismatch(
          .unreadable, expected: try matching.describe(matcher), actual: "the XPath expression fails: \(error)")
      ]
    }
    return try matching.mismatches(matcher, found.first.map { .string($0) })
  }

  /// A token error response (RFC 6749 section 5.2).
  private func error(_ matcher: Matcher) throws -> [Mismatch] {
    let body = result.body
    // a token is text that is not empty; some services write null in its place (RFC 6749 sections 5.1 and A.12)
    if let token = body?["access_token"]?.string, !token.isEmpty {
      return [Mismatch(.tokenIssued, expected: "error \(try matching.describe(matcher))", actual: "a token")]
    }
    var found: [Mismatch] = []
    let isClientError = body?["error"]?.string == "invalid_client"
    let usedHeader = result.exchange.request.headers.first("Authorization") != nil
    let failedBody = scope.session.target.value(of: .failedBodyAuthentication).array?.compactMap(\.int) ?? [400, 401]
    let allowed = isClientError ? (usedHeader ? [401] : failedBody) : [400]
    if !allowed.contains(response.status) {
      let mismatch = Mismatch(
        subject: "token error, status", expected: allowed.map(String.init).joined(separator: " or "),
        actual: "\(response.status)")
      // RFC 6749 section 5.2 leaves the choice between these two
      let isDeclared = isClientError && !usedHeader && [400, 401].contains(response.status)
      found.append(hinted(mismatch, isDeclared ? .failedBodyAuthentication : nil))
      // the body of a server error is not a token error response
      if response.status >= 500 { return found }
    }
    let code = try matching.mismatches(matcher, body?["error"]).under("error")
    if case .failure(let error) = result.json, !code.isEmpty {
      found.append(
        Mismatch(
          .unreadable, expected: "error \(try matching.describe(matcher))",
          actual: "not JSON (\(response.body.count.counted("byte"))): \(error)\(hint)"))
    } else {
      found += code
    }
    if let body { found += Matching.repetition(of: "error", in: body) }
    found += mediaType("application/json").map { $0.of("token error, \($0.subject)") }
    return found
  }

  /// The media type of the response, without its parameters (RFC 9110 section 8.3.1).
  private func mediaType(_ expected: String) -> [Mismatch] {
    let values = response.headers.values("Content-Type")
    guard MediaType(values.joined(separator: ", "))?.essence != expected else { return [] }
    return [
      Mismatch(
        values.isEmpty ? .missing : .value, subject: "header Content-Type", expected: expected,
        actual: values.isEmpty ? "nothing" : Matching.start(of: values.joined(separator: ", ")))
    ]
  }

  private func challenge(_ scheme: String, _ matcher: Matcher) throws -> [Mismatch] {
    let fields = response.headers.values("WWW-Authenticate")
    func mismatch(_ expected: String, _ actual: String) -> [Mismatch] {
      [Mismatch(fields.isEmpty ? .missing : .value, expected: expected, actual: actual)]
    }
    let challenges = Challenges(fields)
    let shown = fields.isEmpty ? "nothing" : Matching.start(of: fields.joined(separator: ", "))
    if let error = challenges.syntaxError {
      return mismatch("WWW-Authenticate as in RFC 9110 section 11.6.1", "\(shown): \(error)")
    }
    guard let first = challenges.list.first(where: { $0.scheme.lowercased() == scheme.lowercased() }) else {
      return mismatch("WWW-Authenticate: \(scheme)", shown)
    }
    if scheme.lowercased() == "bearer", first.parameters.isEmpty {
      return mismatch("a Bearer challenge with a parameter, such as realm (RFC 6750 section 3)", shown)
    }
    if let repeated = first.json.repeatedMembers.first {
      return [
        Mismatch(
          path: "/\(repeated)", expected: "each parameter once",
          actual: "the parameter \(Matching.start(of: repeated)) more than once")
      ]
    }
    return try matching.mismatches(matcher, first.json)
  }
}

extension Expectation.Subject {
  /// Whether it is about values that the target file locates.
  fileprivate var usesLocators: Bool {
    switch self {
    case .success, .listed, .unlisted, .delivered, .received, .saved: true
    default: false
    }
  }
}

extension Matcher {
  /// The behaviour whose declaration decides it.
  fileprivate var declaredBy: Behaviour? {
    references.first { $0.name == "behaviour" }?.path.last.flatMap(Behaviour.init)
  }
}

extension Behaviour {
  /// Whether a service can be right with this status.
  fileprivate func allows(_ status: Int) -> Bool {
    statuses?.contains(status) == true && status != 429
  }
}
