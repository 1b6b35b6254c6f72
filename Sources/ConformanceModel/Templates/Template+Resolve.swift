// Fills templates in.

public import JSONValue

/// Why a reference could not be filled in.
public struct UnresolvedReference: Error, Sendable, Hashable, CustomStringConvertible {
  public var reference: String
  public var reason: String
  /// It is not a name, but a regular expression that could not be searched for.
  public private(set) var isPattern = false

  public init(reference: String, reason: String) {
    self.reference = reference
    self.reason = reason
  }

  public static func pattern(_ pattern: String, _ reason: String) -> UnresolvedReference {
    var unresolved = UnresolvedReference(reference: pattern, reason: reason)
    unresolved.isPattern = true
    return unresolved
  }

  public var description: String {
    isPattern
      ? "the regular expression /\(Matching.start(of: reference))/ \(reason)"
      : "\(reference) stands for nothing: \(reason)"
  }
}

extension Template {
  /// The value with its references filled in by `lookup`, which gets the name and members and applies no filters.
  ///
  /// `derived` is told of each text that filters made, with the value that it was made from: a near miss of a
  /// secret is as confidential as the secret.
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
    return .string(result)
  }
}

extension JSON {
  /// A string as it is, anything else as JSON text; nothing for null.
  public var plainText: String {
    switch self {
    case .string(let text): text
    case .null: ""
    default: compact
    }
  }

  /// Follows the members of a reference's path.
  public func member(_ path: ArraySlice<String>) -> JSON? {
    guard let name = path.first else { return self }
    if case .array(let items) = self {
      guard let index = Int(name), items.indices.contains(index) else { return nil }
      return items[index].member(path.dropFirst())
    }
    return self[name]?.member(path.dropFirst())
  }
}
