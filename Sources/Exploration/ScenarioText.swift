// Writes a scenario of this module as the YAML that conform check accepts.

public import ConformanceModel
import HTTPModel
import JSONValue

/// The text of a scenario file. JSON is YAML, so values are written as JSON.
public struct ScenarioText {
  let scenario: Scenario
  /// Lines above the scenario, each a comment.
  let comments: [String]

  public init(_ scenario: Scenario, comments: [String] = []) {
    self.scenario = scenario
    self.comments = comments
  }

  public var text: String {
    var lines = ["# yaml-language-server: $schema=../schema/scenario.schema.json"]
    lines += comments.map { "# \($0)" }
    lines.append("title: \(quoted(scenario.title))")
    lines.append("covers: [\(scenario.covers.joined(separator: ", "))]")
    if !scenario.tags.isEmpty { lines.append("tags: [\(scenario.tags.joined(separator: ", "))]") }
    if !scenario.needs.isEmpty {
      lines.append("needs: [\(scenario.needs.map(\.rawValue).joined(separator: ", "))]")
    }
    if !scenario.given.isEmpty { lines.append("given:") }
    lines += scenario.given.flatMap(step)
    lines.append("steps:")
    lines += scenario.steps.flatMap(step)
    return lines.joined(separator: "\n") + "\n"
  }

  private func step(_ step: Step) -> [String] {
    var lines = ["  - \(step.operation.kind.rawValue): \(arguments(step))"]
    if step.expectations.count == 1, case .success(let kind) = step.expectations[0].subject {
      lines.append("    expect: \(kind.success)")
    } else if !step.expectations.isEmpty {
      lines.append("    expect:")
      lines += conditions(step.expectations.filter { $0.severity == .must }).map { "      \($0)" }
      let recommended = conditions(step.expectations.filter { $0.severity != .must })
      if !recommended.isEmpty { lines.append("      should: { \(recommended.joined(separator: ", ")) }") }
    }
    if !step.savings.isEmpty {
      lines.append("    save: { \(step.savings.map { "\($0.name): \(source($0.source))" }.joined(separator: ", ")) }")
    }
    let condition = conditions(step.condition).joined(separator: ", ")
    if !condition.isEmpty { lines.append("    only-if: { \(condition) }") }
    return lines
  }

  private func source(_ source: Saving.Source) -> String {
    switch source {
    case .json(let pointer): quoted("\(pointer)")
    case .header(let name): "{ header: \(name) }"
    case .status: "status"
    case .text: "text"
    }
  }

  // MARK: - Operations

  private func arguments(_ step: Step) -> String {
    var pairs: [(String, String)] = []
    if let name = step.savedAs { pairs.append(("as", name)) }
    func add(_ name: String, _ value: String?) { if let value { pairs.append((name, value)) } }
    switch step.operation {
    case .createClient(let name, let connector):
      add("name", name.map(template))
      add("connector", connector.argument)
    case .listClients(let connector), .readInbox(let connector): add("connector", connector.argument)
    case .showClient(let client), .replaceClient(let client), .deleteClient(let client): add("client", client)
    case .requestToken(let request):
      add("client", request.client)
      add("connector", request.connector?.rawValue)
      add("auth", request.authentication?.rawValue)
      add("id", request.id.map(template))
      add("secret", request.secret.map(template))
      add("assertion", request.assertion.map(assertion))
      add("params", members(request.parameters))
      pairs += edits(request.edits)
    case .postPayload(let post):
      add("token", post.token)
      add("connector", post.connector?.rawValue)
      add("payload", payload(post.payload))
      add("path", post.pathSuffix.map(template))
      add("content-coding", post.contentCoding?.rawValue)
      pairs += edits(post.edits)
    case .showReceipt(let payload, let token):
      add("payload", payload)
      add("token", token)
    case .http(let request):
      add("url", urls(request))
      add("form", request.form.flatMap(members))
      pairs += edits(request.edits)
    case .wait(.span(let length)): return length.description
    case .wait(.until(let instant, _)): return "{ until: \(instant) }"
    case .wait(.expiry(let token, _)): return "{ expiry-of: \(token) }"
    case .restartTarget(let signal): add("signal", signal.rawValue)
    case .repeat, .concurrently: break
    }
    add("manager", step.manager.map(template))
    return pairs.isEmpty ? "{}" : "{ " + pairs.map { "\($0.0): \($0.1)" }.joined(separator: ", ") + " }"
  }

  private func edits(_ edits: RequestEdits) -> [(String, String)] {
    var pairs: [(String, String)] = []
    if let method = edits.method { pairs.append(("method", method)) }
    if let headers = members(edits.headers) { pairs.append(("headers", headers)) }
    if let query = members(edits.query) { pairs.append(("query", query)) }
    if let body = edits.body { pairs.append(("body", template(body))) }
    if edits.chunked { pairs.append(("chunked", "true")) }
    if let spelling = edits.spelling { pairs.append(("spelling", spelling.rawValue)) }
    return pairs
  }

  private func urls(_ request: FreeRequest) -> String {
    let urls = ([request.url] + request.alternatives).map(template)
    return urls.count == 1 ? urls[0] : "[\(urls.joined(separator: ", "))]"
  }

  private func assertion(_ edits: AssertionEdits) -> String {
    var pairs: [String] = []
    if let claims = members(edits.claims) { pairs.append("claims: \(claims)") }
    if let header = members(edits.header) { pairs.append("header: \(header)") }
    if edits.signature != .own { pairs.append("signature: \(edits.signature.rawValue)") }
    return "{ \(pairs.joined(separator: ", ")) }"
  }

  private func payload(_ payload: Payload) -> String {
    switch payload {
    case .sample(let name): name
    case .chosenSample(let name): template(name)
    case .json(let value): "{ json: \(template(value)) }"
    case .text(let value): "{ text: \(template(value)) }"
    case .hex(let bytes): "{ hex: \(quoted(bytes.map(hex).joined(separator: " "))) }"
    case .validOfSize(let size): "{ valid-of-size: \(template(size)) }"
    case .validSpelled(let spelling): "{ valid-spelled: \(template(spelling)) }"
    case .validMalformed(let defect): "{ valid-malformed: \(template(defect)) }"
    }
  }

  private func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.count == 1 ? "0\(digits)" : digits
  }

  // MARK: - Expectations

  private func conditions(_ expectations: [Expectation]) -> [String] {
    // one key for all header fields
    let headers = expectations.compactMap { expectation -> String? in
      guard case .header(let name, let matcher) = expectation.subject else { return nil }
      return "\(name): \(self.matcher(matcher))"
    }
    var isFirst = true
    return expectations.compactMap { expectation in
      if case .header = expectation.subject {
        defer { isFirst = false }
        return isFirst ? "headers: { \(headers.joined(separator: ", ")) }" : nil
      }
      return condition(expectation.subject)
    }
  }

  private func condition(_ subject: Expectation.Subject) -> String? {
    switch subject {
    case .success(let kind): return "outcome: \(kind.success)"
    case .status(let matcher): return "status: \(statuses(matcher))"
    case .mediaType(let type): return "media-type: \(type)"
    case .json(let matcher): return "json: \(self.matcher(matcher))"
    case .text(let matcher): return "text: \(self.matcher(matcher))"
    case .someText(let matcher): return "some-text: \(self.matcher(matcher))"
    case .error(.oneOf(let codes)): return "error: [\(codes.map(matcher).joined(separator: ", "))]"
    case .error(let matcher): return "error: \(self.matcher(matcher))"
    case .challenge(let scheme, .object(let members)):
      return "challenge: { " + (["scheme: \(scheme)"] + members.map(member)).joined(separator: ", ") + " }"
    case .listed(let names): return "listed: [\(names.joined(separator: ", "))]"
    case .unlisted(let names): return "unlisted: [\(names.joined(separator: ", "))]"
    case .delivered(let deliveries):
      return "delivered: { " + deliveries.map { "\($0.payload): \(matcher($0.times))" }.joined(separator: ", ") + " }"
    case .saved(let matcher): return "saved: \(self.matcher(matcher))"
    case .noSecrets: return "secrets: none"
    // the model makes no others
    case .header, .xml, .duration, .interim, .challenge, .received, .succeeded, .different, .equal: return nil
    }
  }

  private func statuses(_ matcher: Matcher) -> String {
    switch matcher {
    case .statusClass(let hundred): "\(hundred)xx"
    case .oneOf(let list): "[\(list.map(statuses).joined(separator: ", "))]"
    default: self.matcher(matcher)
    }
  }

  private func matcher(_ matcher: Matcher) -> String {
    switch matcher {
    case .equals(let value): template(value)
    case .array(let items): "[\(items.map(self.matcher).joined(separator: ", "))]"
    case .all(let matchers): "{ " + matchers.map(word).joined(separator: ", ") + " }"
    case .object(let members): "{ " + members.map(member).joined(separator: ", ") + " }"
    default: "{ \(word(matcher)) }"
    }
  }

  private func member(_ member: Matcher.Member) -> String { "\(member.name): \(matcher(member.matcher))" }

  private func word(_ matcher: Matcher) -> String {
    switch matcher {
    case .contains(let inner): "contains: \(self.matcher(inner))"
    case .matches(let value): "matches: \(template(value))"
    case .unlike(let value): "unlike: \(template(value))"
    case .eachMember(let inner): "each-member: \(self.matcher(inner))"
    case .exactly(let members): "exactly: { \(members.map(member).joined(separator: ", ")) }"
    case .object(let members): "object: { \(members.map(member).joined(separator: ", ")) }"
    case .lists(let names): "lists: [\(names.map(template).joined(separator: ", "))]"
    case .oneOf(let list): "one-of: [\(list.map(self.matcher).joined(separator: ", "))]"
    case .type(let type): "type: \(type == .null ? "'null'" : type.rawValue)"
    case .atLeast(let value): "at-least: \(template(value))"
    case .atMost(let value): "at-most: \(template(value))"
    case .absent(let isAbsent): "absent: \(isAbsent)"
    case .not(let inner): "not: \(self.matcher(inner))"
    default: "equals: null"
    }
  }

  // MARK: - Values

  private func members(_ members: [Template.Member]) -> String? {
    members.isEmpty
      ? nil : "{ " + members.map { "\($0.name): \(template($0.value))" }.joined(separator: ", ") + " }"
  }

  private func template(_ template: Template) -> String {
    switch template {
    case .literal(.string(let text)): quoted(escaped(text))
    case .literal(let json): json.compact
    case .reference(let reference): quoted(reference.description)
    case .text(let segments):
      quoted(
        segments.map { segment in
          switch segment {
          case .literal(let text): escaped(text)
          case .reference(let reference): reference.description
          }
        }.joined())
    case .array(let items): "[\(items.map(self.template).joined(separator: ", "))]"
    case .object(let members):
      "{ " + members.map { "\(quoted($0.name)): \(self.template($0.value))" }.joined(separator: ", ") + " }"
    }
  }

  /// A text in which `${` is literal.
  private func escaped(_ text: String) -> String {
    text.split(separator: "${", omittingEmptySubsequences: false).joined(separator: "$${")
  }

  /// A JSON string, which is also a YAML string in double quotes.
  private func quoted(_ text: String) -> String { JSON.string(text).compact }
}

extension ConnectorRole {
  fileprivate var argument: String? { self == .first ? nil : rawValue }
}
