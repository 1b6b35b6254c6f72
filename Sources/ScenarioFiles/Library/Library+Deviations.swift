// Compares expected deviations with the scenarios that they name.

public import ConformanceModel

extension Library {
  /// Expected deviations of a target that name no scenario, case or invariant. Needs the whole pack to be loaded.
  public func unknownDeviations(of target: Target) -> [Diagnostic] {
    let scenarios = Dictionary(scenarios.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    return target.expectedDeviations.compactMap { deviation in
      let parts = deviation.id.split(separator: "/", maxSplits: 1).map(String.init)
      if invariants.contains(where: { $0.id == deviation.id }) { return nil }
      let cases = parts.first.flatMap { scenarios[$0] }?.cases
      if let cases, parts.count == 1 || cases.hasRow(named: parts[1]) { return nil }
      let known = cases == nil ? Array(scenarios.keys) : cases.map { $0.rowNames.map { "\(parts[0])/\($0)" } } ?? []
      return Diagnostic(
        place: deviation.place,
        message: "unknown scenario or case '\(deviation.id)'\(Suggestion.text(for: deviation.id, among: known))")
    }
  }
}

extension Cases {
  fileprivate var rowNames: [String] { (0..<min(count, 1000)).compactMap { row($0)?.name } }

  fileprivate func hasRow(named name: String) -> Bool { (0..<count).contains { row($0)?.name == name } }
}
