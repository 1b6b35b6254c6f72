// The tables of the authoring guide are generated from the keywords of the loaders.

import Foundation
import ScenarioFiles
import Testing

@Suite("The authoring guide") struct GuideTests {
  private let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
    .appendingPathComponent("Scenarios/README.md").path

  @Test("has the tables of the loaders' keywords")
  func tables() throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let regenerated = try #require(Guide.regenerated(text))
    if ProcessInfo.processInfo.environment["CONFORM_WRITE_GOLDEN"] != nil {
      try regenerated.write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(regenerated == text)
  }

  @Test(
    "is not regenerated where a table is unknown or has no end",
    arguments: ["<!-- table: nonsense -->\n<!-- end -->", "<!-- table: step -->\nno end"])
  func diagnostics(text: String) {
    #expect(Guide.regenerated(text) == nil)
  }

  @Test("keeps everything around a table")
  func around() throws {
    let regenerated = try #require(
      Guide.regenerated("before\n<!-- table: matchers -->\nformer rows\n<!-- end -->\nafter"))
    #expect(regenerated.hasPrefix("before\n<!-- table: matchers -->\n| word | meaning |"))
    #expect(regenerated.hasSuffix("\n<!-- end -->\nafter"))
    #expect(!regenerated.contains("former rows"))
  }
}
