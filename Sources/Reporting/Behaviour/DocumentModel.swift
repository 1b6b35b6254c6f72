// The values of the document's templates.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents

struct DocumentModel {
  private let document: BehaviourDocument
  private let style: any ProseStyle
  /// The scenarios and invariants that cover each requirement.
  private let covering: [String: [String]]
  /// The requirement below which each scenario is described: the first that it covers.
  private let homes: [String: String]
  private let byID: [String: Scenario]

  init(_ document: BehaviourDocument, _ style: any ProseStyle) {
    self.document = document
    self.style = style
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

  var page: [String: Any] {
    var page: [String: Any] = [
      "title": "Expected behaviour", "suites": document.suites.map(suite).filter { !$0.isEmpty },
      "coverage": document.suites.map(coverage),
      "total": total, "invariants": document.invariants.map(invariant), "hasInvariants": !document.invariants.isEmpty,
    ]
    if let version = document.version { page["version"] = version }
    if let run = document.run {
      page["run"] = [
        "target": style.text(run.description.target), "startedAt": run.description.startedAt.description,
        "version": style.text(run.description.version),
      ]
    }
    return page
  }

  // MARK: Coverage

  private func requirements(of suite: RequirementSuite) -> [Requirement] {
    document.requirements.filter { $0.prefix == suite.prefix }
  }

  private func scenarios(of requirements: [Requirement]) -> [Scenario] {
    let ids = Set(requirements.map(\.id))
    return document.scenarios.filter { !ids.isDisjoint(with: $0.covers) }
  }

  private func coverage(_ suite: RequirementSuite) -> [String: Any] {
    row(suite.title, anchor: suite.prefix, requirements(of: suite))
  }

  private var total: [String: Any] { row("All", anchor: "", document.requirements) }

  private func row(_ title: String, anchor: String, _ requirements: [Requirement]) -> [String: Any] {
    let scenarios = scenarios(of: requirements)
    var row: [String: Any] = [
      "title": style.text(title), "anchor": anchor.lowercased(), "requirements": requirements.count,
      "musts": requirements.count { $0.level == .must || $0.levels.values.contains(.must) },
      "covered": requirements.count { covering[$0.id] != nil },
      "scenarios": scenarios.count, "cases": scenarios.reduce(0) { $0 + $1.cases.count },
    ]
    if document.run != nil {
      row["met"] = requirements.count { state(of: $0).verdict == .passed }
      row["notMet"] = requirements.count { state(of: $0).verdict == .failed }
    }
    return row
  }

  // MARK: Requirements

  private func suite(_ suite: RequirementSuite) -> [String: Any] {
    let requirements = requirements(of: suite)
    guard !requirements.isEmpty else { return [:] }
    return [
      "title": style.text(suite.title), "anchor": suite.prefix.lowercased(),
      "requirements": requirements.map(requirement),
    ]
  }

  private func requirement(_ requirement: Requirement) -> [String: Any] {
    let covering = covering[requirement.id] ?? []
    let own = covering.filter { homes[$0] == requirement.id }.compactMap { byID[$0] }
    let others = covering.filter { homes[$0] != requirement.id }
    var model: [String: Any] = [
      "id": requirement.id, "anchor": requirement.id.lowercased(), "level": requirement.levelText,
      "text": style.text(requirement.text),
      "source": style.text(requirement.source), "scenarios": own.map(scenario), "hasOthers": !others.isEmpty,
      "others": others.enumerated().map { index, id -> [String: Any] in
        [
          "anchor": id, "title": style.text(byID[id]?.title ?? document.invariants.first { $0.id == id }?.title ?? id),
          "isLast": index == others.count - 1,
        ]
      },
    ]
    if covering.isEmpty {
      model["nothing"] =
        requirement.unobservable.map { "Cannot be observed from outside: \(style.text($0))." }
        ?? "No scenario covers it\(requirement.uncovered.map { ": \(style.text($0))" } ?? " yet")."
    }
    if document.run != nil {
      let state = state(of: requirement)
      model["state"] = ["words": state.words, "verdict": state.verdict.rawValue]
    }
    return model
  }

  /// The state of a requirement after the run, with the verdict that decided it.
  private func state(of requirement: Requirement) -> (words: String, verdict: Verdict) {
    let verdicts = Set((covering[requirement.id] ?? []).compactMap { document.run?.verdicts[$0]?.verdict })
    if verdicts.contains(.failed) { return ("not met", .failed) }
    if verdicts.contains(.errored) { return ("not judged", .errored) }
    if verdicts.contains(.warned) { return ("met with warnings", .warned) }
    if verdicts.contains(.passed) { return ("met", .passed) }
    return verdicts.contains(.pending) ? ("pending", .pending) : ("not verified", .skipped)
  }

  // MARK: Scenarios

  private func scenario(_ scenario: Scenario) -> [String: Any] {
    let narration = Narration(scenario)
    var model: [String: Any] = [
      "id": scenario.id, "title": style.text(scenario.title), "sentences": narration.sentences.map(style.write),
      "file": style.text("\(scenario.suite)/\(scenario.id)"),
    ]
    if !narration.given.isEmpty { model["given"] = style.write("Given \(narration.given).") }
    if !scenario.when.isEmpty {
      model["applies"] = style.write(
        scenario.when.map { "\(code: $0.behaviour.rawValue) is \(code: $0.value.string ?? $0.value.compact)" }
          .joinedByAnd)
    }
    if scenario.cases.count > 1 || scenario.cases.row(0) != nil {
      let names = (0..<min(scenario.cases.count, 40)).compactMap { scenario.cases.row($0)?.name }
      model["cases"] = ["names": names.map(style.code), "more": max(0, scenario.cases.count - names.count)]
    }
    if let outcome = document.run?.verdicts[scenario.id] {
      model["verdict"] = outcome.verdict.rawValue
      if outcome.cases > 1 { model["count"] = outcome.cases }
    }
    if let exchange = document.run?.exchanges[scenario.id] { model["exchange"] = [self.exchange(exchange)] }
    return model
  }

  private func invariant(_ invariant: Invariant) -> [String: Any] {
    var model: [String: Any] = [
      "id": invariant.id, "title": style.text(invariant.title), "sentence": style.write(Narration.sentence(invariant)),
      "covers": invariant.covers.map { ["id": $0, "anchor": $0.lowercased()] },
    ]
    if let outcome = document.run?.verdicts[invariant.id] { model["verdict"] = outcome.verdict.rawValue }
    return model
  }

  /// As it was sent and received, with bodies cut to what fits on a page.
  private func exchange(_ exchange: ExchangeRecord) -> String {
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
    return style.block(lines.map(SafeText.forConsole).joined(separator: "\n"))
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
