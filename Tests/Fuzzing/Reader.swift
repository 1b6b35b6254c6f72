// What can be fuzzed: something that reads, what it is tried with, and what it promises.

import JSONValue

protocol Reader {
  /// What belongs to its language, beside what stands in its corpus.
  var tokens: [String] { get }
  /// Mutations of the structure make sense for it, beside those of bytes and lines.
  var structure: Structure { get }
  var name: String { get }
  /// What all inputs are made from.
  func corpus() throws -> [[UInt8]]
  /// Reads an input and looks at what comes of it. Returns nothing where all promises were kept.
  func check(_ input: [UInt8]) throws
}

enum Structure {
  case none, yaml, json, xml
  /// A JSON text on each line.
  case jsonLines
}

/// A reader that can be asked for by its name.
struct ReaderEntry {
  var name: String
  /// How many of the inputs of a run it gets, in proportion to the others' shares.
  var share: Int
  var make: (Workplace) -> any Reader
}

enum Readers {
  /// Those that cost more get less.
  static var all: [ReaderEntry] {
    [
      ReaderEntry(name: "json", share: 150) { JSONReader($0) },
      ReaderEntry(name: "pointer", share: 80) { _ in PointerReader() },
      ReaderEntry(name: "matcher", share: 60) { MatcherReader($0) },
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
    ]
  }
}
