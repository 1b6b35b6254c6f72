// What a connector's payloads must be like.

public import Conformance

/// An entity type: members that a payload must have. Others are free.
public struct Entity: Sendable, Hashable {
  public struct Member: Sendable, Hashable {
    public var name: String
    public var types: [ValueType]

    public init(_ name: String, _ types: [ValueType]) {
      self.name = name
      self.types = types
    }
  }

  public var name: String
  public var members: [Member]

  public init(name: String, members: [Member]) {
    self.name = name
    self.members = members
  }

  public static let order = Entity(name: "order", members: [Member("id", [.string, .integer]), Member("lines", [.array])])
  public static let product = Entity(name: "product", members: [Member("sku", [.string]), Member("price", [.number])])

  /// Why a payload does not match, or `nil` where it does.
  func mismatch(_ json: JSON) -> String? {
    guard json.object != nil else { return "the payload must be an object" }
    for member in members {
      guard let value = json[member.name] else { return "the payload is no \(name): it has no member '\(member.name)'" }
      guard member.types.contains(where: { $0.includes(value) }) else {
        return "the payload is no \(name): the member '\(member.name)' is of the wrong type"
      }
    }
    return nil
  }
}
