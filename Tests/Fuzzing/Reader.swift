// What can be fuzzed: something that reads, what it is tried with, and what it promises.

/// A promise that was not kept.
struct Finding: Error {
  var message: String

  init(_ message: String) { self.message = message }
}

protocol Reader {
  var name: String { get }
  /// How many of the inputs of a run it gets, in proportion to the others' shares.
  var share: Int { get }
  /// What belongs to its language, beside what stands in its corpus.
  var tokens: [String] { get }
  /// Mutations of the structure make sense for it, beside those of bytes and lines.
  var structure: Structure { get }
  /// What all inputs are made from.
  func corpus() throws -> [[UInt8]]
  /// Reads an input and looks at what comes of it. Returns nothing where all promises were kept.
  func check(_ input: [UInt8]) throws
}

enum Structure {
  case none, yaml, json
  /// A JSON text on each line.
  case jsonLines
}

func allReaders(_ workplace: Workplace) throws -> [any Reader] {
  [
    JSONReader(workplace), PointerReader(), MatcherReader(workplace), XMLReader(), DurationReader(), InstantReader(), TemplateReader(),
    ChallengeReader(),
    PackReader(workplace, .scenario), PackReader(workplace, .target), PackReader(workplace, .requirements), PackReader(workplace, .invariants),
    PackReader(workplace, .deviations),
    RunLogReader(workplace), HistoryReader(workplace),
  ]
}

/// Throws where a promise does not hold.
func promise(_ holds: Bool, _ message: @autoclosure () -> String) throws(Finding) {
  if !holds { throw Finding(message()) }
}
