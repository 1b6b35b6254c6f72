// Refuses texts that nest beyond all reason: the YAML parser calls itself for each level, and would run out of stack.

import Conformance

enum Nesting {
  /// More than anything that is read; the loaders themselves stop at 100.
  static let deepest = 300

  /// Where a text may nest deeper than that. Counts what opens a level without parsing it, so never too little.
  static func tooDeep(_ lines: [Substring], in path: String) -> Place? {
    var flow = 0
    var columns: [Int] = []
    for (number, line) in lines.enumerated() {
      let bytes = line.utf8
      let indicators = bytes.prefix { " -?:".utf8.contains($0) }
      let column = bytes.prefix { $0 == 0x20 }.count
      if indicators.count < bytes.count || indicators.contains(where: { $0 != 0x20 }) {
        while let last = columns.last, last >= column { columns.removeLast() }
        columns.append(column)
      }
      let inline = indicators.lazy.filter { $0 != 0x20 }.count
      for (offset, byte) in bytes.enumerated() {
        if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { flow += 1 }
        if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { flow = max(0, flow - 1) }
        if flow > deepest { return Place(file: path, line: number + 1, column: offset + 1) }
      }
      if columns.count + inline > deepest { return Place(file: path, line: number + 1, column: column + 1) }
    }
    return nil
  }
}
