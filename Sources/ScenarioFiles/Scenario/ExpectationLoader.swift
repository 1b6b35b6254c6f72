// Reads what a step expects.

import ConformanceModel
import HTTPModel
import YAML

private enum SecretsWord: String, CaseIterable { case none }

struct ExpectationLoader {
  let scope: Scope
  let kind: StepActionKind
  /// What the copies of `concurrently` save, if the step has copies.
  var copied: [String: NameKind]?

  /// The value of `expect`: the operation's success word, or conditions.
  func expectations(_ reader: YAMLReader) -> [Expectation] {
    if reader.scalar != nil {
      if kind == .concurrently {
        reader.diagnostic("expected conditions on all branches together: succeed, different or equal")
        return []
      }
      guard let word = reader.text("expect") else { return [] }
      return outcome(word, at: reader).map { [Expectation($0, place: reader.place)] } ?? []
    }
    guard let fields = reader.fields("expect", ScenarioKeywords.expect) else { return [] }
    if reader.isEmptyCollection { reader.diagnostic("expect is empty; expected conditions") }
    return conditions(fields, in: reader, severity: .must) + part("must", of: fields, severity: .must)
      + part("should", of: fields, severity: .should)
  }

  /// The value of `only-if` and `where`: conditions.
  func conditions(_ reader: YAMLReader, _ what: String) -> [Expectation] {
    guard let fields = reader.fields(what, ScenarioKeywords.conditions) else { return [] }
    if reader.isEmptyCollection { reader.diagnostic("\(what) is empty; expected conditions") }
    return conditions(fields, in: reader, severity: .must)
  }

  private func part(_ name: String, of fields: Fields, severity: Level) -> [Expectation] {
    guard let reader = fields[name], let inner = reader.fields(name, ScenarioKeywords.conditions) else { return [] }
    if reader.isEmptyCollection { reader.diagnostic("\(name) is empty; expected conditions") }
    return conditions(inner, in: reader, severity: severity, binds: severity == .must)
  }

  private func outcome(_ word: String, at reader: YAMLReader) -> Expectation.Subject? {
    if word == kind.success { return .success(kind) }
    reader.diagnostic(
      "unknown outcome '\(word.prefix(60))' of \(kind.rawValue); expected '\(kind.success)' or conditions")
    return nil
  }

  private func conditions(_ fields: Fields, in reader: YAMLReader, severity: Level, binds: Bool = false)
    -> [Expectation]
  {
    // in the order of the file, so that reports show the first difference first
    fields.flatMap { name, value in
      subjects(name, value).map { Expectation($0.subject, severity: severity, binds: binds, place: $0.place) }
    }
  }

  /// What has to be in the conditions that an empty list or mapping would make meaningless.
  private static let contents = [
    "headers": "names of header fields with their matchers", "xml": "XPath expressions with their matchers",
    "saved": "members such as id or value with their matchers", "delivered": "saved payloads with their numbers",
    "received": "saved payloads with what the inbox shows of them",
    "listed": "names of clients", "unlisted": "names of clients", "error": "error codes",
    "status": "a status from 100 to 599, a class such as 2xx, or a list of these",
  ]

  private func subjects(_ name: String, _ value: YAMLReader) -> [(subject: Expectation.Subject, place: Place)] {
    func one(_ subject: Expectation.Subject?) -> [(subject: Expectation.Subject, place: Place)] {
      subject.map { [($0, value.keyPlace ?? value.place)] } ?? []
    }
    if let expected = ExpectationLoader.contents[name], value.isEmptyCollection {
      value.diagnostic("\(name) is empty, and so checks nothing; expected \(expected)")
      return []
    }
    guard (kind == .concurrently) == ExpectationLoader.joint.contains(name) else {
      value.diagnostic(
        kind == .concurrently
          ? "'\(name)' is about one response; write it into a step inside concurrently"
          : "'\(name)' is only for concurrently, not for \(kind.rawValue)")
      return []
    }
    switch name {
    case "succeed": return one(.succeeded(value.matcher(scope)))
    case "different": return values(value).map { (.different($0.value), $0.place) }
    case "equal": return values(value).map { (.equal($0.value), $0.place) }
    case "outcome": return one(value.text("outcome").flatMap { outcome($0, at: value) })
    case "status": return one(.status(value.statusMatcher(scope)))
    case "headers":
      return (value.members("headers") ?? []).map { (.header($0.name, $0.value.matcher(scope)), $0.key.place) }
    case "media-type": return one(mediaType(value))
    case "json": return one(.json(value.matcher(scope)))
    case "xml":
      return (value.members("xml") ?? []).map { (.xml($0.name, $0.value.matcher(scope)), $0.key.place) }
    case "text": return one(.text(value.scalarMatcher("a text", scope)))
    case "some-text": return one(.someText(value.scalarMatcher("a text", scope)))
    case "duration": return one(.duration(value.matcher(scope)))
    case "error": return one(only(.requestToken, name, value) ? .error(errorMatcher(value)) : nil)
    case "challenge": return one(challenge(value))
    case "listed": return one(only(.listClients, name, value) ? .listed(clients(value)) : nil)
    case "unlisted": return one(only(.listClients, name, value) ? .unlisted(clients(value)) : nil)
    case "saved": return one(.saved(value.matcher(scope)))
    case "interim": return one(.interim(value.matcher(scope)))
    case "secrets": return one(value.word("secrets", SecretsWord.self).map { _ in .noSecrets })
    case "delivered": return one(only(.readInbox, name, value) ? .delivered(deliveries(value)) : nil)
    case "received": return one(only(.readInbox, name, value) ? .received(receivedPayloads(value)) : nil)
    default: return []
    }
  }

  /// The conditions on all branches of `concurrently` together.
  private static let joint: Set = ["succeed", "different", "equal"]

  /// Values that each copy saves, such as `erp.id`.
  private func values(_ reader: YAMLReader) -> [(value: Reference, place: Place)] {
    (reader.oneOrMore("values") ?? []).compactMap { item in
      guard let text = item.text("a saved value") else { return nil }
      guard let copied else {
        item.diagnostic("only copies are compared: write 'concurrently' with a number, and the steps under 'steps'")
        return nil
      }
      var path = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      let own = path[0]
      path[0] = item.file.fragment?.names.name(own) ?? own
      guard let kind = copied[path[0]] else {
        let known = copied.keys.map { item.file.fragment?.names.ownName($0) ?? $0 }.sorted()
        item.diagnostic(
          "the copies save no '\(own.prefix(60))'"
            + (known.isEmpty ? "; they save nothing" : Suggestion.text(for: own, among: known)))
        return nil
      }
      if let members = kind.members, path.count != 2 || !members.contains(path[1]) {
        item.diagnostic(
          "'\(text.prefix(60))' is no value of a \(kind.rawValue); expected one of: "
            + members.map { "\(own).\($0)" }.joined(separator: ", "))
        return nil
      }
      return (Reference(path: path), item.place)
    }
  }

  private func only(_ kind: StepActionKind, _ name: String, _ value: YAMLReader) -> Bool {
    if self.kind == kind { return true }
    value.diagnostic("'\(name)' is only for \(kind.rawValue), not for \(self.kind.rawValue)")
    return false
  }

  private func errorMatcher(_ value: YAMLReader) -> Matcher {
    guard value.node.kind == .sequence else { return value.matcher(scope) }
    return .oneOf(value.node.items.map { value.inner($0).matcher(scope) })
  }

  private func mediaType(_ value: YAMLReader) -> Expectation.Subject? {
    guard let text = value.text("media-type") else { return nil }
    guard let type = MediaType(text), type.parameters.isEmpty else {
      value.diagnostic("'\(text)' is not a media type without parameters, such as application/json")
      return nil
    }
    return .mediaType(type.essence)
  }

  private func challenge(_ value: YAMLReader) -> Expectation.Subject? {
    guard let members = value.members("challenge") else { return nil }
    guard let scheme = members.first(where: { $0.name == "scheme" })?.value.text("scheme") else {
      value.diagnostic("missing key 'scheme' in challenge")
      return nil
    }
    let rest = members.filter { $0.name != "scheme" }.map { Matcher.Member($0.name, $0.value.matcher(scope)) }
    return .challenge(scheme: scheme, .object(rest))
  }

  private func clients(_ value: YAMLReader) -> [String] {
    (value.oneOrMore("clients") ?? []).compactMap { item in
      guard let name = item.text("a client") else { return nil }
      return scope.check(name, is: .client, at: item)
    }
  }

  private func deliveries(_ value: YAMLReader) -> [Expectation.Delivery] {
    (value.members("delivered") ?? []).map { name, key, times in
      let payload = scope.check(name, is: .payload, at: key)
      return Expectation.Delivery(payload: payload, times: times.matcher(scope))
    }
  }

  private func receivedPayloads(_ value: YAMLReader) -> [Expectation.ReceivedPayload] {
    (value.members("received") ?? []).map { name, key, details in
      if details.isEmptyCollection {
        details.diagnostic("'\(name.prefix(60))' is empty, and so checks nothing; expected media-type or received-at")
      }
      return Expectation.ReceivedPayload(
        payload: scope.check(name, is: .payload, at: key),
        details: (details.fields("what the inbox shows of a payload", ScenarioKeywords.received) ?? Fields()).map {
          Matcher.Member($0.key, $0.value.matcher(scope))
        })
    }
  }
}
