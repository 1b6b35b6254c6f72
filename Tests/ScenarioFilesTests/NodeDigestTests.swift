import ConformanceModel
import ScenarioFiles
import TestSupport
import Testing

@Suite("Digests of scenarios")
struct NodeDigestTests {
  private static let requirements = "requirements:\n  - { id: A-01, level: must, source: s, text: t }\n"

  /// Every style of scalars, both styles of collections, an alias, an empty value and letters of several bytes.
  private static let text = """
    title: "Übung – “quoted”"
    covers: [A-01]
    tags:
    - &tag 'single ''quoted'''
    - *tag
    steps:
      - post-payload:
          payload:
            json: { number: 1.5e3, boolean: true, 'text': "tab\\there", none: , nested: [[], {}, ~] }
          headers: { X-Empty: '' }
        expect:
          text: |
            two
            lines
      - list-clients:
        expect: >-
          listed
    """

  /// The digest of a scenario file with this text.
  private func digest(_ text: String) throws -> String {
    let folder = try TemporaryFolder()
    try folder.write("requirements.yaml", NodeDigestTests.requirements)
    let path = try folder.write("suite/one.yaml", text)
    let scenario = try #require(try Library.load([path]).scenarios.first)
    return scenario.digest
  }

  @Test("digests are those of earlier versions, whose logs have them")
  func fixed() throws {
    #expect(
      try digest(NodeDigestTests.text)
        == "94995e3710c8c17739ccf6f8fa1eaa49ef5ff9c6384329590a22e88e81fcbca2")
  }

  @Test(
    "comments and formatting do not change a digest",
    arguments: [
      ("\n", "\r\n"), ("covers: [A-01]", "covers: [ A-01, ] # why"), ("covers: [A-01]", "covers:\n  - A-01"),
      ("\"Übung – “quoted”\"", "'Übung – “quoted”'"), ("*tag", "'single ''quoted'''"),
    ])
  func formatting(_ old: String, _ new: String) throws {
    let changed = NodeDigestTests.text.replacing(old, with: new)
    #expect(changed != NodeDigestTests.text)
    #expect(try digest(changed) == digest(NodeDigestTests.text))
  }

  @Test(
    "a changed value changes the digest",
    arguments: [("1.5e3", "'1.5e3'"), ("1.5e3", "1500.0"), ("lines", "lines "), ("[], {}", "{}, []"), ("none", "nine")])
  func values(_ old: String, _ new: String) throws {
    let changed = NodeDigestTests.text.replacing(old, with: new)
    #expect(changed != NodeDigestTests.text)
    #expect(try digest(changed) != digest(NodeDigestTests.text))
  }
}
