// JSON as conform needs it: nothing that an endpoint wrote is lost or normalized.

/// A JSON value (RFC 8259). Members keep their order and their repetitions; numbers keep their spelling.
public enum JSON: Sendable, Hashable {
  case null
  case bool(Bool)
  /// The number as it was written, so that 2^53+1 and 1.0 are not changed by reading them.
  case number(String)
  case string(String)
  case array([JSON])
  case object([Member])

  public struct Member: Sendable, Hashable {
    public var name: String
    public var value: JSON

    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }
}

extension JSON {
  public static func int(_ value: some BinaryInteger) -> JSON { .number(String(value)) }

  /// A number with at most `decimals` digits after the point, without exponent.
  public static func double(_ value: Double, decimals: Int = 6) -> JSON { .number(value.plain(decimals: decimals)) }

  /// The value of the member with this name; of a repeated member the last, as most readers have it.
  public subscript(_ name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    // by the indices: a closure would get a copy of each member
    return members.indices.last { members[$0].name.isSame(as: name) }.map { members[$0].value }
  }

  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  public var int: Int? {
    if case .number(let text) = self { Int(text) } else { nil }
  }

  public var double: Double? {
    if case .number(let text) = self { Double(text) } else { nil }
  }

  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  public var array: [JSON]? {
    if case .array(let items) = self { items } else { nil }
  }

  public var object: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The field's word for the kind of value: null, boolean, number, string, array, object.
  public var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  /// Whether the two mean the same: numbers by value, members in any order.
  public func means(_ other: JSON) -> Bool {
    switch (self, other) {
    case (.number(let a), .number(let b)):
      if a == b { return true }
      if a.isPlainInteger, b.isPlainInteger { return false }
      guard let a = DecimalNumber(a), let b = DecimalNumber(b) else { return false }
      return a == b
    case (.array(let a), .array(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { $0.means($1) }
    case (.object(let a), .object(let b)):
      let (one, another) = (JSON.last(a), JSON.last(b))
      return a.count == b.count && one.count == another.count
        && one.allSatisfy { name, value in another[name].map(value.means) ?? false }
    case (.string(let a), .string(let b)): return a.isSame(as: b)
    default: return self == other
    }
  }

  /// The last member of each name, by its bytes.
  private static func last(_ members: [Member]) -> [[UInt8]: JSON] {
    Dictionary(members.map { (Array($0.name.utf8), $0.value) }) { $1 }
  }

  /// The places of members whose object has one of the same name before them, anywhere in the value, as JSON Pointers
  /// (RFC 6901) after `path`.
  public func repeatedMemberPaths(under path: String = "") -> [String] {
    switch self {
    case .array(let items):
      return items.enumerated().flatMap { $0.element.repeatedMemberPaths(under: "\(path)/\($0.offset)") }
    case .object(let members):
      var seen: Set<[UInt8]> = []
      return members.flatMap { member in
        let place = "\(path)/\(JSONPointer.escape(member.name))"
        return (seen.insert(Array(member.name.utf8)).inserted ? [] : [place])
          + member.value.repeatedMemberPaths(under: place)
      }
    default: return []
    }
  }

  /// The names of members that are repeated in one object, anywhere in the value.
  public var repeatedMembers: [String] {
    switch self {
    case .array(let items): return items.flatMap(\.repeatedMembers)
    case .object(let members):
      var seen: Set<[UInt8]> = []
      return members.flatMap { member in
        (seen.insert(Array(member.name.utf8)).inserted ? [] : [member.name]) + member.value.repeatedMembers
      }
    default: return []
    }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .number(String(value)) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { Member($0, $1) }) }
}

extension String {
  /// Whether there is no other text of digits alone for the number.
  fileprivate var isPlainInteger: Bool {
    guard let first = utf8.first, first != UInt8(ascii: "0") || utf8.count == 1 else { return false }
    return utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Byte by byte: texts that only look the same are two (RFC 8259 section 8.3).
  public func isSame(as other: String) -> Bool {
    guard utf8.count == other.utf8.count else { return false }
    // each look at a member passes here
    let isSame = utf8.withContiguousStorageIfAvailable { bytes in
      other.utf8.withContiguousStorageIfAvailable { others in
        bytes.indices.allSatisfy { bytes[$0] == others[$0] }
      }
    }
    return isSame.flatMap(\.self) ?? utf8.elementsEqual(other.utf8)
  }
}

extension Double {
  /// Decimal digits without exponent and without locale, rounded; trailing zeros are dropped.
  public func plain(decimals: Int) -> String {
    guard isFinite else { return "0" }
    var scale: Double = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (magnitude * scale).rounded()
    guard scaled < 9e18 else { return (self < 0 ? "-" : "") + String(Int64(Swift.min(magnitude, 9e18))) }
    let whole = Int64(scaled)
    let unit = Int64(scale)
    var text = String(whole / unit)
    var fraction = whole % unit
    if fraction > 0 {
      var places = decimals
      while fraction % 10 == 0 {
        fraction /= 10
        places -= 1
      }
      let digits = String(fraction)
      text += "." + String(repeating: "0", count: places - digits.utf8.count) + digits
    }
    return self < 0 && whole > 0 ? "-" + text : text
  }
}
