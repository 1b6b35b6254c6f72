import Foundation
import ScenarioFiles
import TestSupport
import Testing

@Suite("The examples of the authoring guide")
struct GuideExamplesTests {
  private static let guide = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Scenarios/README.md")

  /// The YAML of the guide that is about scenarios: a whole one, some of its keys, or steps.
  private static let blocks: [String] = {
    let text = (try? String(contentsOf: guide, encoding: .utf8)) ?? ""
    let blocks = text.components(separatedBy: "```yaml\n").dropFirst().compactMap {
      $0.components(separatedBy: "\n```").first
    }
    let starts = [
      "# yaml-language-server", "# fragments/", "given:", "steps:", "- request-token", "- post-payload",
      "- read-inbox", "- http", "- wait", "- restart-target", "- concurrently",
    ]
    return blocks.filter { block in starts.contains { block.hasPrefix($0) } }
  }()

  /// What the steps of an example use.
  private static let given = """
    given:
      - create-client: { as: erp }
      - create-client: { as: old }
      - request-token: { as: token, client: erp }
      - post-payload: { as: order, token: token, payload: valid }
      - http: { url: / }
        save: { replaced-with: status }
    """

  @Test("are read without a mistake", arguments: blocks)
  func read(_ block: String) throws {
    let folder = try TemporaryFolder()
    let pack = GuideExamplesTests.guide.deletingLastPathComponent().path
    try folder.write("requirements.yaml", try Data(contentsOf: URL(filePath: "\(pack)/requirements.yaml")))
    if let fragment = GuideExamplesTests.blocks.first(where: { $0.hasPrefix("# fragments/") }) {
      try folder.write("fragments/new-token.yaml", fragment)
    }
    let head = "title: An example\ncovers: EXP-02\n"
    let last = "- request-token: { client: erp }\n  expect: issued"
    let text =
      if block.hasPrefix("- ") {
        "\(head)\(GuideExamplesTests.given)\nsteps:\n\(block)\n\(last)\n"
      } else if block.hasPrefix("#") {
        block.hasPrefix("# fragments/")
          ? "\(head)steps:\n- use: fragments/new-token.yaml\n  with: { name: x }\n- post-payload: { token: token }\n  expect: accepted"
          : block
      } else {
        head + block + "\n"
      }
    try folder.write("suite/example.yaml", text)
    let library = try Library.load([folder.path])
    #expect(library.scenarios.count == 1)
  }

  @Test("and the files that it links to exist")
  func links() throws {
    let text = try String(contentsOf: GuideExamplesTests.guide, encoding: .utf8)
    let anchors = Set(
      text.matches(of: /<a id="([^"]+)">/).map { String($0.1) }
        + text.matches(of: /(?m)^#+ (.+)$/).map { heading in
          heading.1.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" }
            .replacingOccurrences(of: " ", with: "-")
        })
    var count = 0
    for link in text.matches(of: /\]\(([^)\s]+)\)/).map({ String($0.1) }) where !link.hasPrefix("http") {
      let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      if parts[0].isEmpty {
        #expect(anchors.contains(parts[1]), "\(link)")
      } else {
        let path = GuideExamplesTests.guide.deletingLastPathComponent().appending(path: parts[0]).path
        #expect(FileManager.default.fileExists(atPath: path), "\(link)")
      }
      count += 1
    }
    #expect(count > 40)
  }
}
