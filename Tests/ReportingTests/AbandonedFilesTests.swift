// What killed processes leave: half a line in a log that goes on, and temporary files.

import ConformanceModel
import Foundation
import RunEvents
import Testing

@testable import Reporting

@Suite("What a killed process leaves")
struct AbandonedFilesTests {
  /// A log that goes on behind these bytes.
  private func goOn(after bytes: String) throws -> String {
    let folder = try Folder()
    try folder.write(Array(bytes.utf8), to: "run.jsonl")
    let writer = try RunLogWriter(path: folder.file("run.jsonl"), continuing: true)
    writer.append(Array(#"{"event":"next"}"#.utf8))
    try writer.close()
    return try folder.read("run.jsonl")
  }

  @Test(
    "half a line is cut off before the log goes on, a whole one gets its break",
    arguments: [
      ("", ""), ("{\"a\":1}\n", "{\"a\":1}\n"), ("{\"a\":1}\n{\"b\":", "{\"a\":1}\n"),
      ("{\"a\":1}\n{\"b\":2}", "{\"a\":1}\n{\"b\":2}\n"), ("{\"a", ""),
    ])
  func repaired(left: String, kept: String) throws {
    #expect(try goOn(after: left) == kept + "{\"event\":\"next\"}\n")
  }

  /// An id that no process has any more.
  private func pastProcess() throws -> pid_t {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/true")
    try process.run()
    process.waitUntilExit()
    return process.processIdentifier
  }

  @Test(
    "temporary files an hour old are removed by the next that writes there; young ones, those of running processes and all others stay"
  )
  func temporary() throws {
    let folder = try Folder()
    let gone = try pastProcess()
    let old = ["junit.xml.\(gone)-17.tmp", "report.html.\(gone)-18.tmp"]
    let kept = ["junit.xml.\(getpid())-17.tmp", "junit.xml", "notes.tmp", "a.0-1.tmp", "a.\(gone).tmp"]
    let young = "summary.md.\(gone)-19.tmp"
    for name in old + kept + [young] { try folder.write([1], to: name) }
    let hours = Date(timeIntervalSinceNow: -2 * 3600)
    for name in old + kept {
      try FileManager.default.setAttributes([.modificationDate: hours], ofItemAtPath: folder.file(name))
    }
    let lock = try ReportsLock(folder: folder.path)
    withExtendedLifetime(lock) {}
    #expect(folder.names == (kept + [young]).sorted())
  }

  @Test("a folder has one writer at a time, and the next when that is gone")
  func lock() throws {
    let folder = try Folder()
    var first: ReportsLock? = try ReportsLock(folder: folder.path)
    let error = #expect(throws: ReportError.self) { try ReportsLock(folder: folder.path) }
    #expect(
      error?.message == "another run is still writing to this folder; wait until it has ended, or choose another folder"
    )
    #expect(first != nil)
    first = nil
    #expect(throws: Never.self) { try ReportsLock(folder: folder.path) }
  }
}
