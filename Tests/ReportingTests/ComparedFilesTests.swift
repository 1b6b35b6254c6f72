// Several files on one side of a comparison, as builds of several modules, shards and reruns write them.

import Foundation
import RunEvents
import Testing

@testable import Reporting

@Suite("Several JUnit files of one run")
struct ComparedFilesTests {
  private func suite(_ name: String, _ content: String, _ attributes: String = "") -> String {
    "<testsuite name=\"\(name)\" \(attributes)>\(content)</testsuite>"
  }

  private func test(_ name: String, _ content: String = "") -> String {
    "<testcase classname=\"a\" name=\"\(name)\">\(content)</testcase>"
  }

  private func write(_ folder: Folder, _ files: [String: String]) throws {
    for (name, text) in files {
      let path = folder.file(name)
      let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
      try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
  }

  private func compare(_ folder: Folder, _ old: [String], _ new: [String]) throws -> Comparison {
    try Comparison(ComparedRun(paths: old.map(folder.file)), ComparedRun(paths: new.map(folder.file)))
  }

  @Test(
    "are found in a folder, at any depth, by patterns, and by their names",
    arguments: [
      (["old"], ["new"]), (["old/*/*.xml", "old/c.xml"], ["new/**/*.xml"]),
      (["old/x/TEST-a.xml", "old/y/TEST-b.xml", "old/c.xml"], ["new/[xy]/TEST-?.xml", "new/c.xml"]),
      (["old/**/TEST-*.xml", "old/*.xml"], ["new", "new/c.xml"]),
    ])
  func found(old: [String], new: [String]) throws {
    let folder = try Folder()
    for side in ["old", "new"] {
      try write(
        folder,
        [
          "\(side)/x/TEST-a.xml": suite("A", test("one")), "\(side)/y/TEST-b.xml": suite("B", test("two")),
          "\(side)/c.xml": suite("C", test("three", side == "new" ? "<failure message=\"boom\"/>" : "")),
        ])
    }
    let comparison = try compare(folder, old, new)
    #expect(comparison.shared == 3)
    #expect(comparison.entries.map(\.change) == [.regressed])
    #expect(comparison.entries.map(\.id) == ["a three"])
    #expect(comparison.new.path.hasSuffix(" (3 files)"), "\(comparison.new.path)")
  }

  @Test("another XML file of a folder is ignored with a note, and refused if it is named")
  func otherFiles() throws {
    let folder = try Folder()
    try write(
      folder,
      ["old/a.xml": suite("A", test("one")), "new/a.xml": suite("A", test("one")), "new/testng.xml": "<testng/>"])
    let notes = try compare(folder, ["old"], ["new"]).new.notes
    #expect(notes == ["has testng.xml, which is ignored: it is not JUnit XML: its root element is <testng>"])
    let error = try #require(throws: ReportError.self) {
      try ComparedRun(paths: [folder.file("new/a.xml"), folder.file("new/testng.xml")])
    }
    #expect(error.message == "is not JUnit XML: its root element is <testng>")
  }

  @Test("the folder of a run of conform is its log")
  func runFolder() throws {
    let folder = try Folder()
    _ = try folder.log(Sample.everyVerdict)
    try ReportFormat.junit.write(RunLog(path: folder.file("run.jsonl")), to: folder.file("junit.xml"))
    #expect(try ComparedRun(paths: [folder.path]).isRunLog)
  }

  @Test(
    "what has no file is refused with the reason",
    arguments: [
      (["none.xml"], "No such file"), (["none*.xml"], "no file matches this pattern"),
      (["empty"], "is a folder without"),
      (["old", "run.jsonl"], "is not JUnit XML, and several files are compared as such"),
      (["old", "cut.xml"], "is truncated: it ends inside of <testcase>, after 1 case"),
    ])
  func refused(paths: [String], reason: String) throws {
    let folder = try Folder()
    _ = try folder.log(Sample.everyVerdict)
    try write(
      folder,
      [
        "old/a.xml": suite("A", test("one")),
        "cut.xml": "<testsuite name=\"A\"><testcase name=\"a\"/><testcase name=\"b\"><failure message=\"x",
      ])
    try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: true)
    let error = try #require(throws: ReportError.self) { try ComparedRun(paths: paths.map(folder.file)) }
    #expect(error.message.contains(reason), "\(error)")
  }

  @Test("the same case in several files of both runs is several cases, named by the files")
  func variants() throws {
    let folder = try Folder()
    let passed = suite("login", test("logs in"), "id=\"0\""),
      failed = suite("login", test("logs in", "<failure/>"), "id=\"0\"")
    try write(
      folder,
      [
        "old/chrome.xml": passed, "old/firefox.xml": failed, "new/chrome.xml": failed, "new/firefox.xml": failed,
      ])
    let comparison = try compare(folder, ["old"], ["new"])
    #expect(comparison.entries.map(\.change) == [.regressed, .stillFailing])
    #expect(comparison.entries.map(\.id) == ["a logs in (chrome.xml)", "a logs in (firefox.xml)"])
    #expect(comparison.flaky.isEmpty)
  }

  @Test("the same case in several files of one run is a rerun: the last attempt by the time of its file counts")
  func reruns() throws {
    let folder = try Folder()
    try write(
      folder,
      [
        "old/all.xml": suite("s", test("one")),
        // the names are in another order than the times
        "new/rerun.xml": suite("s", test("one"), "timestamp=\"2026-11-23T12:05:00\""),
        "new/the-run.xml": suite("s", test("one", "<failure/>"), "timestamp=\"2026-11-23T12:00:00\""),
      ])
    let comparison = try compare(folder, ["old"], ["new"])
    #expect(comparison.entries.isEmpty && comparison.shared == 1)
    #expect(comparison.flaky == [Comparison.FlakyCase(id: "a one", attempts: "failed, then passed")])
  }

  @Test("an error of a suite in one file is not hidden by the same suite in another")
  func suiteErrors() throws {
    let folder = try Folder()
    try write(
      folder,
      [
        "old/a.xml": suite("s", test("one")), "old/b.xml": suite("s", test("two")),
        "new/a.xml": suite("s", test("one") + "<error message=\"tear-down failed\"/>"),
        "new/b.xml": suite("s", test("two")),
      ])
    let comparison = try compare(folder, ["old"], ["new"])
    #expect(comparison.entries.map(\.change) == [.regressed] && comparison.entries.map(\.id) == ["suite s"])
    // nor if it had the error before
    #expect(try compare(folder, ["new"], ["new"]).entries.map(\.change) == [.stillFailing])
  }
}

@Suite("Durations in JUnit files")
struct JUnitSecondsTests {
  @Test(
    "are read in any locale",
    arguments: [
      ("0.012", 0.012), ("0,012", 0.012), ("1,234.5", 1234.5), ("1.234,5", 1234.5), ("1,234", 1.234), ("12", 12),
      ("1 234,5", 1234.5), ("1\u{A0}234,5", 1234.5), ("1\u{202F}234,567", 1234.567), ("1'234.5", 1234.5),
      ("1,234,567", 1_234_567), ("1,234,567.8", 1_234_567.8), ("1.234.567,8", 1_234_567.8), ("1e-3", 0.001),
      ("", nil), ("NaN", nil), ("-1", nil), ("a day", nil), ("inf", nil), (",", nil),
    ] as [(String, Double?)])
  func read(text: String, seconds: Double?) { #expect(JUnitSeconds.read(text) == seconds) }
}
