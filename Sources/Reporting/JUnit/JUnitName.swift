// Names of test cases: stable from run to run, so that CI systems keep their history.

import ConformanceModel
import RunEvents

/// Makes the names of one report, each unique: some consumers keep only the first of two cases with the same name.
struct JUnitName {
  /// Fingerprints instead of names: a hundred thousand names would take more memory than the whole run.
  private var taken: Set<UInt64> = []
  /// How often a name was requested, so that many equal ones stay linear.
  private var counts: [String: Int] = [:]

  /// `token-border/auth=basic`, the id of the case. It stays the same if its title is worded anew or it covers other
  /// requirements, so that CI systems keep its history.
  mutating func unique(_ planned: PlannedCase) -> String {
    // two long rows may differ only after the point where the name is cut
    let name = JUnitName.ascii(planned.id, maxLength: 240)
    return unique(name.isEmpty ? "case" : name, in: JUnitName.className(planned))
  }

  /// Class and name, as other tools know a case.
  mutating func full(_ planned: PlannedCase) -> String { "\(JUnitName.className(planned)) \(unique(planned))" }

  /// The name of a suite.
  mutating func unique(suite: String) -> String {
    let name = JUnitName.ascii(suite, maxLength: 120)
    return unique(name.isEmpty ? "scenarios" : name, in: "")
  }

  private mutating func unique(_ name: String, in scope: String) -> String {
    if taken.insert(JUnitName.fingerprint(scope, name)).inserted { return name }
    let key = "\(scope)\u{0}\(name)"
    var count = counts[key] ?? 1
    repeat { count += 1 } while !taken.insert(JUnitName.fingerprint(scope, "\(name) #\(count)")).inserted
    counts[key] = count
    return "\(name) #\(count)"
  }

  /// FNV-1a, the same in every run.
  private static func fingerprint(_ scope: String, _ name: String) -> UInt64 {
    FNV1a("\(scope)\u{0}\(name)").value
  }

  /// `suite.scenario`, with exactly one dot: consumers split it there.
  static func className(_ planned: PlannedCase) -> String { "\(part(planned.suite)).\(part(planned.scenario))" }

  private static func part(_ text: String) -> String {
    // to ASCII first: a dot with a combining mark is another `Character`
    let line = ascii(text, maxLength: 120)
    if !line.isEmpty, !line.utf8.contains(where: isSeparator) { return line }
    let text = line.map { ".\\/ ".contains($0) ? "-" : $0 }
    return text.isEmpty ? "scenarios" : String(text)
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: " "): true
    default: false
    }
  }

  /// One line of printable ASCII without outer or double spaces.
  static func ascii(_ text: String, maxLength: Int = 255) -> String {
    if isLine(text.utf8, maxLength: maxLength) { return text }
    let scalars = text.unicodeScalars.lazy.prefix(4 * maxLength).map { scalar -> Character in
      switch scalar.value {
      case 0x20..<0x7F: Character(scalar)
      case 0x2018, 0x2019: "'"
      case 0x201C, 0x201D: "\""
      case 0x2013, 0x2014: "-"
      case 0..<0x20: " "
      default: "?"
      }
    }
    let line = String(scalars).split(separator: " ").joined(separator: " ")
    return line.utf8.count <= maxLength ? line : line.prefix(maxLength).split(separator: " ").joined(separator: " ")
  }

  /// The fast path: nearly every text is one already.
  private static func isLine(_ bytes: String.UTF8View, maxLength: Int) -> Bool {
    guard bytes.count <= maxLength else { return false }
    var previous = UInt8(ascii: " ")
    for byte in bytes {
      guard (0x20..<0x7F).contains(byte), byte != 0x20 || previous != 0x20 else { return false }
      previous = byte
    }
    return previous != 0x20
  }
}
