// Does this answer meet that expectation?

import ConformanceModel
import HTTPModel
import JSONValue
import XML

/// Judges one answer.
struct ResponseEvaluator {
  let answer: StepResult
  let scope: CaseScope
  let matching: Matching

  init(answer: StepResult, scope: CaseScope, patterns: PatternCache) {
    self.answer = answer
    self.scope = scope
    matching = Matching(patterns: patterns) { reference throws(UnresolvedReference) in try scope.look(up: reference) }
  }

  private var response: WireResponse { answer.exchange.response }

  /// The differences; none where the expectation holds.
  func mismatches(_ subject: Expectation.Subject) throws -> [Mismatch] {
    switch subject {
    case .success(let kind): return success(kind)
    case .status(let matcher): return try matching.mismatches(matcher, .int(response.status))
    case .header(let name, let matcher):
      let values = response.headers.values(name)
      return try matching.mismatches(matcher, values.isEmpty ? nil : .string(values.joined(separator: ", ")))
    case .json(let matcher): return try json { try matching.mismatches(matcher, $0) }
    case .xml(let path, let matcher): return try xml(path, matcher)
    case .text(let matcher):
      return try matching.mismatches(matcher, .string(String(decoding: response.body, as: UTF8.self)))
    case .duration(let matcher): return try matching.mismatches(matcher, .double(answer.exchange.timings.total))
    case .error(let matcher): return try error(matcher)
    case .challenge(let scheme, let matcher): return try challenge(scheme, matcher)
    case .listed(let names): return try listed(names, expected: true)
    case .unlisted(let names): return try listed(names, expected: false)
    case .delivered(let deliveries): return try delivered(deliveries)
    case .saved(let matcher): return try matching.mismatches(matcher, answer.saved)
    case .interim(let matcher): return try matching.mismatches(matcher, .array(response.interim.map { .int($0) }))
    case .noSecrets: return leaks()
    }
  }

  private func success(_ kind: StepActionKind) -> [Mismatch] {
    guard answer.statusMeansSuccess else {
      let statuses = answer.successStatuses.map { $0.map(String.init).joined(separator: " or ") } ?? "2xx"
      return [Mismatch(path: "", expected: "\(kind.success): status \(statuses)", actual: "status \(response.status)")]
    }
    return answer.missingReason.map {
      [Mismatch(path: "", expected: kind.success, actual: "status \(response.status), but \($0)")]
    } ?? []
  }

  private func json(_ judge: (JSON) throws -> [Mismatch]) throws -> [Mismatch] {
    let body: JSON
    do throws(JSONError) {
      body = try answer.json.get()
    } catch {
      return [
        Mismatch(
          path: "", expected: "a JSON text",
          actual: "\(response.body.count) bytes that are not JSON to be read here: \(error)\(explanation)")
      ]
    }
    return try judge(body)
  }

  /// What explains that a body cannot be read: it was cut, or has an encoding, and none was asked for (RFC 9110 section 12.5.3).
  private var explanation: String {
    if response.isCut { return "; it goes on, and only so much is taken (--max-answer)" }
    let values = response.headers.values("Content-Encoding").filter { $0.lowercased() != "identity" }
    return values.isEmpty
      ? "" : "; it has Content-Encoding: \(Matching.start(of: values.joined(separator: ", "))), which was not asked for"
  }

  private func xml(_ path: String, _ matcher: Matcher) throws -> [Mismatch] {
    let document: XMLDocument
    do throws(XMLError) { document = try XMLDocument(parsing: response.body) } catch {
      return [
        Mismatch(path: "", expected: "an XML document", actual: "\(response.body.count) bytes: \(error)\(explanation)")
      ]
    }
    let found: [String]
    do throws(XMLError) { found = try document.text(xpath: path) } catch {
      return [
        Mismatch(
          path: "", expected: try matching.describe(matcher),
          actual: "a document in which it cannot be looked for: \(error)")
      ]
    }
    return try matching.mismatches(matcher, found.first.map { .string($0) })
  }

  /// A token error answer by RFC 6749 section 5.2.
  private func error(_ matcher: Matcher) throws -> [Mismatch] {
    var found: [Mismatch] = []
    let body = answer.body
    found += try matching.mismatches(matcher, body?["error"], path: "/error")
    let isClientError = body?["error"]?.string == "invalid_client"
    let usedHeader = answer.exchange.request.headers.first("Authorization") != nil
    let allowed: [Int] =
      isClientError
      ? (usedHeader
        ? [401] : scope.session.target.value(of: .failedBodyAuthentication).array?.compactMap(\.int) ?? [400, 401])
      : [400]
    if !allowed.contains(response.status) {
      found.append(
        Mismatch(
          path: " status", expected: allowed.map(String.init).joined(separator: " or "), actual: "\(response.status)"))
    }
    let mediaType = response.headers.first("Content-Type") ?? "nothing"
    if mediaType.split(separator: ";").first.map({ $0.lowercased() }) != "application/json" {
      found.append(
        Mismatch(path: " header Content-Type", expected: "application/json", actual: Matching.start(of: mediaType)))
    }
    if body?["access_token"] != nil {
      found.append(Mismatch(path: "/access_token", expected: "no token in an error answer", actual: "a token"))
    }
    return found
  }

  private func challenge(_ scheme: String, _ matcher: Matcher) throws -> [Mismatch] {
    let fields = response.headers.values("WWW-Authenticate")
    let challenges = Challenge.parse(fields).filter { $0.scheme.lowercased() == scheme.lowercased() }
    guard let first = challenges.first else {
      let actual = fields.isEmpty ? "no WWW-Authenticate" : Matching.start(of: fields.joined(separator: ", "))
      return [Mismatch(path: "", expected: "WWW-Authenticate: \(scheme)", actual: actual)]
    }
    if let repeated = first.json.repeatedMembers.first {
      return [
        Mismatch(
          path: "/\(repeated)", expected: "each parameter once", actual: "\(Matching.start(of: repeated)) several times"
        )
      ]
    }
    return try matching.mismatches(matcher, first.json)
  }

  private func listed(_ names: [String], expected: Bool) throws -> [Mismatch] {
    guard let ids = answer.ids else {
      return [Mismatch(path: "", expected: "a list of clients", actual: answer.missingReason ?? "none")]
    }
    return try names.compactMap { name in
      let id = try scope.look(up: Reference(path: [name, "id"])).plainText
      let times = ids.count { $0 == id }
      guard times != (expected ? 1 : 0) else { return nil }
      if times > 1, expected {
        return Mismatch(path: " \(name)", expected: "client \(id) listed once", actual: "listed \(times) times")
      }
      return Mismatch(
        path: " \(name)", expected: expected ? "client \(id) listed" : "client \(id) not listed",
        actual: "\(ids.count) clients, \(expected ? "without" : "with") it")
    }
  }

  private func delivered(_ deliveries: [Expectation.Delivery]) throws -> [Mismatch] {
    guard let received = answer.received else {
      return [Mismatch(path: "", expected: "an inbox", actual: answer.missingReason ?? "none")]
    }
    return try deliveries.flatMap { delivery in
      let text = try scope.look(up: Reference(path: [delivery.payload, "text"])).plainText
      let count = received.count { $0.utf8.elementsEqual(text.utf8) }
      return try matching.mismatches(delivery.times, .int(count), path: " \(delivery.payload)").map {
        Mismatch(
          path: $0.path, expected: "received \($0.expected) times", actual: "\($0.actual) times among \(received.count)"
        )
      }
    }
  }
}
