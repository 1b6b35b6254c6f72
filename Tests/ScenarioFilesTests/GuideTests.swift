// The tables of the authoring guide are those of the loaders.

import Foundation
import ScenarioFiles
import Testing

@Suite("The authoring guide") struct GuideTests {
  private let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
    .appendingPathComponent("Scenarios/README.md").path

  @Test("has the tables that the loaders read by")
  func tables() throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let renewed = try #require(Guide.renewed(text))
    if ProcessInfo.processInfo.environment["CONFORM_WRITE_GOLDEN"] != nil {
      try renewed.write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(renewed == text)
  }

  @Test(
    "is not renewed where a table is unknown or has no end",
    arguments: ["<!-- table: nonsense -->\n<!-- end -->", "<!-- table: step -->\nno end"])
  func diagnostics(text: String) {
    #expect(Guide.renewed(text) == nil)
  }

  @Test("keeps everything that stands around a table")
  func around() throws {
    let renewed = try #require(Guide.renewed("before\n<!-- table: matchers -->\nformer rows\n<!-- end -->\nafter"))
    #expect(renewed.hasPrefix("before\n<!-- table: matchers -->\n| word | meaning |"))
    #expect(renewed.hasSuffix("\n<!-- end -->\nafter"))
    #expect(!renewed.contains("former rows"))
  }
}
