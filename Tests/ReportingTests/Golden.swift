// Compares whole outputs with files that people have read.

import Foundation
import Testing

/// Expects `text` to be what `Golden/<name>` holds. With CONFORM_WRITE_GOLDEN set, writes the file instead.
func expectGolden(_ name: String, _ text: String, location: SourceLocation = #_sourceLocation) throws {
  let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden/\(name)")
  if ProcessInfo.processInfo.environment["CONFORM_WRITE_GOLDEN"] != nil {
    try Data(text.utf8).write(to: golden)
    return
  }
  let expected = String(decoding: try Data(contentsOf: golden), as: UTF8.self)
  #expect(text == expected, "not as in Golden/\(name)", sourceLocation: location)
}
