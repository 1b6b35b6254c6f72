// A reader that is fuzzed, with its corpus and its promises.

import JSONValue

protocol Reader {
  /// Words of its language, in addition to those in the corpus.
  var tokens: [String] { get }
  /// The structure that mutations change, in addition to bytes and lines.
  var structure: Structure { get }
  var name: String { get }
  /// The files from which inputs are made.
  func corpus() throws -> [[UInt8]]
  /// Reads an input and checks the result.
  ///
  /// - Throws: `FuzzFinding` if a promise is violated.
  func check(_ input: [UInt8]) throws
}

enum Structure {
  case none, yaml, json, xml
  /// A JSON text on each line.
  case jsonLines
}

/// A reader with its name.
struct ReaderEntry {
  var name: String
  /// Its share of the inputs of a run, relative to the other shares.
  var share: Int
  var make: (Workplace) -> any Reader
}

enum Readers {
  /// All readers; slower ones have smaller shares.
  static var all: [ReaderEntry] {
    [
      ReaderEntry(name: "json", share: 150) { JSONReader($0) },
      ReaderEntry(name: "pointer", share: 80) { _ in PointerReader() },
      ReaderEntry(name: "matcher", share: 60) { MatcherReader($0) },
      ReaderEntry(name: "pattern", share: 60) { _ in PatternReader() },
      ReaderEntry(name: "xml", share: 150) { _ in XMLReader() },
      ReaderEntry(name: "duration", share: 60) { _ in DurationReader() },
      ReaderEntry(name: "instant", share: 60) { _ in SimulatedInstantReader() },
      ReaderEntry(name: "template", share: 60) { _ in TemplateReader() },
      ReaderEntry(name: "challenge", share: 60) { _ in ChallengeReader() },
      ReaderEntry(name: "scenario", share: 180) { PackReader($0, .scenario) },
      ReaderEntry(name: "target", share: 120) { PackReader($0, .target) },
      ReaderEntry(name: "requirements", share: 30) { PackReader($0, .requirements) },
      ReaderEntry(name: "invariants", share: 40) { PackReader($0, .invariants) },
      ReaderEntry(name: "deviations", share: 20) { PackReader($0, .deviations) },
      ReaderEntry(name: "run-log", share: 100) { RunLogReader($0) },
      ReaderEntry(name: "history", share: 60) { HistoryReader($0) },
      ReaderEntry(name: "compare-log", share: 60) { CompareReader($0, .log) },
      ReaderEntry(name: "compare-junit", share: 80) { CompareReader($0, .junit) },
      ReaderEntry(name: "merge", share: 80) { MergeReader($0) },
      ReaderEntry(name: "response", share: 40) { _ in ResponseReader() },
    ]
  }
}
