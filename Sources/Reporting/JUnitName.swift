// Names of test cases: the same in every run, so that CI systems keep their history.

import Conformance

/// Hands out names, each once.
struct JUnitName {
  private var taken: Set<String> = []

  /// `EXP-02 EXP-03 token-border [auth=basic]: A token works for 24 hours`
  mutating func unique(_ planned: PlannedCase) -> String {
    let covers = planned.covers.prefix(4).map(\.id).joined(separator: " ")
    let row = planned.row.map { " [\($0)]" } ?? ""
    let whole = JUnitName.ascii("\(covers) \(planned.scenario)\(row): \(planned.title)")
    let name = String(whole.prefix(240)).trimmed
    // two long rows may differ only where the name was cut
    let key = "\(planned.scenario)\u{0}\(name)"
    if taken.insert(key).inserted { return name }
    var count = 2
    while !taken.insert("\(key) #\(count)").inserted { count += 1 }
    return "\(name) #\(count)"
  }

  /// `area.scenario`, with exactly one dot: consumers split it there.
  static func className(_ planned: PlannedCase) -> String { "\(part(planned.area)).\(part(planned.scenario))" }

  private static func part(_ text: String) -> String {
    ascii(String(text.map { ".\\/".contains($0) ? "-" : $0 })).split(separator: " ").joined(separator: "-")
  }

  /// One line of printable ASCII without double spaces.
  static func ascii(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { scalar -> Character in
      switch scalar.value {
      case 0x20..<0x7F: Character(scalar)
      case 0x2018, 0x2019: "'"
      case 0x201C, 0x201D: "\""
      case 0x2013, 0x2014: "-"
      case 0..<0x20: " "
      default: "?"
      }
    }
    return String(scalars).split(separator: " ").joined(separator: " ")
  }
}

extension String {
  fileprivate var trimmed: String { split(separator: " ").joined(separator: " ") }
}
