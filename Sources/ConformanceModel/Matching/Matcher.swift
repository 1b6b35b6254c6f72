// What a value must be like.

public import JSONValue

/// A condition on one value. Templates in it are filled in when it is judged.
public indirect enum Matcher: Sendable, Hashable {
  case equals(Template)
  /// A regular expression that is found somewhere in the text.
  case matches(Template)
  /// A text that differs from this one at twelve places or more, counted along both.
  case unlike(Template)
  /// A text that holds this text, or an array one of whose items matches.
  case contains(Matcher)
  case oneOf([Matcher])
  /// The value that this stands for, or one of them where it stands for a list: `status: ${behaviour.foreign-token}`.
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
  /// These members hold; others are free.
  case object([Member])
  /// These members and no others.
  case exactly([Member])
  /// As many items, each like its matcher.
  case array([Matcher])
  /// Several words in one mapping: all hold.
  case all([Matcher])
  /// `2xx`: a hundred of statuses.
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

/// What `type:` can ask for.
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

/// The words of the matcher language, each with what it means: the loader, the schema and the guide read this table.
public enum MatcherWord: String, Sendable, Hashable, CaseIterable {
  case equals
  case matches
  case unlike
  case contains
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
  case object
  case exactly

  public var meaning: String {
    switch self {
    case .equals: "the same value; numbers by value, members in any order"
    case .matches:
      "a regular expression that is found somewhere in the text; one that takes too much work on it leaves the case errored"
    case .unlike: "a text that differs from this one at twelve places or more, as what cannot be guessed from it does"
    case .contains: "a text that holds this text, or an array of which one item matches"
    case .oneOf: "one of these values or matchers"
    case .type: "string, number, integer, boolean, array, object or null"
    case .length: "the number of characters, items or members"
    case .above: "greater than this number"
    case .below: "less than this number"
    case .atLeast: "this number or more"
    case .atMost: "this number or less"
    case .absent: "true: there is no such value; false: there is one"
    case .not: "anything but this"
    case .each: "every item of an array matches"
    case .object: "these members match, others are free (needed only where a member's name is a matcher's)"
    case .exactly: "these members match, and there are no others"
    }
  }
}

extension Matcher {
  /// All references in it.
  public var references: [Reference] {
    switch self {
    case .equals(let t), .among(let t), .matches(let t), .unlike(let t), .above(let t), .below(let t), .atLeast(let t),
      .atMost(let t):
      t.references
    case .contains(let m), .length(let m), .not(let m), .each(let m): m.references
    case .oneOf(let list), .array(let list), .all(let list): list.flatMap(\.references)
    case .object(let members), .exactly(let members): members.flatMap(\.matcher.references)
    case .type, .absent, .statusClass: []
    }
  }
}
