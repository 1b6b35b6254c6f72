// Which scenario of a pack detects which fault of the reference service.

public import ConformanceModel

/// A finished case of an audit run.
public struct FaultMatrixCase: Sendable, Hashable {
  public var scenario: String
  public var verdict: Verdict
  /// The places of the expectations that failed.
  public var broken: Set<String>
  /// Why it was skipped.
  public var reason: String?

  public init(scenario: String, verdict: Verdict, broken: Set<String>, reason: String? = nil) {
    self.scenario = scenario
    self.verdict = verdict
    self.broken = broken
    self.reason = reason
  }
}

/// All cases of one run, by case id.
public typealias FaultMatrixRun = [String: FaultMatrixCase]

/// One fault, with the scenarios that detect it.
public struct FaultMatrixRow: Sendable {
  public var name: String
  public var area: String
  public var severity: String
  public var sentence: String
  /// By scenario, the strongest verdict of its cases: failed, then errored, then warned.
  public var caught: [String: Verdict]
  /// The expectations that fail because of the fault.
  public var broken: Set<String>

  /// - Parameter baseline: A run of the same pack without the fault.
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

  /// No scenario detects it; a warning alone does not count, unless the fault is minor.
  public var survives: Bool { caught.values.allSatisfy { $0 == .warned && severity != "minor" } }

  public var strongest: Verdict? { caught.values.max { $0.strength < $1.strength } }
}

extension Verdict {
  /// The order of severity.
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

/// An expectation of a scenario or of an invariant.
public struct AuditedExpectation: Sendable, Hashable {
  public var scenario: String
  public var place: String
  /// The part of the response that it checks.
  public var subject: String

  public init(scenario: String, place: String, subject: String) {
    self.scenario = scenario
    self.place = place
    self.subject = subject
  }
}

/// All faults against all scenarios.
public struct FaultMatrix: Sendable {
  public var faults: [FaultMatrixRow]
  /// Scenarios and invariants in the order of the pack, with the requirements that they cover.
  public var scenarios: [(id: String, covers: [String])]
  /// Scenarios that the run without a fault skipped, with the reason.
  public var skipped: [String: String]
  /// The expectations that were asked of the service: not those of skipped scenarios.
  public var expectations: [AuditedExpectation]

  /// - Parameter expectations: Those of all scenarios; what several scenarios share counts once.
  public init(
    faults: [FaultMatrixRow], scenarios: [(id: String, covers: [String])], baseline: FaultMatrixRun,
    expectations: [AuditedExpectation]
  ) {
    self.faults = faults
    self.scenarios = scenarios
    let run = Set(baseline.values.filter { $0.verdict != .skipped }.map(\.scenario))
    let reasons = Dictionary(
      baseline.values.map { ($0.scenario, $0.reason ?? "") }, uniquingKeysWith: { min($0, $1) })
    let skipped = Dictionary(
      scenarios.map(\.id).filter { !run.contains($0) }.map { ($0, reasons[$0] ?? "") },
      uniquingKeysWith: { first, _ in first })
    self.skipped = skipped
    var places: Set<String> = []
    self.expectations = expectations.filter {
      skipped[$0.scenario] == nil && places.insert($0.place).inserted
    }
  }

  public var survivors: [FaultMatrixRow] { faults.filter(\.survives) }

  /// Scenarios that detect no fault.
  public var deadWeight: [String] {
    scenarios.map(\.id).filter { id in skipped[id] == nil && faults.allSatisfy { $0.caught[id] == nil } }
  }

  /// Expectations that were asked of the service and fail with none of the faults: nothing shows that they can.
  public var deadExpectations: [String] {
    let broken = Set(faults.flatMap(\.broken))
    return expectations.filter { !broken.contains($0.place) }.map { "\($0.place): \($0.subject)" }
  }

  /// Whether the pack misses a fault, or promises something that nothing shows.
  ///
  /// - Parameter ofAllFaults: Whether every fault met every case; otherwise nothing is known of expectations.
  public func hasGaps(ofAllFaults: Bool) -> Bool {
    !survivors.isEmpty || ofAllFaults && !deadExpectations.isEmpty
  }

  /// Requirements that only one scenario covers, with that scenario.
  public var coveredByOne: [(requirement: String, scenario: String)] {
    var covering: [String: [String]] = [:]
    for scenario in scenarios { for id in scenario.covers { covering[id, default: []].append(scenario.id) } }
    return covering.filter { $0.value.count == 1 }.map { ($0.key, $0.value[0]) }.sorted { $0.0 < $1.0 }
  }

  /// Fault by fault, with the scenarios that detect it.
  ///
  /// - Parameters:
  ///   - isWhole: Name all scenarios, not only the first few.
  ///   - showsDeadWeight: List what detects no fault; meaningful only if all faults were run.
  public func text(isWhole: Bool, showsDeadWeight: Bool) -> String {
    var lines: [String] = []
    var area = ""
    for fault in faults {
      if fault.area != area {
        area = fault.area
        lines.append(area)
      }
      let mark = fault.survives ? "!" : fault.strongest?.letter ?? "!"
      lines.append("  \(mark) \(fault.name) (\(fault.severity)): \(detectors(fault, isWhole))")
    }
    lines.append("")
    if showsDeadWeight { lines += deadWeightLines(isWhole) }
    lines += list(
      "undetected fault", "undetected faults", survivors.map { "\($0.name) (\($0.severity)): \($0.sentence)" })
    let detected = faults.count - survivors.count
    lines.append("\(faults.count.counted("fault")): \(detected) detected, \(survivors.count) undetected")
    return lines.joined(separator: "\n")
  }

  private func deadWeightLines(_ isWhole: Bool) -> [String] {
    var lines: [String] = []
    lines += list(
      "scenario that does not apply to the service", "scenarios that do not apply to the service",
      skipped.sorted { $0.key < $1.key }.map { $0.value.isEmpty ? $0.key : "\($0.key): \($0.value)" })
    lines += list("scenario that detects no fault", "scenarios that detect no fault", deadWeight)
    if isWhole {
      lines += list("expectation that never failed", "expectations that never failed", deadExpectations)
      lines += list(
        "requirement with a single scenario", "requirements with a single scenario",
        coveredByOne.map { "\($0.requirement): \($0.scenario)" })
    } else {
      lines.append(
        "\(deadExpectations.count) of \(expectations.count) expectations never failed; "
          + "\(coveredByOne.count) requirements have a single scenario (--verbose lists them)")
    }
    return lines
  }

  private func list(_ one: String, _ many: String, _ items: [String]) -> [String] {
    items.isEmpty ? [] : ["\(items.count) \(items.count == 1 ? one : many):"] + items.map { "  \($0)" }
  }

  private func detectors(_ fault: FaultMatrixRow, _ isWhole: Bool) -> String {
    guard !fault.caught.isEmpty else { return "undetected" }
    let order = scenarios.map(\.id).filter { fault.caught[$0] != nil }.sorted {
      (fault.caught[$0]?.strength ?? 0) > (fault.caught[$1]?.strength ?? 0)
    }
    let shown = isWhole ? order : Array(order.prefix(3))
    let names = shown.map { fault.caught[$0] == fault.strongest ? $0 : "\($0) (\(fault.caught[$0]?.rawValue ?? ""))" }
    let more = order.count > shown.count ? " and \(order.count - shown.count) more" : ""
    return names.joined(separator: ", ") + more
  }

  /// The matrix as comma-separated values: a line for each fault, a column for each scenario.
  public var csv: String {
    let header = ["fault", "area", "severity"] + scenarios.map(\.id)
    let rows = faults.map { fault in
      [fault.name, fault.area, fault.severity] + scenarios.map { fault.caught[$0.id]?.letter ?? "." }
    }
    return ([header] + rows).map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
  }
}
