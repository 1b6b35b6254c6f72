import Foundation
import Testing

@Suite("The sample that the guide to target files shows")
struct SampleGuideTests {
  /// The target of the reference service with the sample of the guide.
  private static func workspace() throws -> Workspace {
    let folder = Workspace.repository.appending(path: "Scenarios")
    let guide = try String(contentsOf: folder.appending(path: "targets/README.md"), encoding: .utf8)
    let block = try #require(
      guide.components(separatedBy: "```yaml\n").first { $0.hasPrefix("valid:\n") }?.components(separatedBy: "\n```")
        .first)
    let target = try String(contentsOf: folder.appending(path: "targets/reference.yaml"), encoding: .utf8)
    let own = target.firstMatch(of: /\n      valid: \{ json: \{ id: .*\n/)
    let range = try #require(own?.range)
    let indented = block.split(separator: "\n").map { "      \($0)\n" }.joined()
    let scenario = folder.appending(path: "payload/accepted-and-passed-on.yaml")
    return try Workspace(
      scenarios: [
        "delivered": String(contentsOf: scenario, encoding: .utf8).replacing(/covers: .*/, with: "covers: TST-01")
      ], target: target.replacingCharacters(in: range, with: "\n\(indented)"))
  }

  @Test("is accepted and delivered unchanged by a right service")
  func right() throws {
    let outcome = try SampleGuideTests.workspace().conform("run")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test(
    "shows what services get wrong",
    arguments: [
      "payloads-are-written-anew", "payloads-lose-unicode", "payloads-are-read-as-latin-1", "payloads-are-composed",
      "line-separators-are-lost", "payloads-in-small-letters",
    ])
  func wrong(fault: String) throws {
    let outcome = try SampleGuideTests.workspace().conform("audit", "--fault", fault)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("delivered"), "\(outcome.output)")
  }
}
