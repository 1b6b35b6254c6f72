import ConformanceModel
import Testing

@Suite("The versions of a pack that a target file names")
struct PackVersionsTests {
  @Test(
    "contain those for which all conditions hold",
    arguments: [
      (">=1.2 <2", "1.2.0", true), (">=1.2 <2", "1.9.17", true), (">=1.2 <2", "1.1.9", false),
      (">=1.2 <2", "2.0.0", false),
      (">=1.2,<2", "1.10.0", true), (">1.2", "1.2.0", false), (">1.2", "1.2.1", true), ("<=2.1", "2.1.0", true),
      ("<=2.1", "2.1.1", false), ("2", "2.9.9", true), ("=2.1", "2.1.5", true), ("2.1", "2.10.0", false),
      ("2.1.5", "2.1.5", true), ("2.1.5", "2.1.50", false), ("2", "2", true), ("2.0", "2", true),
    ])
  func range(range: String, version: String, isIn: Bool) throws {
    #expect(try #require(PackVersions(range)).contains(version) == isIn)
  }

  @Test(
    "are not read from other texts",
    arguments: [
      "", " ", "latest", ">= 1", "1.2.3.4", "1.", ".1", "~1.2", "^2", ">", "1 -2", "+1", "1.٣", "99999999999",
    ])
  func refused(text: String) { #expect(PackVersions(text) == nil) }

  @Test("do not contain what is no version", arguments: ["", "latest", "2.x"])
  func noVersion(version: String) throws { #expect(try #require(PackVersions(">=0")).contains(version) == false) }
}
