// The entity types of payloads.

public import ConformanceModel
import JSONValue

/// An entity type: the members that a payload must have. Additional members are allowed.
public struct Entity: Sendable, Hashable {
  /// The format of payloads.
  public enum Format: Sendable, Hashable {
    case json
    /// Well-formed XML; the members are child elements of the root with any content.
    case xml(root: String)
  }

  public struct Member: Sendable, Hashable {
    public var name: String
    public var types: [ValueType]
    /// For an array: the types that its items may have; any type if empty.
    public var items: [ValueType]

    public init(_ name: String, _ types: [ValueType], items: [ValueType] = []) {
      self.name = name
      self.types = types
      self.items = items
    }
  }

  /// Why a payload does not match.
  struct Mismatch: Error, Equatable {
    /// The member that is missing or wrong; `nil` for the payload as a whole.
    var member: String?
    var description: String
  }

  public var name: String
  public var format: Format
  public var members: [Member]

  public init(name: String, format: Format = .json, members: [Member]) {
    self.name = name
    self.format = format
    self.members = members
  }

  public static let order = Entity(
    name: "order", members: [Member("id", [.string, .integer]), Member("lines", [.array], items: [.object])])
  public static let invoice = Entity(
    name: "invoice", format: .xml(root: "invoice"), members: [Member("number", [.string]), Member("total", [.string])])
  public static let product = Entity(name: "product", members: [Member("sku", [.string]), Member("price", [.number])])

  /// In lower case.
  var mediaTypes: [String] {
    switch format {
    case .json: ["application/json"]
    case .xml: ["application/xml", "text/xml"]
    }
  }

  /// Why a payload does not match; `nil` if it does.
  func mismatch(_ json: JSON) -> Mismatch? {
    guard json.object != nil else { return Mismatch(description: "the payload must be an object") }
    for member in members {
      guard let value = json[member.name] else { return missing(member) }
      guard member.includes(value) else {
        return Mismatch(
          member: member.name,
          description: "the payload is not of type '\(name)': its member '\(member.name)' has "
            + (member.hasType(of: value) ? "an item of the wrong type" : "the wrong type"))
      }
    }
    return nil
  }

  /// Why a payload does not match; `nil` if it does.
  func mismatch(_ xml: XMLOutline) -> Mismatch? {
    if case .xml(let root) = format, xml.root != root {
      return Mismatch(description: "the payload is not of type '\(name)': its root is not '\(root)'")
    }
    return members.first { !xml.children.contains($0.name) }.map(missing)
  }

  private func missing(_ member: Member) -> Mismatch {
    Mismatch(
      member: member.name, description: "the payload is not of type '\(name)': it has no member '\(member.name)'")
  }
}

extension Entity.Member {
  fileprivate func hasType(of value: JSON) -> Bool { types.contains { $0.includes(value) } }

  fileprivate func includes(_ value: JSON) -> Bool {
    guard hasType(of: value) else { return false }
    guard !items.isEmpty, let array = value.array else { return true }
    return array.allSatisfy { item in items.contains { $0.includes(item) } }
  }
}
