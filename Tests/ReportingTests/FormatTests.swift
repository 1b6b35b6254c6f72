// The other shapes of reports: whole outputs that people have read, and what hostile texts do to them.

import ConformanceModel
import Foundation
import HTTPModel
import JSONValue
import RunEvents
import Testing

@testable import Reporting

@Suite("Every report")
struct FormatTests {
  /// Renders one report of a run; a copy stays for the checks by consumers from elsewhere, where they ask for it.
  private static func rendered(_ format: ReportFormat, _ events: [Event]) throws -> String {
    let folder = try Folder()
    let log = try folder.log(events)
    try format.write(log, to: folder.file("report"))
    if let kept = ProcessInfo.processInfo.environment["CONFORM_KEEP_REPORTS"] {
      let shapes = "\(kept)/\(format.rawValue)"
      try FileManager.default.createDirectory(atPath: shapes, withIntermediateDirectories: true)
      try Data(folder.bytes("report")).write(to: URL(fileURLWithPath: "\(shapes)/\(UUID().uuidString)"))
    }
    return try folder.read("report")
  }

  /// Those that have no tests of their own.
  static let formats = ReportFormat.allCases.filter { $0 != .junit && $0 != .html }

  @Test("shows every verdict", arguments: formats)
  func everyVerdict(format: ReportFormat) throws {
    let ending = format.fileName == "-" ? "txt" : format.fileName.split(separator: ".").last.map(String.init) ?? "txt"
    try expectGolden("every-verdict-\(format.rawValue).\(ending)", FormatTests.rendered(format, Sample.everyVerdict))
  }

  @Test("says why a run has no cases", arguments: formats.filter { ![.gitlab, .github].contains($0) })
  func noCase(format: ReportFormat) throws {
    let text = try FormatTests.rendered(format, [Sample.start, Sample.end(aborted: "interrupted by SIGTERM")])
    #expect(text.contains("interrupted by SIGTERM"))
  }

  /// What JUnit is tried with, and what is special to the other shapes.
  static let hostile =
    JUnitTests.hostile + [
      "ok 1 - # SKIP", "# TODO \\# x\nnot ok 7\n1..0\nBail out!", "  ---\n  message: x\n  ...\n",
      "```\n````\n# heading\n<details>", "| a | b |\n@team #12 [x](y) ![z](w)",
      "::error file=x::y\n::stop-commands::z\n##[error]", "%0A::error::%25", "a,b:c=d::e",
      "\u{2028}::warning::x\u{85}##[group]", "#\u{301}#[command]x", "\\\"\u{0}\\x",
      "- &a [*a]\n? {x: !!python/object:os.system y}", String(repeating: "漢", count: 50_000),
      String(repeating: "<>&|", count: 20_000), "null", "~", "2022-07-20", ": ", "- ",
    ]

  private static func hostileRun(_ text: String) -> [Event] {
    var finding = Sample.finding(.failed, .assertion, text)
    (finding.expected, finding.actual, finding.step, finding.subject) = (text, text, text, text)
    finding.place = Place(file: "Scenarios/\(text)", line: 3, column: 1)
    finding.requirements = [.init(id: text, level: .must)]
    finding.exchange = Sample.exchange(body: text, answer: text)
    finding.exchange?.responseHeaders = [HeaderField(text, text)]
    var warning = finding
    warning.verdict = .warned
    var planned = (0..<5).map { Sample.planned($0, suite: text, scenario: "\(text)\($0)", row: text, title: text) }
    for number in planned.indices {
      planned[number].file = "Scenarios/\(text)"
      planned[number].tags = [text]
      planned[number].covers = [.init(id: text, level: .must)]
    }
    let records = [
      Sample.finished(planned[0], .failed, [finding, finding]), Sample.finished(planned[1], .errored, []),
      Sample.finished(planned[2], .skipped, reason: text),
      Sample.finished(planned[3], .warned, [warning]), Sample.finished(planned[4], .pending, reason: text),
    ]
    guard case .runStarted(var run) = Sample.start else { return [] }
    (run.target, run.version, run.host, run.command) = (text, text, text, [text])
    return [.runStarted(run)] + records.map { .caseFinished($0) } + [Sample.end(aborted: text)]
  }

  @Test("is valid for its consumers, whatever texts contain, and contains no commands", arguments: FormatTests.hostile)
  func hostileTexts(text: String) throws {
    let run = FormatTests.hostileRun(text)
    try FormatTests.expectTAP(FormatTests.rendered(.tap, run))
    let ctrf = try JSON(parsing: FormatTests.rendered(.ctrf, run))
    #expect(
      ctrf["results"]?["tests"]?.array?.compactMap { $0["status"]?.string } == [
        "failed", "failed", "skipped", "passed", "pending",
      ])
    let issues = try #require(try JSON(parsing: FormatTests.rendered(.gitlab, run)).array)
    #expect(Set(issues.compactMap { $0["fingerprint"]?.string }).count == issues.count)
    #expect(
      issues.allSatisfy {
        $0["location"]?["path"]?.string?.isEmpty == false && $0["check_name"]?.string?.isEmpty == false
      })
    let annotations = try FormatTests.rendered(.github, run).split(whereSeparator: \.isNewline)
    #expect(annotations.count == 3)
    #expect(annotations.allSatisfy { $0.hasPrefix("::error file=") || $0.hasPrefix("::warning file=") })
    #expect(
      !annotations.contains { $0.unicodeScalars.dropFirst(2).starts(with: "#[".unicodeScalars) || $0.contains("##[") })
    let summary = try FormatTests.rendered(.summary, run)
    #expect(summary.utf8.count <= Summary.maxSize)
    #expect(summary.matches(of: /(?m)^<details><summary>(FAILED|ERRORED|WARNED)\b/).count == 3)
    #expect(
      FormatTests.outsideOfFences(summary).allSatisfy { line in
        // by scalars: a mark may combine with the character before it
        let text = line.replacing(/&#[0-9]+;/.matchingSemantics(.unicodeScalar), with: "").unicodeScalars.drop {
          $0 == "#"
        }
        return !text.contains("#") && !text.contains("@") && !text.contains("[")
      })
    #expect(!summary.contains("##["))
    _ = try FormatTests.rendered(.junitExtended, run)
  }

  /// The lines that are Markdown, and not text in a fence.
  private static func outsideOfFences(_ markdown: String) -> [Substring] {
    var fence: Substring?
    return markdown.split(separator: "\n").filter { line in
      let ticks = line.prefix { $0 == "`" }
      if let open = fence {
        if ticks.count >= open.count, ticks.count == line.count { fence = nil }
        return false
      }
      if ticks.count >= 3 { fence = ticks }
      return ticks.count < 3
    }
  }

  /// A plan, as many points, and nothing else but their blocks.
  private static func expectTAP(_ text: String) throws {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.prefix(2) == ["TAP version 14", "1..5"])
    #expect(lines.filter { $0.hasPrefix("ok ") || $0.hasPrefix("not ok ") }.count == 5)
    #expect(lines.filter { $0 == "  ---" }.count == 3)
    #expect(lines.filter { $0 == "  ..." }.count == 3)
    #expect(
      lines.dropFirst(2).allSatisfy {
        $0.isEmpty || $0.hasPrefix("  ") || $0.hasPrefix("ok ") || $0.hasPrefix("not ok ") || $0.hasPrefix("Bail out! ")
      })
  }

  @Test("for GitLab keeps the fingerprint of a finding when its line moves")
  func fingerprints() throws {
    func prints(_ line: Int) throws -> [String?] {
      var finding = Sample.finding()
      finding.place?.line = line
      let run = [Sample.start, .caseFinished(Sample.finished(Sample.planned(0), .failed, [finding, finding]))]
      return try (JSON(parsing: FormatTests.rendered(.gitlab, run)).array ?? []).map { $0["fingerprint"]?.string }
    }
    #expect(try prints(12) == prints(15))
    #expect(try Set(prints(12)).count == 2)
  }

  /// A failed case of the built-in pack, run with this target file.
  private func ofBuiltInPack(_ target: String) -> [Event] {
    guard case .runStarted(var run) = Sample.start else { return [] }
    run.targetFile = target
    var planned = Sample.planned(0)
    planned.file = "builtin/expiry/token-border.yaml"
    var finding = Sample.finding()
    finding.place = Place(file: planned.file, line: 12, column: 7)
    return [.runStarted(run), .caseFinished(Sample.finished(planned, .failed, [finding])), Sample.end()]
  }

  @Test("points to the target file if the scenario is in the built-in pack, which is not in the repository")
  func builtIn() throws {
    let events = ofBuiltInPack("targets/north.yaml")
    let annotation = try FormatTests.rendered(.github, events)
    #expect(
      annotation.hasPrefix("::error file=targets/north.yaml,line=1,endLine=1,title=token-border%3A A token"),
      "\(annotation)")
    #expect(annotation.contains("%0Aat builtin/expiry/token-border.yaml:12\n"), "\(annotation)")
    let quality = try JSON(parsing: Array(FormatTests.rendered(.gitlab, events).utf8))
    #expect(quality.array?.first?["location"] == ["path": "targets/north.yaml", "lines": ["begin": 1]])
    let extended = try FormatTests.rendered(.junitExtended, events)
    #expect(extended.contains(#"file="targets/north.yaml" line="1""#), "\(extended)")
  }

  @Test(
    "points to no file if the target file is in the built-in pack, too",
    arguments: ["builtin/targets/reference.yaml", "/elsewhere/t.yaml"])
  func outside(target: String) throws {
    let annotation = try FormatTests.rendered(.github, ofBuiltInPack(target))
    #expect(annotation.hasPrefix("::error title=token-border%3A A token"), "\(annotation)")
    let extended = try FormatTests.rendered(.junitExtended, ofBuiltInPack(target))
    #expect(!extended.contains(" file="), "\(extended)")
  }

  @Test("for GitHub has at most ten annotations of a kind, and the number of the others", arguments: [9, 10, 11, 300])
  func most(count: Int) throws {
    let records = (0..<count).map {
      Event.caseFinished(Sample.finished(Sample.planned($0, scenario: "case-\($0)"), .failed, [Sample.finding()]))
    }
    let lines = try FormatTests.rendered(.github, [Sample.start] + records).split(separator: "\n")
    #expect(lines.count == min(count, 10))
    #expect(lines.last?.hasSuffix("::and \(count - 9) more cases failed or errored, see the reports") == (count > 10))
  }

  @Test("for the GitHub job summary fits into the room that is left in the file")
  func summarySize() throws {
    let folder = try Folder()
    let log = try folder.log(
      [Sample.start]
        + (0..<60).map {
          let finding = Sample.finding(.failed, .assertion, "reason \($0)")
          return Event.caseFinished(Sample.finished(Sample.planned($0, scenario: "case-\($0)"), .failed, [finding]))
        })
    try folder.write(Array(repeating: UInt8(ascii: "x"), count: Summary.maxSize - 5000), to: "step")
    try Summary(log).append(to: folder.file("step"))
    let size = try folder.bytes("step").count
    #expect(size > Summary.maxSize - 4000 && size <= Summary.maxSize)
    #expect(try folder.read("step").contains("more in the other reports"))
    #expect(throws: ReportError.self) { try Summary(log).append(to: folder.file("step")) }
  }
}

@Suite("Paths in a report")
struct RepositoryPathsTests {
  @Test(
    "are relative to the root of the repository",
    arguments: [
      ("Scenarios/a.yaml", "Scenarios/a.yaml"), ("./Scenarios//a.yaml", "Scenarios/a.yaml"),
      ("/home/ci/project/Scenarios/a.yaml", "Scenarios/a.yaml"),
      ("x/../Scenarios/./a.yaml", "Scenarios/a.yaml"), ("../project/a.yaml", "a.yaml"),
      ("../other/a.yaml", "../other/a.yaml"), ("/etc/a.yaml", "/etc/a.yaml"),
      ("/home/ci/project2/a.yaml", "/home/ci/project2/a.yaml"), ("/home/ci/project", "/home/ci/project"), ("", ""),
      ("/", "/"), ("../../../../../..", "../../../../../.."),
    ])
  func known(path: String, relative: String) {
    #expect(RepositoryPaths(root: nil, working: "/home/ci/project").relative(path) == relative)
  }

  @Test("are so in a subfolder of the repository too")
  func below() {
    let paths = RepositoryPaths(root: "/home/ci/project/", working: "/home/ci/project/suite")
    #expect(paths.relative("Scenarios/a.yaml") == "suite/Scenarios/a.yaml")
    #expect(paths.relative("../a.yaml") == "a.yaml")
  }
}
