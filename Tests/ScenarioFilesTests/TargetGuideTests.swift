import ConformanceModel
import Foundation
import ScenarioFiles
import TestSupport
import Testing

@Suite("The examples of the guide to target files")
struct TargetGuideTests {
  /// The YAML that has keys of a target and names no further files, which would have to be there.
  private static let blocks: [String] = {
    let guide = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Scenarios/targets/README.md")
    let text = (try? String(contentsOf: guide, encoding: .utf8)) ?? ""
    return text.components(separatedBy: "```yaml\n").dropFirst().compactMap {
      $0.components(separatedBy: "\n```").first
    }.filter { block in
      !keys(block).isDisjoint(with: parts)
        && !block.contains(".pem") && !block.contains("file: samples/") && !block.contains("include: shared/")
    }
  }()

  private static let parts: Set = [
    "target", "token", "clients", "login", "endpoints", "inbox", "clock", "launch", "sign",
  ]

  /// What the examples leave out.
  private static let others = [
    "target": "An example", "base-url": "http://127.0.0.1:8080", "token": "{ url: /token }",
    "connectors": #"{ only: { inbound-url: /in, payloads: { valid: { json: { id: "${unique}" } } } } }"#,
  ]

  private static func keys(_ block: String) -> Set<String> {
    Set(block.matches(of: /(?m)^([a-z-]+):/).map { String($0.1) })
  }

  @Test("are read without a mistake", arguments: blocks)
  func read(_ block: String) throws {
    var text = block
    for (key, value) in TargetGuideTests.others.sorted(by: { $0.key < $1.key })
    where !TargetGuideTests.keys(block).contains(key) { text += "\n\(key): \(value)" }
    // an example of what a part looks like stands without the part that it needs
    if block.contains("${launch.admin-key}"), !block.contains("launch:") {
      text += "\nlaunch: { command: [./serve], values: { admin-key: { file: key } } }"
    }
    if block.contains("driver: process") || block.contains("on-clock"), !block.contains("launch:") {
      text += text.contains("\nlaunch:") ? "" : "\nlaunch: { command: [./serve] }"
    }
    if block.contains("on-clock") { text += "\nclock: { driver: process }" }
    let folder = try TemporaryFolder()
    let path = try folder.write("example.yaml", text + "\n")
    _ = try Target.load(path)
  }

  @Test("are many")
  func found() { #expect(TargetGuideTests.blocks.count > 15, "\(TargetGuideTests.blocks.count)") }
}
