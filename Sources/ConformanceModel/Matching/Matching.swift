// Evaluates values against matchers. Pure: the same matcher, value and names give the same outcome.

import HTTPModel
public import JSONValue

/// Evaluates values. `lookup` resolves the references in matchers.
public struct Matching {
  let lookup: (Reference) throws(UnresolvedReference) -> JSON
  let derived: (Reference, String) -> Void
  let patterns: PatternCache
  /// Mismatches are only counted, so they need no words.
  private var isSilent = false

  /// - Parameter derived: Called with each text that filters made: it is as confidential as what it was made of.
  public init(
    patterns: PatternCache, lookup: @escaping (Reference) throws(UnresolvedReference) -> JSON,
    derived: @escaping (_ reference: Reference, _ result: String) -> Void = { _, _ in }
  ) {
    self.patterns = patterns
    self.lookup = lookup
    self.derived = derived
  }

  func value(of template: Template) throws(UnresolvedReference) -> JSON {
    try template.resolved(lookup, derived: derived)
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
      guard let found = try match(inner, actual) else { return [] }
      if isSilent { return Matching.silentMismatch }
      let shown = try place(of: found, in: actual) ?? Matching.show(actual)
      return [Mismatch(expected: try describe(.not(found)), actual: shown)]
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

  /// The matcher that holds: of several choices, the first one; `nil` if none does.
  private func match(_ matcher: Matcher, _ actual: JSON?) throws(UnresolvedReference) -> Matcher? {
    guard case .oneOf(let choices) = matcher else { return try holds(matcher, actual) ? matcher : nil }
    for choice in choices {
      if let found = try match(choice, actual) { return found }
    }
    return nil
  }

  /// Where a text that is too long to be shown whole contains another: `it, at byte 211 of 30279`.
  private func place(of matcher: Matcher, in actual: JSON?) throws(UnresolvedReference) -> String? {
    guard case .contains(.equals(let template)) = matcher, case .string(let text)? = actual,
      text.utf8.count > Matching.maxWhole, let place = text.utf8Place(of: try value(of: template).plainText)
    else { return nil }
    return "it, at byte \(place + 1) of \(text.utf8.count)"
  }

  private func contains(_ inner: Matcher, _ actual: JSON) throws(UnresolvedReference) -> Bool {
    if case .string(let text) = actual {
      guard case .equals(let template) = inner else { return try holds(inner, actual) }
      let part = try value(of: template).plainText
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
    case .equals(let template): return try value(of: template).means(actual)
    case .among(let template):
      let values = try value(of: template)
      return values.array?.contains { $0.means(actual) } ?? values.means(actual)
    case .matches(let template):
      guard case .string(let text) = actual else { return false }
      return try patterns.finds(try value(of: template).plainText, in: text)
    case .unlike(let template):
      guard case .string(let text) = actual else { return false }
      let other = try value(of: template).plainText
      return Matching.differences(Array(text.utf8), Array(other.utf8)) >= 12
    case .lists(let names):
      guard case .string(let text) = actual else { return false }
      let list = FieldList(text)
      for name in names {
        guard list.contains(try value(of: name).plainText) else { return false }
      }
      return true
    case .uniqueMembers(let isUnique): return actual.repeatedMembers.isEmpty == isUnique
    case .type(let type): return type.includes(actual)
    case .length(let inner):
      let length: Int
      switch actual {
      case .string(let text): length = text.scalarCount
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
    let limit = try value(of: limit)
    guard let bound = DecimalNumber(limit.plainText) else {
      throw UnresolvedReference(reference: limit.plainText, reason: "it is not a number")
    }
    guard case .number(let text) = actual, let number = DecimalNumber(text) else { return false }
    return holds(number, bound)
  }

  /// A text of more bytes is not shown to say that it contains another.
  private static let maxWhole = 120

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
    return start.endIndex == text.endIndex ? text : "\(String(start))… (\(text.scalarCount) characters)"
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
  public func utf8Contains(_ part: String) -> Bool { utf8Place(of: part) != nil }

  /// Where the bytes of the other text occur first, from 0.
  fileprivate func utf8Place(of part: String) -> Int? {
    let text = Array(utf8), part = Array(part.utf8)
    guard let first = part.first else { return 0 }
    guard part.count <= text.count else { return nil }
    var index = 0
    while index <= text.count - part.count {
      if text[index] == first, text[index..<index + part.count].elementsEqual(part) { return index }
      index += 1
    }
    return nil
  }
}

extension String {
  /// The number of Unicode scalars. Each has one byte that does not continue another (RFC 3629 section 3).
  fileprivate var scalarCount: Int {
    var text = self
    return text.withUTF8 { bytes in bytes.count { $0 & 0xC0 != 0x80 } }
  }
}
