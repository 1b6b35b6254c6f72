// Patterns over ids, as a shell has them for the names of files.

/// `*` for any text, `?` for one character, `[a-z]` and `[!a-z]` for one of a set. `*` also matches `/`.
public struct NamePattern: Sendable, Hashable {
  private enum Part: Sendable, Hashable {
    case anyText
    case oneCharacter
    case oneOf([ClosedRange<Character>], isNegated: Bool)
    case literal(Character)

    func matches(_ character: Character) -> Bool {
      switch self {
      case .anyText: false
      case .oneCharacter: true
      case .oneOf(let ranges, let isNegated): ranges.contains { $0.contains(character) } != isNegated
      case .literal(let own): own == character
      }
    }
  }

  private let parts: [Part]

  /// `nil` if the text has none of the characters of a pattern.
  public init?(_ text: String) {
    guard text.contains(where: { "*?[".contains($0) }) else { return nil }
    var parts: [Part] = []
    var rest = Array(text)[...]
    while let character = rest.popFirst() {
      switch character {
      case "*": if parts.last != .anyText { parts.append(.anyText) }
      case "?": parts.append(.oneCharacter)
      case "[": parts.append(NamePattern.set(&rest) ?? .literal("["))
      default: parts.append(.literal(character))
      }
    }
    self.parts = parts
  }

  /// The set after `[`; `nil` if it has no end: the bracket is then a character like others.
  private static func set(_ rest: inout ArraySlice<Character>) -> Part? {
    var inner = rest
    let isNegated = inner.first == "!" || inner.first == "^"
    if isNegated { inner.removeFirst() }
    var ranges: [ClosedRange<Character>] = []
    while let first = inner.popFirst() {
      // a bracket in the first place is one of the set
      if first == "]", !ranges.isEmpty {
        rest = inner
        return .oneOf(ranges, isNegated: isNegated)
      }
      let bound = inner.dropFirst().first
      if inner.first == "-", let bound, bound != "]", first <= bound {
        ranges.append(first...bound)
        inner = inner.dropFirst(2)
      } else {
        ranges.append(first...first)
      }
    }
    return nil
  }

  /// Whether the whole text matches. Takes at most as many steps as the product of both lengths.
  public func matches(_ text: String) -> Bool {
    let text = Array(text)
    var part = 0, place = 0
    /// Where to go on if the rest does not match: the part after the last `*`, and the place where its text begins.
    var retry: (part: Int, place: Int)?
    while place < text.count {
      if part < parts.count, parts[part] == .anyText {
        retry = (part + 1, place)
        part += 1
      } else if part < parts.count, parts[part].matches(text[place]) {
        part += 1
        place += 1
      } else if let last = retry {
        (part, place) = (last.part, last.place + 1)
        retry = (last.part, place)
      } else {
        return false
      }
    }
    return parts[part...].allSatisfy { $0 == .anyText }
  }
}
