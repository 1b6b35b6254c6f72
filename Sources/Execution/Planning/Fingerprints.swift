// Fingerprints of a pack, a target and a plan: two runs with the same ones are comparable.

public import ConformanceModel
import Cryptography
public import RunEvents

extension Fingerprints {
  /// - Parameters:
  ///   - scenarios: All scenarios of the pack, selected or not.
  ///   - plan: The cases, those of other shards too, and why any are skipped.
  ///   - environment: The environment variables that the URLs of the target file refer to.
  public init(pack scenarios: [Scenario], _ plan: Plan, environment: [String: String]) {
    let levels = plan.requirements.flatMap { [$0.id, $0.level.rawValue] }
    let common = Fingerprints.hash(plan.invariants.map { "\($0.id) \($0.canonicalDigest)" } + levels)
    self.init(
      pack: Fingerprints.hash(scenarios.map(\.identity) + [common]),
      target: plan.target.fingerprint(environment: environment),
      plan: Fingerprints.hash(
        plan.scenarios.flatMap { [$0.scenario.identity, $0.skipReason ?? ""] }
          + [common, plan.sharding?.assignment ?? ""]))
  }

  /// A hash of texts, each with its length in front.
  fileprivate static func hash(_ texts: [String]) -> String {
    var bytes: [UInt8] = []
    for text in texts {
      bytes += "\(text.utf8.count):".utf8
      bytes += text.utf8
    }
    return Hex.digits(SHA256.hash(bytes))
  }
}

extension Scenario {
  /// Suite, id and everything that its file says.
  fileprivate var identity: String {
    "\(suite)/\(id) \(digest.isEmpty ? CanonicalForm(self).fingerprint : digest)"
  }
}

extension Invariant {
  fileprivate var canonicalDigest: String { digest.isEmpty ? CanonicalForm(self).fingerprint : digest }
}

extension Target {
  /// A hash of the bindings: another value means another server, or another way to use it.
  ///
  /// The name of the target, expected deviations, secrets, files, and the limits of a run are not part of it.
  ///
  /// - Parameter environment: The environment variables that URLs refer to.
  public func fingerprint(environment: [String: String]) -> String {
    let urls = [baseURL, token.url] + connectors.map(\.inboundURL)
    let variables = urls.flatMap { $0.references.filter { $0.name == "env" } }
    let resolved = variables.map { environment[$0.path.dropFirst().joined(separator: ".")] ?? "" }
    // the command line can set the profile
    return Fingerprints.hash([digest.isEmpty ? reflectedDigest : digest, profile.rawValue] + resolved)
  }

  /// The digest of a target that comes from no file.
  private var reflectedDigest: String {
    var bindings = self
    bindings.name = ""
    bindings.expectedDeviations = []
    bindings.variables = []
    bindings.files = []
    bindings.jobs = nil
    bindings.timeout = nil
    return CanonicalForm(bindings).fingerprint
  }
}

extension Plan {
  /// A hash of what decides the result of a case: its steps, its expectations, its values, the levels of its
  /// requirements, and the invariants.
  func fingerprint(of planned: Case) -> String {
    let scenario = planned.entry.scenario
    let levels = planned.planned.covers.map { [$0.id, "\($0.level)"] }
    let values = planned.row?.values ?? []
    // the exchanges after the wait are held against them too
    let invariants = invariants.map { "\($0.id) \($0.canonicalDigest)" }
    return CanonicalForm(scenario.given, scenario.steps, scenario.finally, levels, values, invariants).fingerprint
  }
}
