// Resolves the references in templates.

public import JSONValue

/// Why a reference could not be resolved.
public struct UnresolvedReference: Error, Sendable, Hashable, CustomStringConvertible {
  public var reference: String
  public var reason: String
  /// The name under which nothing was saved.
  public private(set) var name: String?
  private var kind = Kind.reference

  private enum Kind {
    case reference, unsaved, pattern, xpath
  }

  /// Whether nothing was saved under the name.
  public var isUnsaved: Bool { kind == .unsaved }

  /// Whether `reference` is a regular expression or an XPath expression that could not be evaluated.
  public var isPattern: Bool { kind == .pattern || kind == .xpath }

  public init(reference: String, reason: String) {
    self.reference = reference
    self.reason = reason
  }

  public static func unsaved(_ reference: Reference) -> UnresolvedReference {
    var unresolved = UnresolvedReference(
      reference: reference.description, reason: "nothing was saved under that name")
    unresolved.kind = .unsaved
    unresolved.name = reference.name
    return unresolved
  }

  public static func pattern(_ pattern: String, _ reason: String) -> UnresolvedReference {
    var unresolved = UnresolvedReference(reference: pattern, reason: reason)
    unresolved.kind = .pattern
    return unresolved
  }

  public static func xpath(_ expression: String, _ reason: String) -> UnresolvedReference {
    var unresolved = UnresolvedReference(reference: expression, reason: reason)
    unresolved.kind = .xpath
    return unresolved
  }

  public var description: String {
    switch kind {
    case .reference, .unsaved: "cannot resolve \(reference): \(reason)"
    case .pattern: "the regular expression /\(Matching.start(of: reference))/ \(reason)"
    case .xpath: "the XPath expression \(Matching.start(of: reference)) cannot be evaluated: \(reason)"
    }
  }
}

extension Template {
  /// The value with its references resolved.
  ///
  /// - Parameters:
  ///   - lookup: Returns the value of a reference, without applying its filters.
  ///   - derived: Called with each text that filters made: a near miss of a secret is as confidential as the secret.
  /// - Throws: What `lookup` throws.
  public func resolved(
    _ lookup: (Reference) throws(UnresolvedReference) -> JSON,
    derived: (_ reference: Reference, _ result: String) -> Void = { _, _ in }
  ) throws(UnresolvedReference) -> JSON {
    switch self {
    case .literal(let json): return json
    case .reference(let reference): return try reference.resolved(lookup, derived: derived)
    case .text(let segments):
      var text = ""
      for segment in segments {
        switch segment {
        case .literal(let literal): text += literal
        case .reference(let reference): text += try reference.resolved(lookup, derived: derived).plainText
        }
      }
      return .string(text)
    case .array(let items):
      var values: [JSON] = []
      for item in items { values.append(try item.resolved(lookup, derived: derived)) }
      return .array(values)
    case .object(let members):
      var values: [JSON.Member] = []
      for member in members { values.append(.init(member.name, try member.value.resolved(lookup, derived: derived))) }
      return .object(values)
    }
  }
}

extension Reference {
  fileprivate func resolved(
    _ lookup: (Reference) throws(UnresolvedReference) -> JSON, derived: (Reference, String) -> Void
  ) throws(UnresolvedReference) -> JSON {
    let value = try lookup(self)
    guard !filters.isEmpty else { return value }
    let result = filters.reduce(value.plainText) { $1.apply($0) }
    derived(self, result)
    if filters.last?.makesNumber == true, Int(result) != nil { return .number(result) }
    return .string(result)
  }
}

extension JSON {
  /// A string as it is, null as an empty text, anything else as JSON text.
  public var plainText: String {
    switch self {
    case .string(let text): text
    case .null: ""
    default: compact
    }
  }

  /// The value at a reference's path: names of members and indices of items.
  public func member(_ path: ArraySlice<String>) -> JSON? {
    guard let name = path.first else { return self }
    if case .array(let items) = self {
      guard let index = Int(name), items.indices.contains(index) else { return nil }
      return items[index].member(path.dropFirst())
    }
    return self[name]?.member(path.dropFirst())
  }
}
