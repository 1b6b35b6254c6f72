// Which tags a scenario must have: `expiry and not (big or brute-force)`.

/// A condition on tags, with `and`, `or`, `not` and parentheses. `not` binds strongest, then `and`, then `or`.
public struct TagExpression: Sendable, Hashable {
  /// A tag that the expression names.
  public struct Name: Sendable, Hashable {
    public var tag: String
    /// Its first character in the text of the expression, from 1.
    public var column: Int
  }

  indirect enum Condition: Sendable, Hashable {
    case tag(String)
    case not(Condition)
    case all([Condition])
    case any([Condition])
  }

  let condition: Condition
  /// The tags in the order of the text.
  public let names: [Name]

  /// The condition that a scenario has this tag.
  public init(tag: String) {
    condition = .tag(tag)
    names = [Name(tag: tag, column: 1)]
  }

  /// - Throws: `TagSyntaxError` with the place of the mistake.
  public init(parsing text: String) throws(TagSyntaxError) {
    var parser = TagParser(text)
    condition = try parser.whole()
    names = parser.names
  }

  /// Whether a scenario with these tags meets the condition.
  public func matches(_ tags: Set<String>) -> Bool { TagExpression.holds(condition, tags) }

  private static func holds(_ condition: Condition, _ tags: Set<String>) -> Bool {
    switch condition {
    case .tag(let tag): tags.contains(tag)
    case .not(let inner): !holds(inner, tags)
    case .all(let parts): parts.allSatisfy { holds($0, tags) }
    case .any(let parts): parts.contains { holds($0, tags) }
    }
  }
}

/// Why a text is not a condition on tags.
public struct TagSyntaxError: Error, Sendable, Hashable {
  public var message: String
  /// The first character of the mistake, from 1.
  public var column: Int
  /// How many characters are wrong.
  public var length: Int

  public init(message: String, column: Int, length: Int) {
    self.message = message
    self.column = column
    self.length = length
  }
}

/// Reads a condition by recursive descent.
private struct TagParser {
  private struct Token {
    var text: String
    var column: Int
  }

  private let tokens: [Token]
  /// The column after the last character.
  private let end: Int
  private var index = 0
  private var depth = 0
  private(set) var names: [TagExpression.Name] = []

  private static let maxDepth = 32
  private static let signs = ["&": "and", "&&": "and", "|": "or", "||": "or", "!": "not"]

  init(_ text: String) {
    var tokens: [Token] = []
    var word = ""
    var column = 1
    func addWord() {
      if !word.isEmpty { tokens.append(Token(text: word, column: column - word.count)) }
      word = ""
    }
    for character in text {
      if character.isWhitespace || character == "(" || character == ")" {
        addWord()
        if !character.isWhitespace { tokens.append(Token(text: String(character), column: column)) }
      } else {
        word.append(character)
      }
      column += 1
    }
    addWord()
    self.tokens = tokens
    end = column
  }

  private var next: Token? { index < tokens.count ? tokens[index] : nil }

  mutating func whole() throws(TagSyntaxError) -> TagExpression.Condition {
    let condition = try alternatives()
    guard let next else { return condition }
    throw unexpected(next)
  }

  /// What follows a complete condition, and is neither its end nor an operator.
  private func unexpected(_ token: Token) -> TagSyntaxError {
    if token.text == ")" { return error("')' has no matching '('", token) }
    let meant = TagParser.signs[token.text] ?? token.text.lowercased()
    let suggestion = ["and", "or"].contains(meant) ? "; did you mean '\(meant)'?" : ""
    return error("expected 'and' or 'or' before '\(token.text)'\(suggestion)", token)
  }

  private mutating func alternatives() throws(TagSyntaxError) -> TagExpression.Condition {
    var parts = [try conjunction()]
    while next?.text == "or" {
      index += 1
      parts.append(try conjunction())
    }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func conjunction() throws(TagSyntaxError) -> TagExpression.Condition {
    var parts = [try term()]
    while next?.text == "and" {
      index += 1
      parts.append(try term())
    }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func term() throws(TagSyntaxError) -> TagExpression.Condition {
    guard let token = next, token.text != ")", token.text != "and", token.text != "or" else {
      let place = next ?? Token(text: " ", column: end)
      let before = index > 0 ? " after '\(tokens[index - 1].text)'" : ""
      throw error("expected a tag\(before)", place)
    }
    guard depth < TagParser.maxDepth else { throw error("more than \(TagParser.maxDepth) levels deep", token) }
    depth += 1
    defer { depth -= 1 }
    index += 1
    switch token.text {
    case "not": return .not(try term())
    case "(":
      let inner = try alternatives()
      guard let closing = next else { throw error("'(' is not closed", token) }
      guard closing.text == ")" else { throw unexpected(closing) }
      index += 1
      return inner
    default:
      if token.text.hasPrefix("!") || TagParser.signs[token.text] != nil {
        let rest = token.text.drop { $0 == "!" }
        let meant = token.text.hasPrefix("!") ? "; did you mean 'not\(rest.isEmpty ? "" : " \(rest)")'?" : ""
        throw error("expected a tag, not '\(token.text)'\(meant)", token)
      }
      names.append(TagExpression.Name(tag: token.text, column: token.column))
      return .tag(token.text)
    }
  }

  private func error(_ message: String, _ token: Token) -> TagSyntaxError {
    TagSyntaxError(message: message, column: token.column, length: token.text.count)
  }
}
