// Reads matchers.

import ConformanceModel
import HTTPModel
import JSONValue
import YAML

extension YAMLReader {
  /// A matcher. A mapping whose keys are all names of matchers is one; any other mapping is matched member by member.
  func matcher(_ scope: Scope, depth: Int = 0) -> Matcher {
    guard depth < 100 else {
      diagnostic("more than 100 levels of nesting")
      return .absent(false)
    }
    switch node.kind {
    case .scalar: return .equals(template(scope))
    case .sequence:
      return .array(node.items.map { inner($0).matcher(scope, depth: depth + 1) })
    case .mapping:
      guard let members = members("a matcher"), !members.isEmpty else { return .object([]) }
      let words = members.filter { MatcherWord(rawValue: $0.name) != nil }
      if words.isEmpty {
        return .object(members.map { .init($0.name, $0.value.matcher(scope, depth: depth + 1)) })
      }
      if words.count < members.count, let other = members.first(where: { MatcherWord(rawValue: $0.name) == nil }) {
        let near = Suggestion.nearest(to: other.name, among: MatcherWord.allCases.map(\.rawValue)).map {
          "; did you mean '\($0)'?"
        }
        other.key.diagnostic(
          "'\(other.name.prefix(60))' is not a matcher, but '\(words[0].name)' is"
            + (near ?? "; write {object: {…}} to match a member with that name"))
        return .absent(false)
      }
      let all = words.compactMap { word in
        MatcherWord(rawValue: word.name).map { word.value.matcher($0, scope, depth: depth + 1) }
      }
      return all.count == 1 ? all[0] : .all(all)
    }
  }

  private func matcher(_ word: MatcherWord, _ scope: Scope, depth: Int) -> Matcher {
    switch word {
    case .equals: return .equals(template(scope))
    case .matches:
      let pattern = textTemplate("a regular expression", scope) ?? .literal("")
      refuseEmptyText(word)
      if let text = pattern.literalText, !text.isEmpty { checkPattern(text) }
      return .matches(pattern)
    case .unlike:
      let text = textTemplate("a text", scope) ?? .literal("")
      refuseEmptyText(word)
      return .unlike(text)
    case .contains:
      refuseEmptyText(word)
      return .contains(matcher(scope, depth: depth))
    case .lists: return .lists(fieldMembers(scope))
    case .oneOf:
      if isEmptyCollection { diagnostic("one-of is empty, so that no value matches; expected values or matchers") }
      return .oneOf((list("one-of") ?? []).map { $0.matcher(scope, depth: depth) })
    case .type: return self.word("type", ValueType.self).map { .type($0) } ?? .absent(false)
    case .length: return .length(matcher(scope, depth: depth))
    case .above: return .above(numberTemplate("above", scope))
    case .below: return .below(numberTemplate("below", scope))
    case .atLeast: return .atLeast(numberTemplate("at-least", scope))
    case .atMost: return .atMost(numberTemplate("at-most", scope))
    case .absent: return .absent(boolean("absent") ?? true)
    case .not: return .not(matcher(scope, depth: depth))
    case .each: return .each(matcher(scope, depth: depth))
    case .eachMember: return .eachMember(matcher(scope, depth: depth))
    case .uniqueMembers: return .uniqueMembers(boolean("unique-members") ?? true)
    case .object: return .object(matcherMembers(scope, depth: depth))
    case .exactly:
      if node.kind == .mapping { return .exactly(matcherMembers(scope, depth: depth)) }
      return .equals(template(scope))
    }
  }

  /// Every text contains the empty text, and matches an empty expression.
  private func refuseEmptyText(_ word: MatcherWord) {
    guard scalar == .string("") else { return }
    diagnostic("\(word.rawValue) is empty, and so holds for every text; expected a text")
  }

  /// The names of the members that the list of a header field has to have.
  private func fieldMembers(_ scope: Scope) -> [Template] {
    let expected = "expected the name of a member of a list, such as no-store, or a list of names"
    if isEmptyCollection {
      diagnostic("lists is empty, and so holds for every text; \(expected)")
      return []
    }
    return (oneOrMore("lists") ?? []).compactMap { item in
      guard let name = item.textTemplate("a name", scope) else { return nil }
      if let text = name.literalText, text.isEmpty || !text.utf8.allSatisfy(\.isTokenCharacter) {
        item.diagnostic("'\(text.prefix(60))' is not a name (RFC 9110 section 5.6.2); \(expected)")
      }
      return name
    }
  }

  /// A matcher of a number or a text. One of a list or a mapping never holds there, and its negation always does.
  func scalarMatcher(_ what: String, _ scope: Scope) -> Matcher {
    let matcher = matcher(scope)
    if matcher.isOfCollection {
      diagnostic("\(what) is never a list or a mapping; expected a matcher of a single value")
    }
    return matcher
  }

  /// Members that are matched one by one, even if their names are those of matchers.
  func matcherMembers(_ scope: Scope, depth: Int = 0) -> [Matcher.Member] {
    (members("the members") ?? []).map { .init($0.name, $0.value.matcher(scope, depth: depth + 1)) }
  }

  private func numberTemplate(_ word: String, _ scope: Scope) -> Template {
    let value = template(scope)
    switch value {
    case .literal(.number), .reference: break
    case .literal(.string(let text)):
      // a duration counts in seconds: {below: 2s}
      if let duration = try? SimulatedDuration(parsing: text) {
        return .literal(.double(Double(duration.milliseconds) / 1000, decimals: 3))
      }
      fallthrough
    default: diagnostic("\(word) must be a number, a duration or a reference, not \(kind)")
    }
    return value
  }

  /// A status: a number, a class such as `2xx`, a list of these, a reference, or a matcher.
  func statusMatcher(_ scope: Scope) -> Matcher {
    switch node.kind {
    case .sequence: return .oneOf((list("status") ?? []).map { $0.statusMatcher(scope) })
    case .mapping: return scalarMatcher("a status", scope)
    case .scalar: break
    }
    switch scalar {
    case .number(let digits):
      if let status = Int(digits), (100...599).contains(status) { return .equals(.literal(.int(status))) }
    case .string(let text):
      if text.count == 3, text.hasSuffix("xx"), let hundred = Int(text.prefix(1)), (1...5).contains(hundred) {
        return .statusClass(hundred)
      }
      if text.contains("${") {
        // a behaviour may hold one status or several
        return .among(template(scope))
      }
    default: break
    }
    diagnostic("expected a status from 100 to 599, a class such as 2xx, or a list of these")
    return .absent(false)
  }
}

extension Matcher {
  /// Whether it is about a list or a mapping.
  fileprivate var isOfCollection: Bool {
    switch self {
    case .array, .object, .exactly, .each, .eachMember, .uniqueMembers: true
    case .not(let inner): inner.isOfCollection
    case .oneOf(let choices), .all(let choices): choices.contains(where: \.isOfCollection)
    default: false
    }
  }
}

extension YAMLReader {
  func checkPattern(_ text: String) {
    if let error = PatternCache.error(in: text) { diagnostic("invalid regular expression: \(error)") }
  }
}
