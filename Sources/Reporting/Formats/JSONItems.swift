// The items of a JSON array as text, one after the other: the array itself stands in no memory.

import ConformanceModel
import JSONValue

/// Writes an array in the shape of `JSON.indented`.
struct JSONItems {
  /// How deep the array itself lies.
  let level: Int
  private var isEmpty = true

  init(level: Int) { self.level = level }

  /// The text that brings one more item.
  mutating func next(_ item: JSON) -> String {
    defer { isEmpty = false }
    return (isEmpty ? "[" : ",") + newLine(level + 1) + item.indented(level: level + 1)
  }

  /// The text that ends the array.
  var end: String { isEmpty ? "[]" : newLine(level) + "]" }

  private func newLine(_ level: Int) -> String { "\n" + String(repeating: "  ", count: level) }
}
