// The documents that the sources of requirements name, and their sections.

/// A document, with the sections of it that are named, if any: `RFC 6749 sections 3.2.1 and 4.4`.
public struct SourceReference: Sendable, Hashable {
  /// `section 5.2`, `appendix B`, `step 3`; or a word that names a part, such as `hint`.
  public struct Part: Sendable, Hashable, CustomStringConvertible {
    public var kind: String
    /// Empty for a word.
    public var number: String

    public var description: String { number.isEmpty ? kind : "\(kind) \(number)" }

    /// Whether it is the other part, or contains it: `section 5` contains `section 5.2`.
    func contains(_ other: Part) -> Bool {
      kind == other.kind
        && (number.lowercased() == other.number.lowercased()
          || other.number.lowercased().hasPrefix("\(number.lowercased())."))
    }
  }

  /// As the text has it: `RFC 6749`.
  public var document: String
  public var parts: [Part]

  /// Whether a requirement with the other reference is about this document, and about one of these sections if there
  /// are any.
  public func includes(_ other: SourceReference) -> Bool {
    isSameDocument(as: other)
      && (parts.isEmpty || parts.contains { own in other.parts.contains { own.contains($0) } })
  }

  /// Upper case and spaces make no difference: `rfc6749` is `RFC 6749`.
  public func isSameDocument(as other: SourceReference) -> Bool {
    SourceReference.key(document) == SourceReference.key(other.document)
  }

  private static func key(_ document: String) -> String { document.lowercased().filter { !$0.isWhitespace } }

  /// The documents that a text names, separated by semicolons. What is in parentheses is a remark.
  public static func all(in text: String) -> [SourceReference] {
    withoutRemarks(text).replacing("§", with: " section ").split(separator: ";").compactMap { SourceReference($0) }
  }

  private static func withoutRemarks(_ text: String) -> String {
    var depth = 0
    return String(
      text.filter { character in
        if character == "(" { depth += 1 }
        defer { if character == ")" { depth = max(0, depth - 1) } }
        return depth == 0 && character != ")"
      })
  }

  private static let kinds = [
    "section": "section", "sections": "section", "appendix": "appendix", "appendices": "appendix", "step": "step",
    "steps": "step",
  ]

  private init?(_ text: Substring) {
    var words = text.split(whereSeparator: \.isWhitespace)[...]
    var names: [Substring] = []
    while let word = words.first, SourceReference.kinds[word.lowercased()] == nil {
      words.removeFirst()
      let name = word.prefix { $0 != "," && $0 != ":" }
      names.append(name)
      if name.count < word.count { break }
    }
    document = names.joined(separator: " ")
    guard !document.isEmpty else { return nil }
    parts = []
    var kind: String?
    for word in words.map({ $0.filter { $0 != "," && $0 != ":" } }) where word != "and" {
      if let known = SourceReference.kinds[word.lowercased()] {
        kind = known
      } else if let kind, SourceReference.isNumber(word) {
        parts.append(Part(kind: kind, number: word))
      } else {
        kind = nil
        parts.append(Part(kind: word.lowercased(), number: ""))
      }
    }
  }

  /// `5.2`, `A.12` or `B`.
  private static func isNumber(_ word: String) -> Bool {
    let numbers = word.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.enumerated().allSatisfy { index, number in
      !number.isEmpty
        && (number.allSatisfy { $0.isASCII && $0.isNumber }
          || index == 0 && number.count == 1 && number.allSatisfy { $0.isASCII && $0.isLetter })
    }
  }
}

extension Requirement {
  /// The documents that its source names.
  public var references: [SourceReference] { SourceReference.all(in: source) }
}
