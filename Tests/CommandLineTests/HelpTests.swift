import Foundation
import TestSupport
import Testing

@Suite("The help of a run")
struct HelpTests {
  @Test("names the whole command, wherever it is asked for")
  func names() throws {
    let workspace = try Workspace(scenarios: [:], target: Workspace.bareTarget("http://127.0.0.1:9"))
    let expected = try workspace.conform("help", "run")
    #expect(expected.status == 0 && expected.output.contains("USAGE: conform run"))
    for arguments in [["run", "--help"], ["run", "--only", "a", "-h"]] {
      let outcome = try workspace.conform(arguments)
      #expect(outcome.status == 0 && outcome.output == expected.output && outcome.errors.isEmpty)
    }
    let wrong = try workspace.conform("run", "--no-such-option")
    #expect(wrong.status == 2 && wrong.errors.contains("conform run"))
  }
}
