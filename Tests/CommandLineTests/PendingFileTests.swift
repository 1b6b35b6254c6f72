// The file of pending cases, without a process.

import ConformanceModel
import Execution
import Foundation
import JSONValue
import RunEvents
import Testing

@testable import conform

@Suite("pending.jsonl") struct PendingFileTests {
  private let workspace: Workspace
  private let folder: String

  init() throws {
    workspace = try Workspace()
    folder = workspace.folder.path
  }

  private static let secret = "a-token-of-a-pending-case"

  private static func state(_ number: Int, due: Int = 5) throws -> PendingState {
    let json: JSON = [
      "n": .int(number), "id": .string("case-\(number)"), "due": .int(due), "started-at": 1, "simulated-start": 1,
      "exchanges": 1, "steps-done": 1, "step-count": 2, "fingerprint": "0f", "names": [:],
      "confidential": ["TOKEN": [.string(secret)]], "given-taken": [:], "clients": .array([]),
    ]
    return try #require(PendingState(json))
  }

  private static var run: RunDescription {
    let instant = SimulatedInstant(seconds: 7)
    return RunDescription(
      version: "1", runID: "a-run", target: "A target", targetFile: "target.yaml", startedAt: instant,
      simulatedStart: instant, seed: nil, jobs: 1, host: "", command: [])
  }

  private static func key(_ text: String?) throws -> PendingKey? {
    try PendingKey(text.map { [PendingKey.variable: $0] } ?? [:])
  }

  private static let text = "a key of at least 16 bytes"

  /// A file of a run that has started.
  private func file(_ key: String? = nil, in subfolder: String = "") throws -> PendingFile {
    let file = PendingFile(
      beside: folder + subfolder + "/run.jsonl", key: try PendingFileTests.key(key), target: "0a")
    file.handle(.runStarted(PendingFileTests.run), line: [])
    return file
  }

  private func lines() throws -> [String] {
    try workspace.read("pending.jsonl").split(separator: "\n").map(String.init)
  }

  private static func finished(_ number: Int, _ verdict: Verdict) -> Event {
    let instant = SimulatedInstant(seconds: 0)
    return .caseFinished(
      CaseRecord(
        planned: PlannedCase(
          number: number, id: "case-\(number)", scenario: "case-\(number)", suite: "suite", title: "", row: nil,
          covers: [], tags: [], file: "case.yaml", line: 1),
        verdict: verdict, startedAt: instant, seconds: 0, simulatedStart: instant, simulatedEnd: instant, exchanges: 0,
        findings: []))
  }

  @Test("has a case from the moment it is pending, and only its owner can read it", arguments: [nil, text])
  func add(key: String?) throws {
    let file = try file(key)
    for number in [3, 1, 2] {
      file.add(try PendingFileTests.state(number))
      #expect(try file.read().states[number] == PendingFileTests.state(number))
    }
    let contents = try file.read()
    #expect(contents.states.keys.sorted() == [1, 2, 3])
    #expect(contents.header.runID == "a-run" && contents.header.startedAt == SimulatedInstant(seconds: 7))
    #expect(contents.header.target == "0a" && (contents.header.salt != nil) == (key != nil))
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(try workspace.read("pending.jsonl").contains(PendingFileTests.secret) == (key == nil))
  }

  @Test("has the last state of a case, in the order of the plan, and no case that has finished")
  func write() throws {
    let file = try file()
    for number in (0..<30).reversed() { file.add(try PendingFileTests.state(number)) }
    file.add(try PendingFileTests.state(4, due: 9))
    for number in 10..<30 { file.handle(PendingFileTests.finished(number, .passed), line: []) }
    file.handle(PendingFileTests.finished(9, .pending), line: [])
    try file.write()
    let numbers = try lines().dropFirst().map { try JSON(parsing: Array($0.utf8))["n"]?.int }
    #expect(numbers == Array(0..<10))
    #expect(try file.read().states[4]?.due == SimulatedInstant(milliseconds: 9))
    for number in 0..<10 { file.handle(PendingFileTests.finished(number, .failed), line: []) }
    try file.write()
    #expect(!file.exists && !workspace.exists("pending.jsonl.new"))
  }

  @Test("keeps what it had when a run is continued, without what has finished")
  func restore() throws {
    let first = try file(PendingFileTests.text)
    for number in 0..<3 { first.add(try PendingFileTests.state(number)) }
    let before = try lines()[0]
    let second = PendingFile(beside: folder + "/run.jsonl", key: try PendingFileTests.key(PendingFileTests.text))
    second.restore(try first.read(), without: [1])
    try second.write()
    #expect(try second.read().states.keys.sorted() == [0, 2])
    #expect(try lines()[0] == before)
  }

  @Test("without the end of its last line has the cases before it")
  func halfLine() throws {
    let file = try file()
    for number in 0..<3 { file.add(try PendingFileTests.state(number)) }
    let whole = try workspace.read("pending.jsonl")
    try workspace.write(String(whole.dropLast(20)), to: "pending.jsonl")
    #expect(try file.read().states.keys.sorted() == [0, 1])
    let header = Array(try lines()[0].utf8)
    for (line, words) in [
      (#"{"n":1}"#, "line 5: this line, or line 1, was changed"),
      (PendingFileTests.sealed(#"{"n":1}"#, header), "line 5: is not a pending case"),
    ] {
      try workspace.write("\(whole)\(line)\n", to: "pending.jsonl")
      let error = #expect(throws: ReportError.self) { try file.read() }
      #expect(error?.message.hasPrefix(words) == true)
    }
    try workspace.write("{}\n", to: "pending.jsonl")
    #expect(throws: ReportError.self) { try file.read() }
  }

  /// A line with its digest.
  static func sealed(_ line: String, _ header: [UInt8]) -> String {
    String(decoding: PendingDigest.add(to: Array(line.utf8), header: header), as: UTF8.self)
  }

  @Test("is refused if any byte of a line was changed, and names the case")
  func edited() throws {
    let file = try file()
    for number in 0..<2 { file.add(try PendingFileTests.state(number)) }
    let whole = Array(try workspace.read("pending.jsonl").utf8)
    let first = try #require(whole.firstIndex(of: UInt8(ascii: "\n")))
    let line = try #require(whole[(first + 1)...].firstIndex(of: UInt8(ascii: "\n")))
    for index in (first + 1)..<line {
      // another character of the same kind: most of these lines are JSON still
      var changed = whole
      changed[index] ^= 1
      try workspace.write(String(decoding: changed, as: UTF8.self), to: "pending.jsonl")
      let error = #expect(throws: ReportError.self) { try file.read() }
      #expect(error?.message.contains("was changed") == true, "byte \(index - first)")
    }
    let text = String(decoding: whole, as: UTF8.self)
    for (old, new, line) in [
      (#""names":{}"#, #""names":{"token":{"value":"x"}}"#, 2), (PendingFileTests.secret, "another", 2),
      (#""target":"0a""#, #""target":"0b""#, 2), (#""names":{},"confidential""#, #""confidential""#, 2),
    ] {
      try workspace.write(text.replacing(old, with: new, maxReplacements: 1), to: "pending.jsonl")
      let error = #expect(throws: ReportError.self) { try file.read() }
      #expect(error?.message.hasPrefix("line \(line): case 'case-0', or line 1, was changed after") == true)
    }
  }

  @Test("that could not be written has no case until it can have all of them")
  func failure() throws {
    let file = try file(in: "/later")
    file.add(try PendingFileTests.state(0))
    try FileManager.default.createDirectory(atPath: folder + "/later", withIntermediateDirectories: false)
    file.add(try PendingFileTests.state(1))
    #expect(!file.exists)
    try file.write()
    #expect(try file.read().states.keys.sorted() == [0, 1])
  }

  @Test("is never written through a link, nor is its temporary file")
  func links() throws {
    try workspace.write("other\n", to: "other")
    let file = try file()
    try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: folder + "/other")
    file.add(try PendingFileTests.state(0))
    try FileManager.default.createSymbolicLink(atPath: file.path + ".new", withDestinationPath: folder + "/other")
    try file.write()
    #expect(try workspace.read("other") == "other\n")
    #expect(try file.read().states.keys.sorted() == [0])
    let type = try FileManager.default.attributesOfItem(atPath: file.path)[.type] as? FileAttributeType
    #expect(type == .typeRegular)
  }

  @Test("that cannot be replaced is an error, and leaves no temporary file")
  func irreplaceable() throws {
    let file = try file()
    try workspace.write("", to: "pending.jsonl/inside")
    file.add(try PendingFileTests.state(0))
    let error = #expect(throws: ReportError.self) { try file.write() }
    #expect(error?.message.hasPrefix("cannot be written") == true)
    #expect(!workspace.exists("pending.jsonl.new"))
  }

  // MARK: - Encryption

  @Test("is read with its own key alone")
  func keys() throws {
    for (written, read, words) in [
      (PendingFileTests.text, nil, "is encrypted"), (nil, PendingFileTests.text, "is not encrypted"),
      (PendingFileTests.text, "another key of 16 bytes", "cannot be decrypted"),
    ] as [(String?, String?, String)] {
      let file = try file(written)
      file.remove()
      file.add(try PendingFileTests.state(0))
      let reader = PendingFile(beside: folder + "/run.jsonl", key: try PendingFileTests.key(read))
      let error = #expect(throws: ReportError.self) { try reader.read() }
      #expect(error?.message.contains(words) == true)
    }
  }

  @Test("is not read if its first line or a case was changed although it is encrypted")
  func changed() throws {
    let file = try file(PendingFileTests.text)
    file.add(try PendingFileTests.state(0))
    let whole = try workspace.read("pending.jsonl")
    for (old, new) in [(#""target":"0a""#, #""target":"0b""#), (#""sealed":""#, #""sealed":"AA"#)] {
      try workspace.write(whole.replacing(old, with: new), to: "pending.jsonl")
      #expect(throws: ReportError.self) { try file.read() }
    }
    try workspace.write(whole, to: "pending.jsonl")
    #expect(try file.read().states.count == 1)
    #expect(whole.hasPrefix(#"{"pending":3,"#) && whole.contains(#""encryption":"HKDF-SHA256, AES-256-GCM""#))
  }

  @Test("needs a key of 16 bytes or more, if there is one")
  func keyLength() throws {
    #expect(try PendingFileTests.key(nil) == nil)
    #expect(try PendingFileTests.key("") == nil)
    #expect(try PendingFileTests.key("0123456789abcdef") != nil)
    #expect(throws: StartError.self) { try PendingFileTests.key("0123456789abcde") }
  }

  @Test(
    "starts with a line about its run",
    arguments: [
      (#"{"pending":3,"started-at":1,"target":"a"}"#, true), (#"{"pending":2,"started-at":1,"target":"a"}"#, false),
      (#"{"started-at":1,"target":"a"}"#, false), (#"{"pending":3,"target":"a"}"#, false),
      (#"{"pending":3,"started-at":1}"#, false), (#"{"pending":3,"started-at":1,"target":"a","salt":"*"}"#, false),
      ("x", false),
    ])
  func header(line: String, isHeader: Bool) { #expect((PendingHeader(line: Array(line.utf8)) != nil) == isHeader) }
}
