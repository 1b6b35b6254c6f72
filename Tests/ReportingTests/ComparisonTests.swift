import ConformanceModel
import Foundation
import JSONValue
import RunEvents
import Testing

@testable import Reporting

@Suite("A comparison of two runs")
struct ComparisonTests {
  @Test(
    "the change of a case follows from its verdicts",
    arguments: [
      (.passed, .failed, .regressed), (.warned, .errored, .regressed), (.skipped, .failed, .regressed),
      (.pending, .errored, .regressed),
      (.failed, .passed, .fixed), (.errored, .warned, .fixed), (.failed, .errored, .stillFailing),
      (.errored, .errored, .stillFailing), (.errored, .failed, .regressed),
      (.passed, .skipped, .lost), (.failed, .skipped, .lost), (.warned, .pending, .lost), (.skipped, .passed, .gained),
      (.pending, .warned, .gained),
      (.passed, .warned, .warned), (.warned, .passed, nil), (.passed, .passed, nil), (.skipped, .pending, nil),
      (.skipped, .skipped, nil),
    ] as [(Verdict, Verdict, Comparison.Change?)])
  func changes(before: Verdict, now: Verdict, change: Comparison.Change?) throws {
    let comparison = try Folder().compare([SampleCase("one", before)], [SampleCase("one", now)])
    #expect(comparison.entries.map(\.change) == (change.map { [$0] } ?? []))
    #expect(comparison.unchanged == (change == nil ? 1 : 0))
  }

  @Test("a new case that fails is not a regression, and is listed before other new cases")
  func comeAndGo() throws {
    let comparison = try Folder().compare(
      [SampleCase("both", .passed), SampleCase("gone", .passed), SampleCase("gone-unplayed", .skipped)],
      [SampleCase("both", .passed), SampleCase("new", .passed), SampleCase("new-bad", .failed, "no")])
    #expect(comparison.entries.map(\.id) == ["new-bad", "gone", "gone-unplayed", "new"])
    #expect(comparison.entries.map(\.change) == [.newFailing, .gone, .gone, .added])
    #expect(comparison.lostCoverage == 1)
    #expect(!comparison.fails(isStrict: false))
    #expect(comparison.fails(isStrict: true))
  }

  @Test("of cases with equal ids the last one counts")
  func repeated() throws {
    let cases = [SampleCase("one", .passed), SampleCase("one", .failed, "no")]
    let same = try Folder().compare(cases, cases)
    #expect(same.entries.map(\.change) == [.stillFailing])
    #expect(same.shared == 1)
    #expect(try Folder().compare(Array(cases.prefix(1)), cases).entries.map(\.change) == [.regressed])
  }

  @Test(
    "a gate fails on a regression; strictly also on new failures, new warnings and lost coverage",
    arguments: [
      (.passed, .failed, true, true), (.passed, .warned, false, true), (.passed, .skipped, false, true),
      (.failed, .failed, false, false),
      (.failed, .passed, false, false), (.skipped, .skipped, false, false),
    ] as [(Verdict, Verdict, Bool, Bool)])
  func gate(before: Verdict, now: Verdict, fails: Bool, failsStrictly: Bool) throws {
    let comparison = try Folder().compare(
      [SampleCase("one", before), SampleCase("steady", .passed)],
      [SampleCase("one", now), SampleCase("steady", .passed)])
    #expect(comparison.fails(isStrict: false) == fails)
    #expect(comparison.fails(isStrict: true) == failsStrictly)
  }

  @Test("a run that skips all cases that were judged before fails the gate")
  func lostAll() throws {
    let comparison = try Folder().compare([SampleCase("one", .passed)], [SampleCase("one", .skipped, "not declared")])
    #expect(comparison.fails(isStrict: false))
    #expect(
      ComparisonFormat.text.render(comparison).contains("NOT JUDGED: all cases that were judged before are skipped")
    )
  }

  @Test("runs without a case in common are refused")
  func nothingInCommon() throws {
    let error = #expect(throws: ReportError.self) {
      try Folder().compare([SampleCase("one", .passed)], [SampleCase("two", .passed)])
    }
    #expect(error?.message.contains("no case in common") == true)
  }

  @Test(
    "a still failing case has another reason only if more than generated values differ",
    arguments: [
      ("status: expected 401, got 200", "status: expected 401, got 503", true),
      ("id c27rr7knkdnv9o is unknown", "id c3dm8ohmsra6h is unknown", false),
      ("refused by http://127.0.0.1:4711/x", "refused by http://127.0.0.1:815/x", false),
      ("the same", "the same", false),
    ])
  func reasons(before: String, now: String, isOther: Bool) throws {
    let comparison = try Folder().compare([SampleCase("one", .failed, before)], [SampleCase("one", .failed, now)])
    #expect(comparison.entries[0].hasOtherReason == isOther)
    let text = ComparisonFormat.text.render(comparison)
    #expect(text.contains("before: \(before)") == isOther)
  }

  @Test("an incomplete log is compared; unfinished cases count as errored, with a note")
  func cut() throws {
    let folder = try Folder()
    let old = try folder.run("old.jsonl", [SampleCase("one", .passed), SampleCase("two", .passed)])
    _ = try folder.run("whole.jsonl", [SampleCase("one", .passed), SampleCase("two", .passed)], end: nil)
    // the plan, the first case, and half of the second one's line
    let lines = try folder.read("whole.jsonl").split(separator: "\n")
    try folder.write(
      (lines.dropLast().joined(separator: "\n") + "\n" + lines[lines.count - 1].prefix(40)).utf8, to: "cut.jsonl")
    let comparison = try Comparison(old, try ComparedRun(path: folder.file("cut.jsonl")))
    #expect(comparison.count(.regressed) == 1)
    #expect(comparison.entries[0].reasonNow == "not finished: the run was stopped before this case ended")
    #expect(
      ComparisonFormat.text.render(comparison).contains(
        "cut.jsonl is incomplete: the run was killed, or is not finished yet; unfinished cases count as errored"
      ))
  }

  @Test("the comparison is the same in text, Markdown, JSON and HTML")
  func goldens() throws {
    let folder = try Folder()
    let json = ["Content-Type": "application/json"]
    let before = Sample.answer(
      200, json.merging(["Cache-Control": "no-store"]) { $1 }, #"{"expires_in":86400,"access_token":"$TOKEN"}"#)
    let now = Sample.answer(200, json, #"{"expires_in":3600,"access_token":"$TOKEN","scope":"orders"}"#)
    let old = try folder.run(
      "old.jsonl",
      [
        SampleCase("steady", .passed, answers: [before, before]), SampleCase("broken", .passed),
        SampleCase("repaired", .failed, "status: expected 401, got 200"),
        SampleCase("bad", .failed, "status: expected 401, got 200"),
        SampleCase("bad-as-ever", .failed, "it is <b>so</b>"),
        SampleCase("unplayed", .passed), SampleCase("removed", .passed),
        SampleCase("soft", .passed, answers: [before, before]), SampleCase("declared", .skipped, "not declared"),
        SampleCase("slow", .passed, seconds: 0.2), SampleCase("another", .passed, answers: [before, before]),
      ])
    let new = try folder.run(
      "new.jsonl",
      [
        SampleCase("steady", .passed, answers: [now, now]),
        SampleCase("broken", .failed, "status: expected 201, got 500"), SampleCase("repaired", .passed),
        SampleCase("bad", .errored, "connection refused"), SampleCase("bad-as-ever", .failed, "it is <b>so</b>"),
        SampleCase("unplayed", .skipped, "the target declares no inbox any more"),
        SampleCase("soft", .warned, "header Pragma: missing (expected no-cache)", answers: [now, now]),
        SampleCase("declared", .passed), SampleCase("slow", .passed, seconds: 2.5),
        SampleCase("another", .passed, answers: [now, now]),
        SampleCase("fresh", .passed), SampleCase("fresh-and-bad", .failed, "status: expected 201, got 404"),
      ])
    let comparison = try Comparison(old, new)
    for (format, name) in [(ComparisonFormat.text, "txt"), (.markdown, "md"), (.json, "json"), (.html, "html")] {
      try format.write(comparison, to: folder.file("comparison.\(name)"))
      let text = try folder.read("comparison.\(name)").replacing(folder.path, with: "Runs")
      try expectGolden("comparison.\(name)", text)
    }
  }

  @Test("text of a log or a JUnit file cannot control a terminal, a CI system, Markdown or a browser")
  func hostile() throws {
    let folder = try Folder()
    let evil = "\u{1B}[2J##[error]x <script>alert(1)</script> @all **bold** \u{202E}"
    let comparison = try Comparison(
      folder.run("old.jsonl", [SampleCase(evil, .passed)]),
      folder.run("new.jsonl", [SampleCase(evil, .failed, evil), SampleCase("::error::y", .failed, "::error::z")]))
    let text = ComparisonFormat.text.render(comparison), markdown = ComparisonFormat.markdown.render(comparison)
    let html = ComparisonFormat.html.render(comparison)
    for output in [text, markdown, html] {
      #expect(!output.unicodeScalars.contains("\u{1B}") && !output.unicodeScalars.contains("\u{202E}"))
      #expect(!output.contains("##[error]"))
    }
    #expect(!text.split(separator: "\n").contains { $0.drop(while: \.isWhitespace).hasPrefix("::") })
    for output in [markdown, html] { #expect(!output.contains("<script>")) }
    #expect(!markdown.contains("@all") && !markdown.contains("**bold**"))
    #expect(try JSON(parsing: ComparisonFormat.json.render(comparison))["cases"]?.array?.count == 2)
  }
}

@Suite("Slower cases")
struct SlownessTests {
  /// Cases of many lengths, with what chance makes of them.
  func measure(_ machine: Double = 1, chance: (Int) -> Double = { _ in 0 }, outlier: Double? = nil) -> Slowness {
    var measure = Slowness.Measure(factor: Slowness.defaultFactor)
    for number in 0..<100 {
      let before = 0.01 * Double(number + 1)
      measure.add("case-\(number)", before: before, now: before * machine + chance(number))
    }
    if let outlier { measure.add("outlier", before: 1, now: outlier) }
    return measure.result
  }

  @Test("a machine that is twice or ten times as slow makes no case slower")
  func machine() {
    #expect(measure(2).entries == [])
    #expect(measure(10).entries == [])
    #expect(measure(10).machine == 10)
  }

  @Test("a case that takes longer than the speed of the machine explains is slower", arguments: [0.5, 1, 3])
  func outlier(machine: Double) {
    #expect(measure(machine, outlier: max(1, machine) * 2.5).entries.map(\.id) == ["outlier"])
    #expect(measure(machine, outlier: max(1, machine) * 1.5).entries == [])
  }

  @Test("noise makes some cases slower and others faster; none counts as slower")
  func chance() {
    let noisy: (Int) -> Double = { $0 % 10 == 0 ? 0.6 : $0 % 10 == 5 ? -0.04 * Double($0) / 10 : 0 }
    #expect(measure(chance: noisy).entries.count <= measure(chance: { $0 % 10 == 0 ? 0.6 : 0 }).entries.count)
    #expect(measure(chance: { $0 % 10 == 0 ? 0.6 : $0 % 10 == 5 && $0 > 50 ? -0.5 : 0 }).entries == [])
  }

  @Test("a few milliseconds do not count, whatever the factor")
  func small() {
    var measure = Slowness.Measure(factor: 2)
    measure.add("quick", before: 0.001, now: 0.2)
    measure.add("quicker", before: 0, now: 0.1)
    #expect(measure.result.entries == [])
    #expect(measure.result.machine == 1)
  }
}
