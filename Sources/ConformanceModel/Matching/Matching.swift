// Evaluates values against matchers. Pure: the same matcher, value and names give the same outcome.

import HTTPModel
public import JSONValue

/// Evaluates values. `lookup` resolves the references in matchers.
public struct Matching {
  let lookup: (Reference) throws(UnresolvedReference) -> JSON
  let patterns: PatternCache
  /// Mismatches are only counted, so they need no words.
  private var isSilent = false

  public init(patterns: PatternCache, lookup: @escaping (Reference) throws(UnresolvedReference) -> JSON) {
    self.patterns = patterns
    self.lookup = lookup
  }

  /// Whether the value matches. Faster than `mismatches`, which puts each into words.
  ///
  /// - Throws: As `mismatches`.
  public func holds(_ matcher: Matcher, _ actual: JSON?) throws(UnresolvedReference) -> Bool {
    var silent = self
    silent.isSilent = true
    return try silent.mismatches(matcher, actual).isEmpty
  }

  /// The mismatches, in the order of the matcher; none if the value matches. `nil` is the absence of a value.
  ///
  /// - Throws: `UnresolvedReference` if the matcher names an unknown value, or a pattern takes too much work.
  public func mismatches(_ matcher: Matcher, _ actual: JSON?) throws(UnresolvedReference) -> [Mismatch] {
    func differ(_ expected: String? = nil) throws(UnresolvedReference) -> [Mismatch] {
      if isSilent { return Matching.silentMismatch }
      let words = if let expected { expected } else { try describe(matcher) }
      let kind: Mismatch.Kind =
        if case .absent(true) = matcher { .unexpected } else { actual == nil ? .missing : .value }
      return [Mismatch(kind, expected: words, actual: Matching.show(actual))]
    }
    if case .absent(let absent) = matcher {
      return absent == (actual == nil) ? [] : try differ()
    }
    if case .all(let all) = matcher {
      var found: [Mismatch] = []
      for one in all { found += try mismatches(one, actual) }
      return found
    }
    if case .not(let inner) = matcher {
      // what is absent is not anything: a scenario that allows it says so
      if actual == nil, !inner.isAboutAbsence { return try differ() }
      return try holds(inner, actual) ? differ() : []
    }
    if case .oneOf(let choices) = matcher {
      for choice in choices {
        if try holds(choice, actual) { return [] }
      }
      return try differ()
    }
    guard let actual else { return try differ() }
    switch matcher {
    case .object(let members): return try mismatches(members, actual, closed: false)
    case .exactly(let members): return try mismatches(members, actual, closed: true)
    case .array(let matchers):
      guard let items = actual.array else { return try differ() }
      guard items.count == matchers.count else { return try differ("an array of \(matchers.count)") }
      var found: [Mismatch] = []
      for (index, pair) in zip(matchers, items).enumerated() {
        found += try mismatches(pair.0, pair.1).under(index)
      }
      return found
    case .each(let inner):
      guard let items = actual.array else { return try differ("an array") }
      var found: [Mismatch] = []
      for (index, item) in items.enumerated() { found += try mismatches(inner, item).under(index) }
      return found
    case .eachMember(let inner):
      guard let members = actual.object else { return try differ("an object") }
      var found: [Mismatch] = []
      for member in members { found += try mismatches(inner, member.value).under(member.name) }
      return found
    case .uniqueMembers(true):
      guard actual.object != nil || actual.array != nil else { return try differ("an object") }
      return actual.repeatedMemberPaths(under: "").map {
        Mismatch(.unexpected, path: $0, expected: "each member once", actual: "a member of the same name before it")
      }
    case .contains(let inner): return try contains(inner, actual) ? [] : differ()
    default: return try isMet(matcher, actual) ? [] : differ()
    }
  }

  private func mismatches(
    _ members: [Matcher.Member], _ actual: JSON, closed: Bool
  ) throws(UnresolvedReference) -> [Mismatch] {
    guard let object = actual.object else {
      return isSilent ? Matching.silentMismatch : [Mismatch(expected: "an object", actual: Matching.show(actual))]
    }
    var found: [Mismatch] = []
    for member in members {
      found += try mismatches(member.matcher, actual[member.name]).under(member.name)
      if !member.matcher.isAbsence { found += Matching.repetition(of: member.name, in: actual) }
    }
    if closed {
      for extra in object where !members.contains(where: { $0.name.isSame(as: extra.name) }) {
        found.append(
          Mismatch(
            .unexpected, path: JSONPointer(tokens: [extra.name]).description, expected: "no such member",
            actual: Matching.show(extra.value)))
      }
    }
    return found
  }

  /// A mismatch if an object has a member more than once: readers differ in which of the values they take, so that none
  /// is the value of the member (RFC 8259 section 4).
  public static func repetition(of name: String, in object: JSON) -> [Mismatch] {
    let count = object.object?.count { $0.name.isSame(as: name) } ?? 0
    guard count > 1 else { return [] }
    return [
      Mismatch(
        path: "/\(JSONPointer.escape(name))", expected: "the member once",
        actual: "the member \(count.counted("time"))")
    ]
  }

  private func contains(_ inner: Matcher, _ actual: JSON) throws(UnresolvedReference) -> Bool {
    if case .string(let text) = actual {
      guard case .equals(let template) = inner else { return try holds(inner, actual) }
      let part = try template.resolved(lookup).plainText
      return part.isEmpty || text.utf8Contains(part)
    }
    for item in actual.array ?? [] {
      if try holds(inner, item) { return true }
    }
    return false
  }

  private static let silentMismatch = [Mismatch(expected: "", actual: "")]

  /// Whether a value meets a matcher without further ones.
  private func isMet(_ matcher: Matcher, _ actual: JSON) throws(UnresolvedReference) -> Bool {
    switch matcher {
    case .equals(let template): return try template.resolved(lookup).means(actual)
    case .among(let template):
      let values = try template.resolved(lookup)
      return values.array?.contains { $0.means(actual) } ?? values.means(actual)
    case .matches(let template):
      guard case .string(let text) = actual else { return false }
      return try patterns.finds(try template.resolved(lookup).plainText, in: text)
    case .unlike(let template):
      guard case .string(let text) = actual else { return false }
      let other = try template.resolved(lookup).plainText
      return Matching.differences(Array(text.utf8), Array(other.utf8)) >= 12
    case .lists(let names):
      guard case .string(let text) = actual else { return false }
      let list = FieldList(text)
      for name in names {
        guard list.contains(try name.resolved(lookup).plainText) else { return false }
      }
      return true
    case .uniqueMembers(let isUnique): return actual.repeatedMembers.isEmpty == isUnique
    case .type(let type): return type.includes(actual)
    case .length(let inner):
      let length: Int
      switch actual {
      case .string(let text): length = text.unicodeScalars.count
      case .array(let items): length = items.count
      case .object(let members): length = members.count
      default: return false
      }
      return try holds(inner, .int(length))
    case .above(let limit): return try compare(actual, limit) { $0 > $1 }
    case .below(let limit): return try compare(actual, limit) { $0 < $1 }
    case .atLeast(let limit): return try compare(actual, limit) { $0 >= $1 }
    case .atMost(let limit): return try compare(actual, limit) { $0 <= $1 }
    case .statusClass(let hundred): return actual.int.map { $0 / 100 == hundred } ?? false
    case .contains, .oneOf, .absent, .not, .each, .eachMember, .object, .exactly, .array, .all: return false
    }
  }

  /// The number of positions at which two texts differ; excess length counts.
  private static func differences(_ one: [UInt8], _ other: [UInt8]) -> Int {
    zip(one, other).count { $0 != $1 } + abs(one.count - other.count)
  }

  private func compare(
    _ actual: JSON, _ limit: Template, _ holds: (DecimalNumber, DecimalNumber) -> Bool
  ) throws(UnresolvedReference) -> Bool {
    let limit = try limit.resolved(lookup)
    guard let bound = DecimalNumber(limit.plainText) else {
      throw UnresolvedReference(reference: limit.plainText, reason: "it is not a number")
    }
    guard case .number(let text) = actual, let number = DecimalNumber(text) else { return false }
    return holds(number, bound)
  }

  /// The number of characters of a value that are shown.
  public static let maxShown = 400

  /// A text as it is shown in a mismatch.
  public static func shown(_ text: String) -> String { show(.string(text)) }

  static func show(_ json: JSON?) -> String {
    guard let json else { return "nothing" }
    return start(of: json.compact)
  }

  /// The start of a text of any length. It counts scalars: one `Character` can be megabytes long.
  public static func start(of text: String) -> String {
    guard text.utf8.count > maxShown else { return text }
    let start = text.unicodeScalars.prefix(maxShown)
    return start.endIndex == text.endIndex ? text : "\(String(start))… (\(text.unicodeScalars.count) characters)"
  }
}

extension Matching {
  /// A matcher in words, with its references resolved.
  public func describe(_ matcher: Matcher) throws(UnresolvedReference) -> String {
    switch matcher {
    case .equals(let template): return Matching.show(try template.resolved(lookup))
    case .among(let template):
      let values = try template.resolved(lookup)
      return values.array.map { $0.map(\.compact).joined(separator: " or ") } ?? Matching.show(values)
    case .matches(let template): return "text that matches /\(try template.resolved(lookup).plainText)/"
    case .unlike: return "text that differs from another at 12 or more positions"
    case .contains(let inner): return "something that contains \(try describe(inner))"
    case .lists(let names):
      var words: [String] = []
      for name in names { words.append(try name.resolved(lookup).plainText) }
      return "a list with \(words.joined(separator: " and "))"
    case .oneOf(let choices):
      var words: [String] = []
      for choice in choices {
        let word = try describe(choice)
        // a row of cases may repeat a choice
        if !words.contains(word) { words.append(word) }
      }
      return words.joined(separator: " or ")
    case .type(let type): return "a value of type \(type.rawValue)"
    case .length(let inner): return "a length of \(try describe(inner))"
    case .above(let limit): return "more than \(try limit.resolved(lookup).plainText)"
    case .below(let limit): return "less than \(try limit.resolved(lookup).plainText)"
    case .atLeast(let limit): return "at least \(try limit.resolved(lookup).plainText)"
    case .atMost(let limit): return "at most \(try limit.resolved(lookup).plainText)"
    case .absent(let absent): return absent ? "nothing" : "something"
    case .not(let inner): return "not \(try describe(inner))"
    case .each(let inner): return "items that are each \(try describe(inner))"
    case .eachMember(let inner): return "members that are each \(try describe(inner))"
    case .uniqueMembers(let isUnique): return isUnique ? "each member once" : "a member more than once"
    case .object(let members): return try describe(members, "an object with")
    case .exactly(let members): return try describe(members, "an object with exactly")
    case .array(let items): return "an array of \(items.count)"
    case .statusClass(let hundred): return "\(hundred)xx"
    case .all(let all):
      var words: [String] = []
      for one in all { words.append(try describe(one)) }
      return words.joined(separator: " and ")
    }
  }

  private func describe(_ members: [Matcher.Member], _ word: String) throws(UnresolvedReference) -> String {
    var words: [String] = []
    for member in members { words.append("\(member.name): \(try describe(member.matcher))") }
    return words.isEmpty ? "an object" : "\(word) \(words.joined(separator: ", "))"
  }
}

extension [Mismatch] {
  /// The same mismatches, of a member of an object.
  public func under(_ name: String) -> [Mismatch] { isEmpty ? self : prefixed(JSONPointer.escape(name)) }

  fileprivate func under(_ index: Int) -> [Mismatch] { isEmpty ? self : prefixed("\(index)") }

  private func prefixed(_ token: String) -> [Mismatch] {
    map { mismatch in
      var mismatch = mismatch
      mismatch.path = "/\(token)\(mismatch.path)"
      return mismatch
    }
  }
}

extension String {
  /// Whether the bytes of the other text occur: no normalisation, no locale.
  public func utf8Contains(_ part: String) -> Bool {
    let text = Array(utf8), part = Array(part.utf8)
    guard let first = part.first else { return true }
    guard part.count <= text.count else { return false }
    var index = 0
    while index <= text.count - part.count {
      if text[index] == first, text[index..<index + part.count].elementsEqual(part) { return true }
      index += 1
    }
    return false
  }
}
