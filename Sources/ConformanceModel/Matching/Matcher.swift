// Conditions on values.

public import JSONValue

/// A condition on one value. Its templates are resolved when it is evaluated.
public indirect enum Matcher: Sendable, Hashable {
  case equals(Template)
  /// A regular expression that is found somewhere in the text.
  case matches(Template)
  /// A text that differs from this one at 12 or more positions.
  case unlike(Template)
  /// A text that contains this text, or an array with an item that matches.
  case contains(Matcher)
  /// A list of a header field that has each of these members (RFC 9110 section 5.6.1).
  case lists([Template])
  case oneOf([Matcher])
  /// The value of a reference, or one of its items if it is a list: `status: ${behaviour.foreign-token}`.
  case among(Template)
  case type(ValueType)
  /// The number of characters, items or members.
  case length(Matcher)
  case above(Template)
  case below(Template)
  case atLeast(Template)
  case atMost(Template)
  /// `true`: there is no such value. `false`: there is one.
  case absent(Bool)
  case not(Matcher)
  /// Every item of an array.
  case each(Matcher)
  /// Every member of an object, whatever its name.
  case eachMember(Matcher)
  /// `true`: no object in the value has two members of the same name, at any level. `false`: one has.
  case uniqueMembers(Bool)
  /// These members match; further members are allowed.
  case object([Member])
  /// These members match, and there are no others.
  case exactly([Member])
  /// The same number of items, each matching its matcher.
  case array([Matcher])
  /// All of these match: several keys in one mapping.
  case all([Matcher])
  /// A class of statuses: `2xx`.
  case statusClass(Int)

  public struct Member: Sendable, Hashable {
    public var name: String
    public var matcher: Matcher

    public init(_ name: String, _ matcher: Matcher) {
      self.name = name
      self.matcher = matcher
    }
  }
}

/// The values of `type:`.
public enum ValueType: String, Sendable, Hashable, CaseIterable {
  case string, number, integer, boolean, array, object, null

  public func includes(_ json: JSON) -> Bool {
    switch (self, json) {
    case (.string, .string), (.number, .number), (.boolean, .bool), (.array, .array), (.object, .object),
      (.null, .null):
      true
    case (.integer, .number(let text)): !text.contains { ".eE".contains($0) }
    default: false
    }
  }
}

/// The keys of the matcher language with their meanings: the loader, the schema and the guide read this table.
public enum MatcherWord: String, Sendable, Hashable, CaseIterable {
  case equals
  case matches
  case unlike
  case contains
  case lists
  case oneOf = "one-of"
  case type
  case length
  case above
  case below
  case atLeast = "at-least"
  case atMost = "at-most"
  case absent
  case not
  case each
  case eachMember = "each-member"
  case uniqueMembers = "unique-members"
  case object
  case exactly

  public var meaning: String {
    switch self {
    case .equals: "the same value; numbers by value, members in any order"
    case .matches:
      "a regular expression that matches somewhere in the text, `$` only at its very end; the case is errored if it "
        + "takes too much work"
    case .unlike: "a text that differs from this one at 12 or more positions, as an unguessable one does"
    case .contains: "a text that contains this text, or an array with an item that matches"
    case .lists:
      "a header field that is a list with these members, such as no-store in Cache-Control; in any case, whatever their "
        + "values"
    case .oneOf: "one of these values or matchers"
    case .type: "string, number, integer, boolean, array, object or null"
    case .length: "the number of characters, items or members"
    case .above: "greater than this number"
    case .below: "less than this number"
    case .atLeast: "this number or more"
    case .atMost: "this number or less"
    case .absent: "true: there is no such value; false: there is one"
    case .not: "a value that does not match this; an absent one only if this is about `absent`"
    case .each: "every item of an array matches"
    case .eachMember: "every member of an object matches, whatever its name"
    case .uniqueMembers: "true: no object has two members of the same name, at any level; false: one has"
    case .object: "these members match, others are allowed (needed only if the name of a member is also a matcher key)"
    case .exactly: "these members match, and there are no others"
    }
  }
}

extension Matcher {
  /// Whether it decides about an absent value.
  var isAboutAbsence: Bool {
    switch self {
    case .absent: true
    case .not(let inner): inner.isAboutAbsence
    case .oneOf(let choices), .all(let choices): choices.contains { $0.isAboutAbsence }
    default: false
    }
  }

  /// Whether it is that there is no value.
  var isAbsence: Bool { if case .absent(true) = self { true } else { false } }

  /// All references in it.
  public var references: [Reference] {
    switch self {
    case .equals(let t), .among(let t), .matches(let t), .unlike(let t), .above(let t), .below(let t), .atLeast(let t),
      .atMost(let t):
      t.references
    case .contains(let m), .length(let m), .not(let m), .each(let m), .eachMember(let m): m.references
    case .lists(let names): names.flatMap(\.references)
    case .oneOf(let list), .array(let list), .all(let list): list.flatMap(\.references)
    case .object(let members), .exactly(let members): members.flatMap(\.matcher.references)
    case .type, .absent, .statusClass, .uniqueMembers: []
    }
  }
}
