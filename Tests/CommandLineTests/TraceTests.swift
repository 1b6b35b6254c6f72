import Foundation
import Testing

@Suite("conform run --trace")
struct TraceTests {
  @Test("prints each exchange and clock advance to standard error, without secrets", arguments: ["1", "16"])
  func trace(jobs: String) throws {
    let workspace = try Workspace(scenarios: [
      "passing": RunTests.passing, "fails": FailFastTests.scenario("{ status: 418 }"),
    ])
    let outcome = try workspace.conform("run", "--trace", "--jobs", jobs)
    #expect(outcome.status == 1 && !outcome.output.contains(" -> "), "\(outcome)")
    let lines = outcome.errors.split(separator: "\n").map(String.init)
    #expect(
      lines.contains { $0.wholeMatch(of: /fails: POST http:.*\/token -> 200 in [0-9.]+ ms \{.*/) != nil }, "\(lines)")
    #expect(lines.contains { $0.hasPrefix("passing: POST http:") && $0.contains(" -> 401 in ") }, "\(lines)")
    #expect(lines.contains("clock advanced to 2022-07-21T10:03:08Z"), "\(lines)")
    #expect(lines.contains { $0.contains(#""access_token":"$"#) }, "\(lines)")
    let exchanges = try workspace.read("Reports/run.jsonl").components(separatedBy: #","exchange":{"#).count - 1
    #expect(lines.count { $0.contains(" -> ") } >= exchanges / 2)
  }
}
