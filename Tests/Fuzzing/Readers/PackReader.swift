// The loaders of YAML: every mistake has its place inside the file, and the same file gives the same.

import ConformanceModel
import HTTPModel
import Reporting
import ScenarioFiles

struct PackReader: Reader {
  enum Language: String {
    case scenario, target, requirements, invariants, deviations
  }

  let workplace: Workplace
  let language: Language
  let structure = Structure.yaml
  var name: String { language.rawValue }

  init(_ workplace: Workplace, _ language: Language) {
    self.workplace = workplace
    self.language = language
  }

  var tokens: [String] {
    Tokens.yaml + words
      + [
        "expect", "json", "headers", "status", "equals", "matches", "one-of", "not", "each", "length", "exactly",
        "object", "2xx", "'${unique}'", "${env.X}", "23h", "as: a",
      ]
  }

  private var words: [String] {
    switch language {
    case .scenario:
      StepActionKind.allCases.map(\.rawValue) + MatcherWord.allCases.map(\.rawValue)
        + Behaviour.allCases.map(\.rawValue)
        + [
          "title", "covers", "steps", "given", "cases", "from: 1", "to: 9", "save", "only-if", "until", "expiry-of",
          "256", "10000",
        ]
    case .target:
      [
        "clock", "driver", "launch", "command", "request: POST /x", "answer", "payloads", "valid", "token", "base-url",
        "files", "rate", "5/s", "behaviour",
      ]
    default: ["id", "level: must", "source", "text", "covers", "expect", "of", "where", "pack", "areas", "expected"]
    }
  }

  func corpus() throws -> [[UInt8]] {
    let golden = "Tests/ScenarioFilesTests/Golden"
    let files: [String]
    switch language {
    case .scenario:
      let shipped = try Workplace.files("Scenarios", ".yaml").filter {
        !$0.contains("/targets/") && $0.split(separator: "/").count == 3
      }
      files =
        stride(from: 0, to: shipped.count, by: 4).map { shipped[$0] }
        + (try Workplace.files("\(golden)/scenarios", ".yaml"))
    case .target:
      files = try Workplace.files("Scenarios/targets", ".yaml") + Workplace.files("\(golden)/targets", ".yaml")
    case .requirements: files = try Workplace.files("\(golden)/requirements", ".yaml")
    case .invariants: files = ["Scenarios/invariants.yaml"]
    case .deviations: return [Array("expected:\n  a: it is known\n  b/x=1: |\n    two\n    lines\n".utf8)]
    }
    let read = try files.map(Workplace.read).filter { $0.count < 16 << 10 }
    return language == .invariants
      ? read + [Array("invariants:\n  - id: a\n    title: A\n    covers: A-01\n    expect: { status: 200 }\n".utf8)]
      : read
  }

  /// What a file gave.
  private enum Outcome: Equatable {
    case pack([Scenario], [Invariant], [Requirement])
    case target(Target)
    case refused([Diagnostic])
  }

  func check(_ input: [UInt8]) throws {
    try place(input)
    let first = load()
    try promise(first == load(), "read twice it gives two things")
    switch first {
    case .refused(let diagnostics): try check(diagnostics, input)
    case .target(let target): try promise(!target.name.isEmpty, "a target without a name")
    case .pack(let scenarios, let invariants, let requirements):
      try promise(
        scenarios.count == 1 && !requirements.isEmpty,
        "one file of a scenario gives \(scenarios.count), or there is no requirement")
      for scenario in scenarios {
        let rows = (0..<min(100, scenario.cases.count)).map { scenario.cases.row($0)?.name }
        try promise(
          scenario.cases.count >= 1 && Set(rows).count == rows.count,
          "a scenario without cases, or with two of the same name")
        try promise(
          !scenario.steps.isEmpty && !scenario.title.isEmpty && !scenario.covers.isEmpty,
          "a scenario without steps, title or clauses")
      }
      let document = try BehaviourDocument(
        version: nil, areas: [], requirements: requirements, scenarios: scenarios, invariants: invariants, log: nil)
      try promise(!(try document.markdown().isEmpty), "a document without words")
      let page = RunLogReader.lowercased(try document.html())
      for tag in ["<script", "<img", "<iframe", "<svg"] {
        try promise(RunLogReader.count(tag, page) == 0, "its document holds \(tag)")
      }
    }
  }

  private func load() -> Outcome {
    do throws(Diagnostics) {
      switch language {
      case .scenario, .requirements, .invariants:
        let library = try Library.load([workplace.path("pack")])
        return .pack(library.scenarios, library.invariants, library.requirements)
      case .target, .deviations: return .target(try Target.load(workplace.path("targets/target.yaml")))
      }
    } catch {
      return .refused(error.list)
    }
  }
}

extension PackReader {
  /// The file of the input among others that are right, and need it.
  private func place(_ input: [UInt8]) throws {
    switch language {
    case .scenario, .requirements, .invariants:
      try workplace.makeFolder("pack/area")
      let clauses = language == .scenario ? PackReader.clauses(of: input) : ["A-01"]
      try workplace.write(
        "requirements:\n" + clauses.map { "  - { id: \($0), level: must, source: s, text: t }\n" }.joined(),
        to: "pack/requirements.yaml")
      try workplace.write(
        "title: A case\ncovers: [A-01]\nsteps:\n  - list-clients:\n    expect: listed\n", to: "pack/area/input.yaml")
    case .target, .deviations:
      try workplace.makeFolder("targets")
      try workplace.write(
        "target: t\nbase-url: http://x\ntoken: {url: /t}\nconnectors: {a: {inbound-url: /i, payloads: {valid: {json: {}}}}}\nexpected-deviations: d.expected.yaml\n",
        to: "targets/target.yaml")
    }
    try workplace.write(input, to: file)
  }

  /// What looks like the ids of clauses: a scenario about any of them is right.
  private static func clauses(of input: [UInt8]) -> [String] {
    var found: Set<String> = []
    for word in input.split(whereSeparator: {
      !(0x30...0x39).contains($0) && !(0x41...0x5A).contains($0) && $0 != UInt8(ascii: "-")
    }) {
      let parts = word.split(separator: UInt8(ascii: "-"))
      if parts.count == 2, (2...5).contains(parts[0].count), parts[1].allSatisfy({ $0 < 0x3A }),
        parts[0].allSatisfy({ $0 > 0x40 })
      {
        found.insert(String(decoding: word, as: UTF8.self))
      }
    }
    return ["A-01"] + found.sorted().prefix(20)
  }

  /// Each mistake has words, and a place that is there.
  private func check(_ diagnostics: [Diagnostic], _ input: [UInt8]) throws {
    try promise(!diagnostics.isEmpty, "refused without a mistake")
    let lines = PackReader.lines(input)
    for diagnostic in diagnostics {
      let place = diagnostic.place
      try promise(!diagnostic.message.isEmpty, "a mistake without words")
      try promise(
        place.file.hasPrefix(workplace.folder), "a mistake in a file that is not there: \(diagnostic.description)")
      try promise(place.line >= 1 && place.column >= 1, "a mistake without a place: \(diagnostic.description)")
      let isInInput = place.file == workplace.path(file)
      try promise(
        !isInInput || place.line <= lines.count,
        "a mistake below the last line, \(lines.count): \(diagnostic.description)")
      try promise(
        !isInInput || place.column <= lines[place.line - 1] + 1,
        "a mistake beyond the end of its line: \(diagnostic.description)")
      let shown = diagnostic.description
      try promise(
        shown.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && $0.value != 0x7F) },
        "a control character in what is shown")
      try promise(
        shown.utf8.count < 8000 + place.file.utf8.count, "what is shown of a mistake is \(shown.utf8.count) bytes long")
    }
  }

  private var file: String {
    switch language {
    case .scenario: "pack/area/input.yaml"
    case .target: "targets/target.yaml"
    case .requirements: "pack/requirements.yaml"
    case .invariants: "pack/invariants.yaml"
    case .deviations: "targets/d.expected.yaml"
    }
  }

  /// How many characters each line has. Lines end as YAML 1.1 has it.
  private static func lines(_ input: [UInt8]) -> [Int] {
    String(decoding: input, as: UTF8.self).split(omittingEmptySubsequences: false) {
      ["\n", "\r", "\r\n", "\u{85}", "\u{2028}", "\u{2029}"].contains($0)
    }
    .map(\.unicodeScalars.count)
  }
}
