// What a pack notices of faults that are known: every fault against every scenario.

public import ConformanceModel

/// One case that ended, as an audit sees it.
public struct FaultMatrixCase: Sendable, Hashable {
  public var scenario: String
  public var verdict: Verdict
  /// The places of the expectations that did not hold.
  public var broken: Set<String>

  public init(scenario: String, verdict: Verdict, broken: Set<String>) {
    self.scenario = scenario
    self.verdict = verdict
    self.broken = broken
  }
}

/// All cases of one run, by their ids.
public typealias FaultMatrixRun = [String: FaultMatrixCase]

/// The outcome of one fault: how each scenario that noticed it did so.
public struct FaultMatrixRow: Sendable {
  public var name: String
  public var area: String
  public var severity: String
  public var sentence: String
  /// Failed before errored before warned, whichever is strongest among the scenario's cases.
  public var caught: [String: Verdict]
  /// The expectations that broke, beside those that break without the fault.
  public var broken: Set<String>

  /// - Parameter baseline: The same pack without the fault.
  public init(
    name: String, area: String, severity: String, sentence: String, run: FaultMatrixRun, baseline: FaultMatrixRun
  ) {
    self.name = name
    self.area = area
    self.severity = severity
    self.sentence = sentence
    caught = [:]
    broken = []
    for (id, one) in run where one.verdict.strength > (baseline[id]?.verdict.strength ?? 0) {
      if one.verdict.strength > (caught[one.scenario]?.strength ?? 0) { caught[one.scenario] = one.verdict }
      broken.formUnion(one.broken)
    }
  }

  /// Nothing noticed it, or only by a warning what breaks a clause that binds.
  public var survives: Bool { caught.values.allSatisfy { $0 == .warned && severity != "minor" } }

  public var strongest: Verdict? { caught.values.max { $0.strength < $1.strength } }
}

extension Verdict {
  /// How plainly it says that something is wrong.
  fileprivate var strength: Int {
    switch self {
    case .failed: 3
    case .errored: 2
    case .warned: 1
    case .passed, .skipped, .pending: 0
    }
  }

  fileprivate var letter: String {
    switch self {
    case .failed: "F"
    case .errored: "E"
    case .warned: "W"
    case .passed, .skipped, .pending: "."
    }
  }
}

/// All faults against all scenarios.
public struct FaultMatrix: Sendable {
  public var faults: [FaultMatrixRow]
  /// Scenarios in the order of the pack, and what they cover; invariants too.
  public var scenarios: [(id: String, covers: [String])]
  /// Those of them that the service without a fault is not asked to play.
  public var skipped: Set<String>
  /// Every expectation: its place, and the part of the answer that it looks at.
  public var expectations: [(place: String, subject: String)]

  public init(
    faults: [FaultMatrixRow], scenarios: [(id: String, covers: [String])], baseline: FaultMatrixRun,
    expectations: [(place: String, subject: String)]
  ) {
    self.faults = faults
    self.scenarios = scenarios
    let played = Set(baseline.values.filter { $0.verdict != .skipped }.map(\.scenario))
    skipped = Set(scenarios.map(\.id)).subtracting(played)
    self.expectations = expectations
  }

  public var survivors: [FaultMatrixRow] { faults.filter(\.survives) }

  /// Scenarios that noticed no fault.
  public var deadWeight: [String] {
    scenarios.map(\.id).filter { id in !skipped.contains(id) && faults.allSatisfy { $0.caught[id] == nil } }
  }

  /// Expectations that no fault broke.
  public var deadExpectations: [String] {
    let broken = Set(faults.flatMap(\.broken))
    return expectations.filter { !broken.contains($0.place) }.map { "\($0.place): \($0.subject)" }
  }

  /// Requirements that only one scenario holds, with that scenario.
  public var heldByOne: [(requirement: String, scenario: String)] {
    var holders: [String: [String]] = [:]
    for scenario in scenarios { for id in scenario.covers { holders[id, default: []].append(scenario.id) } }
    return holders.filter { $0.value.count == 1 }.map { ($0.key, $0.value[0]) }.sorted { $0.0 < $1.0 }
  }

  /// Fault by fault, with the scenarios that noticed it.
  ///
  /// - Parameters:
  ///   - isWhole: Name them all, and not only the first few.
  ///   - showsDeadWeight: Tell what never noticed anything: of a few faults alone that says little.
  public func text(isWhole: Bool, showsDeadWeight: Bool) -> String {
    var lines: [String] = []
    var area = ""
    for fault in faults {
      if fault.area != area {
        area = fault.area
        lines.append(area)
      }
      lines.append(
        "  \(fault.survives ? "!" : fault.strongest?.letter ?? "!") \(fault.name) (\(fault.severity)): \(noticed(fault, isWhole))"
      )
    }
    lines.append("")
    if showsDeadWeight { lines += deadWeightLines(isWhole) }
    lines += list("survivor", "survivors", survivors.map { "\($0.name) (\($0.severity)): \($0.sentence)" })
    lines.append("\(faults.count) faults, \(faults.count - survivors.count) noticed, \(survivors.count) not")
    return lines.joined(separator: "\n")
  }

  private func deadWeightLines(_ isWhole: Bool) -> [String] {
    var lines: [String] = []
    lines += list(
      "scenario that does not apply to the service", "scenarios that do not apply to the service", skipped.sorted())
    lines += list("scenario that noticed no fault", "scenarios that noticed no fault", deadWeight)
    if isWhole {
      lines += list("expectation that no fault broke", "expectations that no fault broke", deadExpectations)
      lines += list(
        "requirement that one scenario holds", "requirements that one scenario holds",
        heldByOne.map { "\($0.requirement): \($0.scenario)" })
    } else {
      lines.append(
        "\(deadExpectations.count) of \(expectations.count) expectations broke with no fault; \(heldByOne.count) requirements are held by one scenario (--verbose names them)"
      )
    }
    return lines
  }

  private func list(_ one: String, _ many: String, _ items: [String]) -> [String] {
    items.isEmpty ? [] : ["\(items.count) \(items.count == 1 ? one : many):"] + items.map { "  \($0)" }
  }

  private func noticed(_ fault: FaultMatrixRow, _ isWhole: Bool) -> String {
    guard !fault.caught.isEmpty else { return "noticed by no scenario" }
    let order = scenarios.map(\.id).filter { fault.caught[$0] != nil }.sorted {
      (fault.caught[$0]?.strength ?? 0) > (fault.caught[$1]?.strength ?? 0)
    }
    let shown = isWhole ? order : Array(order.prefix(3))
    let names = shown.map { fault.caught[$0] == fault.strongest ? $0 : "\($0) (\(fault.caught[$0]?.rawValue ?? ""))" }
    let more = order.count > shown.count ? " and \(order.count - shown.count) more" : ""
    return names.joined(separator: ", ") + more
  }

  /// The whole matrix as comma-separated values: a line for each fault, a column for each scenario.
  public var csv: String {
    let header = ["fault", "area", "severity"] + scenarios.map(\.id)
    let rows = faults.map { fault in
      [fault.name, fault.area, fault.severity] + scenarios.map { fault.caught[$0.id]?.letter ?? "." }
    }
    return ([header] + rows).map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
  }
}
