// `--only`: ids of scenarios, cases and requirements, and patterns over them.

import ConformanceModel
import ScenarioFiles

struct NameSelection {
  /// Ids of scenarios and of requirements.
  private var ids: Set<String> = []
  /// Ids of cases, by their scenario.
  private var cases: [String: Set<String>] = [:]
  private var patterns: [NamePattern] = []
  private let selectsAll: Bool

  /// - Throws: `StartError` if a name selects nothing.
  init(_ names: [String], _ library: Library) throws(StartError) {
    selectsAll = names.isEmpty
    for name in names { try add(name, library) }
  }

  /// The id of the scenario in the id of a case.
  static func scenario(of id: String) -> String { String(id.prefix { $0 != "/" }) }

  /// What is selected of a scenario: all, some of its cases, or `nil`.
  func part(of scenario: Scenario) -> Scenario? {
    if selectsAll || ids.contains(scenario.id) || !ids.isDisjoint(with: scenario.covers) { return scenario }
    if patterns.contains(where: { NameSelection.matches($0, scenario) }) { return scenario }
    let own = cases[scenario.id] ?? []
    guard !own.isEmpty || !patterns.isEmpty else { return nil }
    return scenario.keepingCases { id in own.contains(id) || patterns.contains { $0.matches(id) } }
  }

  private static func matches(_ pattern: NamePattern, _ scenario: Scenario) -> Bool {
    pattern.matches(scenario.id) || scenario.covers.contains(where: pattern.matches)
  }

  private mutating func add(_ name: String, _ library: Library) throws(StartError) {
    if library.scenarios.contains(where: { $0.id == name || $0.covers.contains(name) }) {
      ids.insert(name)
      return
    }
    let id = NameSelection.scenario(of: name)
    let scenario = id == name ? nil : library.scenarios.first { $0.id == id }
    // a case whose id has a character of patterns is meant as it is
    if scenario?.keepingCases({ $0 == name }) != nil {
      cases[id, default: []].insert(name)
      return
    }
    guard let pattern = NamePattern(name) else { throw StartError(.usageError, unknown(name, scenario, library)) }
    guard
      library.scenarios.contains(where: {
        NameSelection.matches(pattern, $0) || $0.keepingCases(pattern.matches) != nil
      })
    else {
      throw StartError(
        .usageError,
        "--only '\(name)': no id of a scenario, a case or a covered requirement matches; 'conform list' shows all")
    }
    patterns.append(pattern)
  }

  private func unknown(_ name: String, _ scenario: Scenario?, _ library: Library) -> String {
    guard let scenario else {
      return "--only \(name): no scenario has this id, and none covers a requirement with this id"
        + NameSelection.similar(name, library.scenarios.map(\.id))
    }
    guard scenario.cases.row(0) != nil else {
      return "--only \(name): the scenario has a single case; select it by --only \(scenario.id)"
    }
    // the names of rows differ, and the id of the scenario is the same in all
    let rows = (0..<min(scenario.cases.count, 1000)).compactMap { scenario.cases.row($0)?.name }
    let some = rows.prefix(5).map { "\(scenario.id)/\($0)" }.joined(separator: "; ") + (rows.count > 5 ? "; …" : "")
    return "--only \(name): no case of the scenario has this id"
      + NameSelection.similar(
        String(name.dropFirst(scenario.id.count + 1)), rows, prefix: "\(scenario.id)/", all: "its cases: \(some)")
  }

  /// `; similar: …`, each with the prefix, or what shows all.
  static func similar(
    _ name: String, _ known: [String], prefix: String = "", all: String = "'conform list' shows all"
  ) -> String {
    var near = known.filter { $0.contains(name) || name.contains($0) }
    if near.isEmpty, let nearest = Suggestion.nearest(to: name, among: known) { near = [nearest] }
    return near.isEmpty ? "; \(all)" : "; similar: \(near.prefix(3).map { prefix + $0 }.joined(separator: ", "))"
  }
}
