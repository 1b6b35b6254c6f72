import ConformanceModel
import Foundation
import ScenarioFiles
import TestSupport
import Testing

@Suite("The record of changes of a pack")
struct RequirementChangesTests {
  /// What readers of a requirement rely on: its level, its levels under profiles, and its text.
  private typealias Listed = [String: String]

  private static func listed(_ requirements: [Requirement]) -> Listed {
    Listed(
      requirements.map { requirement in
        let levels = requirement.levels.map { "\($0.key.rawValue)=\($0.value.rawValue)" }.sorted()
        return (requirement.id, "\(requirement.level.rawValue)\t\(levels.joined(separator: " "))\t\(requirement.text)")
      }, uniquingKeysWith: { first, _ in first })
  }

  /// What differs between two versions without being in the record, or is in the record without a difference.
  private static func unrecorded(_ old: Listed, _ new: Listed, _ changes: [RequirementChange]) -> [String] {
    var differences: [String: RequirementChange.Kind] = [:]
    for (id, requirement) in new where old[id] != requirement { differences[id] = old[id] == nil ? .added : .changed }
    for id in old.keys where new[id] == nil { differences[id] = .removed }
    // a requirement that was added and removed since then does not differ
    let recorded = Dictionary(grouping: changes, by: \.requirement).mapValues { $0.map(\.kind) }
    let missing = differences.filter { recorded[$0.key]?.contains($0.value) != true }.map { "\($0.key): \($0.value)" }
    let extra = recorded.filter { differences[$0.key] == nil && !$0.value.contains(.removed) }.map { "\($0.key): none" }
    return (missing + extra).sorted()
  }

  private func library(_ changes: String, pack: String = "2.1.0") throws -> Library {
    let folder = try TemporaryFolder()
    try folder.write(
      "requirements.yaml",
      "pack: \"\(pack)\"\nchanges:\n\(changes)requirements:\n  - { id: A-01, level: must, source: s, text: t }\n")
    do throws(Diagnostics) { return try Library.load([folder.path]) } catch {
      throw Unreadable(text: error.description.replacingOccurrences(of: "\(folder.path)/", with: ""))
    }
  }

  private struct Unreadable: Error { var text: String }

  @Test("a requirement that differs from the recorded version is in the record")
  func packIsRecorded() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized.path
    let library = try Library.load(["\(root)/Scenarios"])
    let changes = try #require(library.changes)
    let baseline = try String(contentsOfFile: "\(Golden.root)/pack/requirements-\(changes.start).tsv", encoding: .utf8)
    let old = Listed(
      baseline.split(separator: "\n").map { line in
        let cells = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(cells[0]), String(cells[1]))
      }, uniquingKeysWith: { first, _ in first })
    #expect(old.count > 140)
    let new = RequirementChangesTests.listed(library.requirements)
    let found = RequirementChangesTests.unrecorded(old, new, changes.list)
    #expect(found == [], "record them in 'changes' of requirements.yaml, with a new version of the pack")
  }

  @Test("a difference that is not recorded is found, and so is a record without one")
  func unrecorded() throws {
    let version = try #require(PackVersion("2.1"))
    func change(_ id: String, _ kind: RequirementChange.Kind) -> RequirementChange {
      RequirementChange(version: version, requirement: id, kind: kind, text: "")
    }
    let old = ["A-01": "must", "A-02": "must", "A-03": "may"], new = ["A-01": "must", "A-02": "should", "A-04": "must"]
    #expect(
      RequirementChangesTests.unrecorded(old, new, []) == ["A-02: changed", "A-03: removed", "A-04: added"])
    let all = [change("A-02", .changed), change("A-03", .removed), change("A-04", .added)]
    #expect(RequirementChangesTests.unrecorded(old, new, all) == [])
    #expect(RequirementChangesTests.unrecorded(old, new, all + [change("A-01", .changed)]) == ["A-01: none"])
    #expect(
      RequirementChangesTests.unrecorded(old, new, [all[0], all[1], change("A-04", .changed)]) == ["A-04: added"])
  }

  @Test("lists the changes after a version, the newest first")
  func since() throws {
    let changes = try #require(
      try library(
        """
          "2.0": []
          "2.0.1":
            - { requirement: A-01, change: changed, text: one }
            - { requirement: A-02, change: added, text: two }
          "2.1.0": [{ requirement: A-02, change: removed, text: three }]

        """
      ).changes)
    func texts(_ version: String) throws -> [String]? {
      changes.since(try #require(PackVersion(version)))?.map(\.text)
    }
    #expect(try texts("2.0.0") == ["three", "one", "two"])
    #expect(try texts("2.0.1") == ["three"] && texts("2.1") == [] && texts("3") == [])
    #expect(try texts("1.9.9") == nil)
  }

  @Test(
    "a record that cannot be right is a mistake",
    arguments: [
      ("  \"2.0.0\": []\n", "the record of changes ends with version 2.0.0; the pack has version 2.1.0"),
      ("  next: []\n  \"2.1.0\": []\n", "'next' is not a version"),
      ("  \"2.2.0\": []\n  \"2.1.0\": []\n", "version 2.1.0 must be after version 2.2.0"),
      ("  \"2.1.0\": [{ requirement: A-01, change: removed, text: t }]\n", "'A-01' is not removed"),
      ("  \"2.1.0\": [{ requirement: A-01, change: moved, text: t }]\n", "moved"),
      ("  \"2.1.0\": [{ requirement: A-01, change: changed }]\n", "text"),
    ])
  func mistakes(_ changes: String, _ message: String) throws {
    let error = try #require(throws: Unreadable.self) { _ = try library(changes) }
    #expect(error.text.contains(message), "\(error.text)")
  }
}
