// Matchers in words.

import JSONValue

extension Matching {
  /// A matcher in words, with its references resolved.
  public func describe(_ matcher: Matcher) throws(UnresolvedReference) -> String {
    switch matcher {
    case .equals(let template): return Matching.show(try value(of: template))
    case .among(let template):
      let values = try value(of: template)
      return values.array.map { $0.map(\.compact).joined(separator: " or ") } ?? Matching.show(values)
    case .matches(let template): return "text that matches /\(try value(of: template).plainText)/"
    case .unlike: return "text that differs from another at 12 or more positions"
    case .contains(let inner): return "something that contains \(try describe(inner))"
    case .lists(let names):
      var words: [String] = []
      for name in names { words.append(try value(of: name).plainText) }
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
    case .above(let limit): return "more than \(try value(of: limit).plainText)"
    case .below(let limit): return "less than \(try value(of: limit).plainText)"
    case .atLeast(let limit): return "at least \(try value(of: limit).plainText)"
    case .atMost(let limit): return "at most \(try value(of: limit).plainText)"
    case .absent(let absent): return absent ? "nothing" : "something"
    case .not(.contains(let inner)): return "nothing that contains \(try describe(inner))"
    case .not(.matches(let template)): return "no text that matches /\(try value(of: template).plainText)/"
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
