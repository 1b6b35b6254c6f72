// Writes a JSON array item by item, so that the array is never in memory as a whole.

import ConformanceModel
import JSONValue

/// Writes an array in the layout of `JSON.indented`.
struct JSONItems {
  /// The nesting level of the array.
  let level: Int
  private var isEmpty = true

  init(level: Int) { self.level = level }

  /// The text of the next item.
  mutating func next(_ item: JSON) -> String {
    defer { isEmpty = false }
    return (isEmpty ? "[" : ",") + newLine(level + 1) + item.indented(level: level + 1)
  }

  /// The text that ends the array.
  var end: String { isEmpty ? "[]" : newLine(level) + "]" }

  private func newLine(_ level: Int) -> String { "\n" + String(repeating: "  ", count: level) }
}
