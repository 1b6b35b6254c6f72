// What a service declares, and what of it a run verified: a document that its provider can publish.

public import ConformanceModel
import JSONValue
public import RunEvents

/// The statement of a target file about its service, under a profile, with the results of a run.
public struct ConformanceStatement {
  /// Something that the target file says: `token endpoint`, `POST /oauth/token`.
  struct Fact {
    var name: String
    var value: String
  }

  /// A point that the specifications leave to the service.
  struct Choice {
    var name: String
    var meaning: String
    var value: String
    var isDefault: Bool
    var state: State
  }

  struct State {
    var words: String
    var verdict: Verdict
  }

  let target: Target
  let profile: Profile
  let model: DocumentModel
  let run: DocumentedRun?
  private let reasons: [String: String]

  /// - Parameters:
  ///   - document: The requirements of the profile, with the scenarios and the run.
  ///   - target: What the service declares.
  /// - Throws: `ReportError` if the run was of another target or with another version of the pack.
  public init(_ document: BehaviourDocument, target: Target, profile: Profile) throws(ReportError) {
    self.target = target
    self.profile = profile
    let included = document.judged(by: profile)
    model = DocumentModel(included)
    run = document.run
    reasons = document.run?.reasons ?? [:]
    guard let run, let path = document.logPath else { return }
    guard run.description.target == target.name else {
      throw ReportError(
        path: path, message: "is a run of '\(run.description.target)'; \(target.place.file) is of '\(target.name)'")
    }
    if let used = run.description.pack?.version, let version = document.version, used != version {
      throw ReportError(
        path: path, message: "is a run with the pack in version \(used); this one has version \(version)")
    }
  }

  public func markdown() -> String { StatementMarkdown(statement: self).document.text }

  /// A self-contained page.
  public func html() -> String { String(decoding: StatementPage(statement: self).page.bytes, as: UTF8.self) }

  var title: String { "Conformance of \(target.name)" }

  /// How many requirements there are, and how many of them the run found to be met and not met, in words.
  var summary: String {
    let total = model.total, count = "\(total.requirements) requirements, \(total.musts) of them musts"
    guard let results = total.results else { return "\(count). None is verified: the document was made without a run." }
    let warned = model.suites.flatMap(\.requirements).count { $0.state?.verdict == .warned }
    let open = total.requirements - results.met - results.notMet - warned
    return "\(count). A run found \(results.met) to be met, \(warned) to be met with warnings and \(results.notMet) "
      + "not to be met; \(open) \(open == 1 ? "is" : "are") not verified."
  }

  /// Endpoints and what else the run depends on.
  var facts: [Fact] {
    let shown = run?.description.environment.first { $0.name == "target.base-url" }?.value
    return target.facts(baseURL: shown ?? target.baseURL.shown).compactMap { fact in
      let name = fact.name.dropFirst("target.".count)
      return name.hasPrefix("behaviour.") || name == "environment" ? nil : Fact(name: String(name), value: fact.value)
    }
  }

  var choices: [Choice] {
    Behaviour.allCases.map { behaviour in
      let value = target.behaviour[behaviour] ?? behaviour.defaultValue
      return Choice(
        name: behaviour.rawValue, meaning: behaviour.meaning, value: value.string ?? value.compact,
        isDefault: target.behaviour[behaviour] == nil, state: state(of: behaviour))
    }
  }

  /// Whether the scenarios that depend on a behaviour found the service to behave as declared.
  private func state(of behaviour: Behaviour) -> State {
    let unknown = State(words: "not verified", verdict: .skipped)
    guard let run else { return unknown }
    let name = "target.behaviour.\(behaviour.rawValue)"
    let declared = target.facts(baseURL: "").first { $0.name == name }?.value
    if let used = run.description.environment.first(where: { $0.name == name })?.value, used != declared {
      return State(words: "not verified: the run was with \(used)", verdict: .skipped)
    }
    let verdicts = model.scenarios(dependingOn: behaviour).compactMap { run.verdicts[$0]?.verdict }
    let failed = verdicts.count { $0 == .failed }
    if failed > 0 { return State(words: "not confirmed: \(failed.counted("scenario")) failed", verdict: .failed) }
    if verdicts.contains(.errored) { return State(words: "not judged", verdict: .errored) }
    let count = verdicts.count { $0 == .passed || $0 == .warned }
    guard count > 0 else { return unknown }
    return State(words: "verified by \(count.counted("scenario"))", verdict: .passed)
  }

  /// Why no case of the run verified a requirement, or an empty text.
  func reason(_ requirement: DocumentModel.RequirementPart) -> String {
    if let uncovered = requirement.uncovered { return uncovered }
    guard requirement.state?.verdict == .skipped else { return "" }
    let ids = requirement.scenarios.map(\.id) + requirement.others.map(\.anchor)
    var seen: Set<String> = []
    return ids.compactMap { reasons[$0] }.filter { seen.insert($0).inserted }.joined(separator: "; ")
  }
}

extension BehaviourDocument {
  /// With the requirements that apply under a profile, at their levels.
  func judged(by profile: Profile) -> BehaviourDocument {
    var document = self
    document.requirements = requirements.filter(profile.includes).map { $0.judged(by: profile) }
    return document
  }
}

extension DocumentModel {
  /// The ids of the scenarios whose text depends on a behaviour.
  func scenarios(dependingOn behaviour: Behaviour) -> [String] {
    let phrases = ["behaviour.\(behaviour.rawValue)"] + behaviour.phrases
    return scenarioParts.filter { part in
      if part.behaviours.contains(behaviour) { return true }
      let texts = ([part.given].compactMap { $0 } + part.sentences).map(\.marked)
      return texts.contains { text in phrases.contains { text.contains($0) } }
    }.map(\.id)
  }
}

extension Behaviour {
  /// What the sentences of scenarios call it, if they do not name it.
  fileprivate var phrases: [String] {
    switch self {
    case .payloadAccepted: ["the payload is accepted"]
    case .tokenLifetime: ["the token lifetime", "the announced expiry"]
    case .expiryLeeway: ["the leeway"]
    default: []
    }
  }
}
