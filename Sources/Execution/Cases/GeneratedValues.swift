// Values that look random, and are the same for the same seed.

import ConformanceModel
import JSONValue

enum GeneratedValues {
  /// The name of what the UUIDs of a case are made of, which a pending case keeps.
  static let name = "uuid"

  /// A version 4 UUID (RFC 9562 section 5.4): the same for the same reference in a case, and another one in each
  /// repetition and branch.
  static func uuid(_ reference: Reference, _ names: [String: JSON]) -> String {
    let parts = [names[name]?.plainText ?? "", reference.path.joined(separator: "."), names["index"]?.plainText ?? ""]
    return uuid(of: parts.joined(separator: "/"))
  }

  private static func uuid(of text: String) -> String {
    var numbers = SplitMix(seed: FNV1a(text).value)
    let high = numbers.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
    let low = numbers.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    let digits = Hex.digits(
      [high, low].flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) } })
    var rest = digits[...]
    return [8, 4, 4, 4, 12].map { count in
      defer { rest = rest.dropFirst(count) }
      return String(rest.prefix(count))
    }.joined(separator: "-")
  }
}
