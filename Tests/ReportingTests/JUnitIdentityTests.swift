// How the cases of JUnit files are matched: by identity, never by position.

import ConformanceModel
import RunEvents
import Testing

@testable import Reporting

@Suite("Cases of JUnit files are matched")
struct JUnitIdentityTests {
  private func compare(_ old: String, _ new: String) throws -> Comparison {
    let folder = try Folder()
    return try Comparison(folder.junit("old.xml", old), folder.junit("new.xml", new))
  }

  private func suite(_ name: String, _ attributes: String = "", _ content: String) -> String {
    "<testsuite name=\"\(name)\" \(attributes)>\(content)</testsuite>"
  }

  private func file(_ suites: String...) -> String { "<testsuites>\(suites.joined())</testsuites>" }

  private let passed = #"<testcase classname="login" name="logs in" time="1"/>"#
  private let failed = #"<testcase classname="login" name="logs in" time="1"><failure message="boom"/></testcase>"#

  @Test(
    "by the attributes of their suites that differ, in any order of the suites",
    arguments: [
      (#"hostname="chromium""#, #"hostname="firefox""#), (#"package="a""#, #"package="b""#),
      (#"file="a.js""#, #"file="b.js""#), (#"id="one""#, #"id="two""#),
    ])
  func qualified(one: String, other: String) throws {
    let both = file(suite("login", one, passed), suite("login", other, failed))
    let turned = file(suite("login", other, failed), suite("login", one, passed))
    let alone = file(suite("login", other, failed))
    #expect(try compare(both, turned).entries.map(\.change) == [.stillFailing])
    #expect(try compare(both, alone).entries.map(\.change) == [.gone, .stillFailing])
    let broken = file(suite("login", other, failed), suite("login", one, failed))
    #expect(try compare(both, broken).entries.map(\.change) == [.regressed, .stillFailing])
  }

  @Test("by their file, if suite, class and name are the same")
  func byFile() throws {
    func one(_ file: String, _ failure: String = "") -> String {
      "<testcase classname=\"a\" name=\"works\" file=\"\(file)\">\(failure)</testcase>"
    }
    let old = file(suite("s", "", one("a.py") + one("b.py", "<failure/>")))
    let new = file(suite("s", "", one("b.py", "<failure/>") + one("a.py")))
    #expect(try compare(old, new).entries.map(\.change) == [.stillFailing])
  }

  @Test("without the host name, if it only names the machine")
  func machines() throws {
    let comparison = try compare(
      file(suite("login", #"hostname="runner-1""#, passed)), file(suite("login", #"hostname="runner-2""#, failed)))
    #expect(comparison.entries.map(\.change) == [.regressed])
  }

  @Test("and the same suite, class and name more than once are attempts, of which the last decides")
  func attempts() throws {
    let again = try compare(file(suite("shop", "", passed)), file(suite("shop", "", failed + passed)))
    #expect(again.entries.isEmpty && again.shared == 1)
    #expect(again.flaky == [Comparison.FlakyCase(id: "login logs in", attempts: "failed, then passed")])
    let text = ComparisonFormat.text.render(again)
    #expect(
      text.contains(
        "FLAKY: 1 (run more than once in the new run; the last attempt counts)\n  login logs in (failed, then passed)\n"
      ))
    let worse = try compare(file(suite("shop", "", passed)), file(suite("shop", "", passed + failed)))
    #expect(worse.entries.map(\.change) == [.regressed])
    #expect(worse.flaky.map(\.attempts) == ["passed, then failed"])
  }

  @Test(
    "and the reruns of Surefire are known",
    arguments: [
      (#"<flakyFailure message="x"/>"#, Verdict.passed, "failed, then passed"),
      (#"<flakyError message="x"/>"#, .passed, "failed, then passed"),
      (#"<failure message="x"/><rerunFailure message="x"/>"#, .failed, nil),
      (#"<error message="x"/><rerunError message="x"/>"#, .errored, nil),
    ] as [(String, Verdict, String?)])
  func surefire(content: String, verdict: Verdict, attempts: String?) throws {
    let folder = try Folder()
    let run = try folder.junit("a.xml", suite("A", "", "<testcase classname=\"A\" name=\"b\">\(content)</testcase>"))
    #expect(run.cases.map(\.verdict) == [verdict])
    #expect(run.cases.map(\.retry) == [attempts])
  }

  @Test("and an error or a failure of a suite is a regression of that suite", arguments: ["error", "failure"])
  func suiteErrors(element: String) throws {
    let cases = #"<testcase classname="Orders" name="accepts"/><testcase classname="Orders" name="refuses"/>"#
    let before = file(suite("Orders", #"tests="2""#, cases))
    let error = "<\(element) message=\"tear-down failed: 3 orders are left\">trace</\(element)>"
    let after = try compare(before, file(suite("Orders", #"tests="2" errors="1""#, cases + error)))
    #expect(after.entries.map(\.change) == [.regressed])
    #expect(after.entries.map(\.id) == ["suite Orders"])
    #expect(after.entries[0].reasonNow == "tear-down failed: 3 orders are left")
    #expect(after.shared == 3 && after.fails(isStrict: false))
    // a suite that could not be loaded has no case at all
    let alone = try compare(before, file(suite("Orders", #"tests="0" errors="1""#, error)))
    #expect(alone.entries.map(\.change) == [.regressed, .gone, .gone])
    // and the way back
    #expect(try compare(file(suite("Orders", "", cases + error)), before).entries.map(\.change) == [.fixed])
    #expect(
      try compare(file(suite("Orders", "", cases + error)), file(suite("Orders", "", cases + error))).entries.map(
        \.change) == [.stillFailing])
  }

  @Test("and a suite that counts more than it contains has a note")
  func counts() throws {
    let cases = #"<testcase classname="Orders" name="accepts"/>"#
    let comparison = try compare(
      file(suite("Orders", #"tests="1""#, cases)), file(suite("Orders", #"tests="2" failures="1""#, cases)))
    #expect(
      comparison.new.notes == [
        "is incomplete: the suite 'Orders' counts 2 tests, and has 1; it counts 1 failure, and has 0"
      ])
    #expect(ComparisonFormat.text.render(comparison).contains("new.xml is incomplete: the suite 'Orders'"))
    #expect(comparison.old.notes.isEmpty)
  }
}
