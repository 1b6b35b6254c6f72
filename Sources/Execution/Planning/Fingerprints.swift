// Fingerprints of a pack, a target and a plan: two runs with the same ones are comparable.

public import ConformanceModel
public import RunEvents

extension Fingerprints {
  /// - Parameters:
  ///   - scenarios: All scenarios of the pack, selected or not.
  ///   - plan: The cases, those of other shards too, and why any are skipped.
  ///   - environment: The environment variables that the URLs of the target file refer to.
  public init(pack scenarios: [Scenario], _ plan: Plan, environment: [String: String]) {
    let levels = plan.requirements.map { CanonicalForm($0.id, $0.level).fingerprint }
    let hashes = Dictionary(scenarios.map { ($0.id, CanonicalForm($0).fingerprint) }, uniquingKeysWith: { $1 })
    let common = CanonicalForm(plan.invariants, levels).fingerprint
    let entries = plan.scenarios.map { entry in
      [hashes[entry.scenario.id] ?? CanonicalForm(entry.scenario).fingerprint, entry.skipReason ?? ""]
    }
    self.init(
      pack: CanonicalForm(scenarios.compactMap { hashes[$0.id] }, common).fingerprint,
      target: plan.target.fingerprint(environment: environment),
      plan: CanonicalForm(entries, common, plan.sharding?.assignment ?? "").fingerprint)
  }
}

extension Target {
  /// A hash of the bindings: another value means another server, or another way to use it.
  ///
  /// The name of the target, expected deviations, secrets and files are not part of it.
  ///
  /// - Parameter environment: The environment variables that URLs refer to.
  public func fingerprint(environment: [String: String]) -> String {
    var bindings = self
    bindings.name = ""
    bindings.expectedDeviations = []
    bindings.variables = []
    bindings.files = []
    let urls = [baseURL, token.url] + connectors.map(\.inboundURL)
    let resolved = urls.map { url in
      let references = url.references.filter { $0.name == "env" }
      return references.map { $0.path.dropFirst().joined(separator: ".") }.map { environment[$0] ?? "" }
    }
    return CanonicalForm(bindings, resolved).fingerprint
  }
}

extension Plan {
  /// A hash of what decides the result of a case: its steps, its expectations, its values, the levels of its requirements.
  func fingerprint(of planned: Case) -> String {
    let scenario = planned.entry.scenario
    let levels = planned.planned.covers.map { [$0.id, "\($0.level)"] }
    let values = planned.row?.values ?? []
    return CanonicalForm(scenario.given, scenario.steps, levels, values).fingerprint
  }
}
