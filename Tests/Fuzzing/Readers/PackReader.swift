// The YAML loaders: every error has its position in the file, and the same file gives the same result.

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
    case .deviations:
      return [
        "expected:\n  - { id: a, reason: it is known }\n  - id: b/x=1\n    reason: |\n      two\n      lines\n",
        "expected: [{ id: no-leak, step: list, subject: 'status, /a', seen: 500, reason: known }]\n",
      ].map { Array($0.utf8) }
    }
    let read = try files.map(Workplace.read).filter { $0.count < 16 << 10 }
    return language == .invariants
      ? read + [Array("invariants:\n  - id: a\n    title: A\n    covers: A-01\n    expect: { status: 200 }\n".utf8)]
      : read
  }

  /// The result of loading a file.
  private enum Outcome: Equatable {
    case pack([Scenario], [Invariant], [Requirement])
    case target(Target)
    case refused([Diagnostic])
  }

  func check(_ input: [UInt8]) throws {
    try place(input)
    let first = load()
    try promise(first == load(), "loading it twice gives two results")
    switch first {
    case .refused(let diagnostics): try check(diagnostics, input)
    case .target(let target): try promise(!target.name.isEmpty, "a target has no name")
    case .pack(let scenarios, let invariants, let requirements):
      try promise(
        scenarios.count == 1 && !requirements.isEmpty,
        "one scenario file gives \(scenarios.count) scenarios, or there are no requirements")
      for scenario in scenarios {
        let rows = (0..<min(100, scenario.cases.count)).map { scenario.cases.row($0)?.name }
        try promise(
          scenario.cases.count >= 1 && Set(rows).count == rows.count,
          "a scenario has no cases, or two with the same name")
        try promise(
          !scenario.steps.isEmpty && !scenario.title.isEmpty && !scenario.covers.isEmpty,
          "a scenario has no steps, title or requirements")
      }
      let document = try BehaviourDocument(
        version: nil, areas: [], requirements: requirements, scenarios: scenarios, invariants: invariants, log: nil)
      try promise(!document.markdown().isEmpty, "the document is empty")
      let page = RunLogReader.lowercased(document.html())
      for tag in ["<script", "<img", "<iframe", "<svg"] {
        try promise(RunLogReader.count(tag, page) == 0, "the document contains \(tag)")
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
  /// Writes the input among the valid files that belong to it.
  private func place(_ input: [UInt8]) throws {
    switch language {
    case .scenario, .requirements, .invariants:
      try workplace.makeFolder("pack/area")
      let requirements = language == .scenario ? PackReader.requirements(of: input) : ["A-01"]
      try workplace.write(
        "requirements:\n" + requirements.map { "  - { id: \($0), level: must, source: s, text: t }\n" }.joined(),
        to: "pack/requirements.yaml")
      try workplace.write(
        "title: A case\ncovers: [A-01]\nsteps:\n  - list-clients:\n    expect: listed\n", to: "pack/area/input.yaml")
    case .target, .deviations:
      try workplace.makeFolder("targets")
      try workplace.write(
        "target: t\nbase-url: http://x\ntoken: {url: /t}\nexpected-deviations: d.expected.yaml\n"
          + "connectors: {a: {inbound-url: /i, payloads: {valid: {json: {}}}}}\n",
        to: "targets/target.yaml")
    }
    try workplace.write(input, to: file)
  }

  /// Words that look like ids of requirements: a scenario may cover any of them.
  private static func requirements(of input: [UInt8]) -> [String] {
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

  /// Each error has a message and a valid position.
  private func check(_ diagnostics: [Diagnostic], _ input: [UInt8]) throws {
    try promise(!diagnostics.isEmpty, "refused without an error")
    let lines = PackReader.lines(input)
    for diagnostic in diagnostics {
      let place = diagnostic.place
      try promise(!diagnostic.message.isEmpty, "an error has no message")
      try promise(
        place.file.hasPrefix(workplace.folder), "an error is in an unknown file: \(diagnostic.description)")
      try promise(place.line >= 1 && place.column >= 1, "an error has no position: \(diagnostic.description)")
      let isInInput = place.file == workplace.path(file)
      try promise(
        !isInInput || place.line <= lines.count,
        "an error is below the last line, \(lines.count): \(diagnostic.description)")
      try promise(
        !isInInput || place.column <= lines[place.line - 1] + 1,
        "an error is beyond the end of its line: \(diagnostic.description)")
      let shown = diagnostic.description
      try promise(
        shown.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && $0.value != 0x7F) },
        "the message contains a control character")
      try promise(
        shown.utf8.count < 8000 + place.file.utf8.count, "the message is \(shown.utf8.count) bytes long")
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

  /// The length of each line in characters. Lines end as in YAML 1.1.
  private static func lines(_ input: [UInt8]) -> [Int] {
    String(decoding: input, as: UTF8.self).split(omittingEmptySubsequences: false) {
      ["\n", "\r", "\r\n", "\u{85}", "\u{2028}", "\u{2029}"].contains($0)
    }
    .map(\.unicodeScalars.count)
  }
}
