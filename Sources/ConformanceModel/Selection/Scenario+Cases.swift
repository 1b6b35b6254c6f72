// The cases of a scenario by their ids.

extension Scenario {
  /// The id of a case: that of the scenario, or `scenario/row`.
  public func caseID(_ index: Int) -> String { cases.row(index).map { "\(id)/\($0.name)" } ?? id }

  /// The scenario with some of its cases only; `nil` without any.
  public func keepingCases(_ isKept: (_ id: String) -> Bool) -> Scenario? {
    let kept = (0..<cases.count).filter { isKept(caseID($0)) }
    guard !kept.isEmpty else { return nil }
    guard kept.count < cases.count else { return self }
    var part = self
    part.cases = .rows(kept.compactMap { cases.row($0) })
    // the hash of the file is the same whichever cases are kept
    part.digest = ""
    return part
  }
}
