// Which versions of a pack a target file was written for.

/// A range of versions such as `>=1.2 <2`: all its conditions hold.
public struct PackVersions: Sendable, Hashable, CustomStringConvertible {
  private enum Comparison: String, CaseIterable {
    // the longer operators first: they are found by their start
    case atLeast = ">=", atMost = "<=", above = ">", below = "<", equal = "="
  }

  private struct Condition: Sendable, Hashable {
    var comparison: Comparison
    var version: [Int]

    func holds(_ other: [Int]) -> Bool {
      switch comparison {
      case .atLeast: !other.isBelow(version)
      case .atMost: !version.isBelow(other)
      case .above: version.isBelow(other)
      case .below: other.isBelow(version)
      case .equal: other.starts(with: version)
      }
    }
  }

  private let conditions: [Condition]
  public let description: String

  /// Reads conditions that are separated by blanks or commas. A version has one to three numbers: `2`, `2.0`, `2.0.1`;
  /// without an operator, or with `=`, it means all versions that start with it.
  ///
  /// - Returns: `nil` if the text is no such range.
  public init?(_ text: String) {
    var conditions: [Condition] = []
    for word in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
      let comparison = Comparison.allCases.first { word.hasPrefix($0.rawValue) }
      let rest = word.dropFirst(comparison?.rawValue.count ?? 0)
      guard let version = PackVersions.numbers(rest) else { return nil }
      conditions.append(Condition(comparison: comparison ?? .equal, version: version))
    }
    guard !conditions.isEmpty else { return nil }
    self.conditions = conditions
    description = text
  }

  /// Whether a version, such as `2.0.0`, is in the range. A text that is no version is in none.
  public func contains(_ version: String) -> Bool {
    guard let version = PackVersions.numbers(Substring(version)) else { return false }
    return conditions.allSatisfy { $0.holds(version + Array(repeating: 0, count: 3 - version.count)) }
  }

  fileprivate static func numbers(_ text: Substring) -> [Int]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in
      part.utf8.count <= 9 && part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(part) : nil
    }
    return (1...3).contains(parts.count) && numbers.count == parts.count ? numbers : nil
  }
}

/// A version of a pack: `2`, `2.0` and `2.0.0` are the same.
public struct PackVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Three of them.
  private let numbers: [Int]

  /// - Returns: `nil` if the text is no version.
  public init?(_ text: String) {
    guard let numbers = PackVersions.numbers(Substring(text)) else { return nil }
    self.numbers = numbers + Array(repeating: 0, count: 3 - numbers.count)
  }

  public static func < (one: PackVersion, other: PackVersion) -> Bool { one.numbers.isBelow(other.numbers) }

  public var description: String { numbers.map(String.init).joined(separator: ".") }
}

extension [Int] {
  /// Compares versions; numbers that are missing count as 0.
  fileprivate func isBelow(_ other: [Int]) -> Bool {
    for index in 0..<Swift.max(count, other.count) {
      let (one, two) = (index < count ? self[index] : 0, index < other.count ? other[index] : 0)
      if one != two { return one < two }
    }
    return false
  }
}
