// What the document of the expected behaviour says, independent of its format.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents

/// What the document says, in its order. The texts are not yet escaped.
struct DocumentModel {
  /// A line of the table of coverage.
  struct Row {
    let title: String
    let anchor: String
    let requirements: Int
    let musts: Int
    let covered: Int
    let scenarios: Int
    let cases: Int
    /// How many requirements the run has found to be met and not met; `nil` without a run.
    let results: (met: Int, notMet: Int)?
  }

  struct Suite {
    let title: String
    let anchor: String
    let requirements: [RequirementPart]
  }

  struct RequirementPart {
    let id: String
    let level: String
    let text: String
    let source: String
    /// The state after the run, with the verdict that decided it; `nil` without a run.
    let state: (words: String, verdict: Verdict)?
    /// Why no scenario covers it; `nil` if one does.
    let uncovered: String?
    /// The scenarios that are described below this requirement.
    let scenarios: [ScenarioPart]
    /// Scenarios and invariants that are described elsewhere.
    let others: [(anchor: String, title: String)]
  }

  struct ScenarioPart {
    let id: String
    let title: String
    /// The behaviours to which the scenario applies.
    let applies: Prose?
    let given: Prose?
    let sentences: [Prose]
    /// The names of the first cases, and how many more there are.
    let cases: (names: [String], more: Int)?
    let outcome: DocumentedRun.Outcome?
    /// Lines of HTTP.
    let exchange: String?
    /// The behaviours that decide whether it applies.
    let behaviours: [Behaviour]
  }

  struct InvariantPart {
    let id: String
    let title: String
    let sentence: Prose
    let covers: [String]
    let verdict: Verdict?
  }

  static let title = "Expected behaviour"

  private let document: BehaviourDocument
  /// The scenarios and invariants that cover each requirement.
  private let covering: [String: [String]]
  /// The requirement below which each scenario is described: the first that it covers.
  private let homes: [String: String]
  private let byID: [String: Scenario]

  init(_ document: BehaviourDocument) {
    self.document = document
    var covering: [String: [String]] = [:]
    for scenario in document.scenarios { for id in scenario.covers { covering[id, default: []].append(scenario.id) } }
    for invariant in document.invariants {
      for id in invariant.covers { covering[id, default: []].append(invariant.id) }
    }
    self.covering = covering
    let order = Dictionary(
      document.requirements.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    homes = Dictionary(
      document.scenarios.compactMap { scenario in
        scenario.covers.min { order[$0] ?? .max < order[$1] ?? .max }.map { (scenario.id, $0) }
      }, uniquingKeysWith: { first, _ in first })
    byID = Dictionary(document.scenarios.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  var version: String? { document.version }
  var run: RunDescription? { document.run?.description }
  var coverage: [Row] {
    document.suites.map { row($0.title, anchor: $0.prefix.lowercased(), requirements(of: $0)) }
  }
  var total: Row { row("All", anchor: "", document.requirements) }
  /// Without those that have no requirement.
  var suites: [Suite] { document.suites.compactMap(suite) }
  var invariants: [InvariantPart] { document.invariants.map(part) }
  var scenarioParts: [ScenarioPart] { document.scenarios.map(part) }
  var changes: BehaviourDocument.Changes? { document.changes }

  // MARK: Coverage

  private func requirements(of suite: RequirementSuite) -> [Requirement] {
    document.requirements.filter { $0.prefix == suite.prefix }
  }

  private func scenarios(of requirements: [Requirement]) -> [Scenario] {
    let ids = Set(requirements.map(\.id))
    return document.scenarios.filter { !ids.isDisjoint(with: $0.covers) }
  }

  private func row(_ title: String, anchor: String, _ requirements: [Requirement]) -> Row {
    let scenarios = scenarios(of: requirements)
    let verdicts = requirements.compactMap { state(of: $0)?.verdict }
    return Row(
      title: title, anchor: anchor, requirements: requirements.count,
      musts: requirements.count { $0.level == .must || $0.levels.values.contains(.must) },
      covered: requirements.count { covering[$0.id] != nil }, scenarios: scenarios.count,
      cases: scenarios.reduce(0) { $0 + $1.cases.count },
      results: run == nil ? nil : (verdicts.count { $0 == .passed }, verdicts.count { $0 == .failed }))
  }

  // MARK: Requirements

  private func suite(_ suite: RequirementSuite) -> Suite? {
    let requirements = requirements(of: suite)
    guard !requirements.isEmpty else { return nil }
    return Suite(title: suite.title, anchor: suite.prefix.lowercased(), requirements: requirements.map(part))
  }

  private func part(_ requirement: Requirement) -> RequirementPart {
    let covering = covering[requirement.id] ?? []
    var uncovered: String?
    if covering.isEmpty {
      uncovered =
        requirement.unobservable.map { "Cannot be observed from outside: \($0)." }
        ?? "No scenario covers it\(requirement.uncovered.map { ": \($0)" } ?? " yet")."
    }
    return RequirementPart(
      id: requirement.id, level: requirement.levelText, text: requirement.text, source: requirement.source,
      state: state(of: requirement), uncovered: uncovered,
      scenarios: covering.filter { homes[$0] == requirement.id }.compactMap { byID[$0] }.map(part),
      others: covering.filter { homes[$0] != requirement.id }.map { ($0, title(of: $0)) })
  }

  /// The title of a scenario or an invariant.
  private func title(of id: String) -> String {
    byID[id]?.title ?? document.invariants.first { $0.id == id }?.title ?? id
  }

  private func state(of requirement: Requirement) -> (words: String, verdict: Verdict)? {
    guard let run = document.run else { return nil }
    let verdicts = Set((covering[requirement.id] ?? []).compactMap { run.verdicts[$0]?.verdict })
    if verdicts.contains(.failed) { return ("not met", .failed) }
    if verdicts.contains(.errored) { return ("not judged", .errored) }
    if verdicts.contains(.warned) { return ("met with warnings", .warned) }
    if verdicts.contains(.passed) { return ("met", .passed) }
    return verdicts.contains(.pending) ? ("pending", .pending) : ("not verified", .skipped)
  }

  // MARK: Scenarios

  private func part(_ scenario: Scenario) -> ScenarioPart {
    let narration = Narration(scenario)
    let applies = scenario.when.map {
      Prose("\(code: $0.behaviour.rawValue) is \(code: $0.value.string ?? $0.value.compact)")
    }
    var cases: (names: [String], more: Int)?
    if scenario.cases.count > 1 || scenario.cases.row(0) != nil {
      let names = (0..<min(scenario.cases.count, 40)).compactMap { scenario.cases.row($0)?.name }
      cases = (names, max(0, scenario.cases.count - names.count))
    }
    return ScenarioPart(
      id: scenario.id, title: scenario.title, applies: applies.isEmpty ? nil : applies.joinedByAnd,
      given: narration.given.isEmpty ? nil : "Given \(narration.given).", sentences: narration.sentences, cases: cases,
      outcome: document.run?.verdicts[scenario.id], exchange: document.run?.exchanges[scenario.id].map(text),
      behaviours: scenario.when.map(\.behaviour))
  }

  private func part(_ invariant: Invariant) -> InvariantPart {
    InvariantPart(
      id: invariant.id, title: invariant.title, sentence: Narration.sentence(invariant), covers: invariant.covers,
      verdict: document.run?.verdicts[invariant.id]?.verdict)
  }

  /// As it was sent and received, with bodies cut to what fits on a page.
  private func text(_ exchange: ExchangeRecord) -> String {
    let path = exchange.url.firstRange(of: "://").flatMap { range in
      exchange.url[range.upperBound...].firstIndex(of: "/").map { String(exchange.url[$0...]) }
    }
    let version = exchange.isHTTP ? " HTTP/\(exchange.version)" : ""
    var lines = ["\(exchange.method) \(path ?? exchange.url)\(version)"]
    lines += exchange.requestHeaders.map { "\($0.name): \($0.value)" }
    lines += body(exchange.requestBody) + [""]
    if exchange.isHTTP { lines.append("HTTP/\(exchange.version) \(exchange.status)") }
    lines += exchange.responseHeaders.map { "\($0.name): \($0.value)" }
    lines += body(exchange.responseBody)
    return lines.map(SafeText.forConsole).joined(separator: "\n")
  }

  private func body(_ body: BodyRecord) -> [String] {
    guard body.size > 0 else { return [] }
    let text = body.text.count > 600 ? "\(body.text.prefix(600))…" : body.text
    return ["", text]
  }
}

extension [Prose] {
  fileprivate var joinedByAnd: Prose { dropFirst().reduce(first ?? "") { "\($0) and \($1)" } }
}
