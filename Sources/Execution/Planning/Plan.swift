// What a run executes: every case, with the reason if it is skipped.

public import ConformanceModel
import JSONValue
public import RunEvents

/// Scenarios and what a target can run of them. Complete before the first request.
public struct Plan: Sendable {
  public var target: Target
  public var scenarios: [Entry]
  public var invariants: [Invariant]
  let requirements: [Requirement]
  /// The shard, if only a part of the plan runs here.
  public var sharding: Sharding?
  /// What is tried of the target file before the cases run; `nil` for no probe.
  private(set) var probe: ProbeScenario?
  let levels: [String: Level]
  /// The requirements that the profile of the target leaves out.
  private let notAsked: Set<String>

  public struct Entry: Sendable {
    public var scenario: Scenario
    /// Why it cannot run against this target.
    public var skipReason: String?
    /// It contains a wait.
    var movesClock: Bool
    /// The earliest instant of a `wait: { until: … }`.
    var earliestUntil: SimulatedInstant?
    var maxNestedWait: SimulatedDuration
    let script: CaseScript

    /// Why it cannot run, given the state of the clock at the start of the run.
    ///
    /// - Parameters:
    ///   - start: The time of the target's clock.
    ///   - maxWait: A case with a longer wait becomes pending; `nil` if the clock can be advanced.
    public func skipReason(start: SimulatedInstant, maxWait: SimulatedDuration?) -> String? {
      if let skipReason { return skipReason }
      if let earliestUntil, earliestUntil < start {
        return "waits until \(earliestUntil), but the target's clock is at \(start) already; it only moves forward"
      }
      if let maxWait, maxNestedWait > maxWait {
        return
          "waits \(maxNestedWait) inside 'repeat' or 'concurrently', where a case cannot become pending; "
          + "the limit is --max-wait"
      }
      return nil
    }
  }

  /// One case: a scenario with one row of its values.
  public struct Case: Sendable {
    public var number: Int
    public var entry: Entry
    public var row: Cases.Row?
    public var planned: PlannedCase
  }

  /// - Parameters:
  ///   - scenarios: In the order of their numbers and of the reports.
  ///   - allowsSideEffects: On a live target, also run scenarios that leave something behind.
  public init(
    scenarios: [Scenario], requirements: [Requirement], invariants: [Invariant] = [], target: Target,
    allowsSideEffects: Bool = false
  ) {
    self.target = target
    let requirements = requirements.map { $0.judged(by: target.profile) }
    let others = Set(requirements.lazy.filter { !target.profile.includes($0) }.map(\.id))
    func isAsked(_ covers: [String]) -> Bool { covers.isEmpty || !others.isSuperset(of: covers) }
    notAsked = others
    self.invariants = invariants.filter { isAsked($0.covers) }
    self.requirements = requirements.filter { !others.contains($0.id) }
    levels = Dictionary(requirements.map { ($0.id, $0.level) }, uniquingKeysWith: { first, _ in first })
    let capabilities = target.capabilities
    self.scenarios = scenarios.map { $0.filled(from: target) }.map { scenario in
      let isSpared = target.environment == .live && !allowsSideEffects
      let effect = isSpared ? SideEffects.reason(scenario, target, capabilities) : nil
      let required = RequiredCapabilities(scenario, target, capabilities)
      return Entry(
        scenario: scenario,
        skipReason: (isAsked(scenario.covers)
          ? nil : "only the Patchworks documentation asks for it, and the profile is \(target.profile.rawValue)")
          ?? Plan.skipReason(scenario, target, capabilities, required)
          ?? scenario.unjudgedReason(at: target, capabilities)
          ?? effect.map { "\($0), and the target is live; --allow-destructive runs it anyway" },
        movesClock: required.capabilities.contains(.moveClock), earliestUntil: required.earliestUntil,
        maxNestedWait: required.maxNestedWait,
        script: CaseScript(scenario, target.token.authentications))
    }
  }

  /// Adds the probe of the target file, unless a person would have to perform it.
  public mutating func addProbe() {
    if case .prompt = target.clients { return }
    probe = ProbeScenario(target)
  }

  /// The probe follows the invariants.
  var probeNumber: Int { caseCount + invariantCases.count }

  public var caseCount: Int { scenarios.indices.reduce(0) { $0 + scenarios[$1].scenario.cases.count } }

  /// The invariants as cases, numbered after all others.
  ///
  /// The last one is built in: every request gets a response. It joins the invariants of the pack, if there are any.
  var invariantCases: [PlannedCase] {
    let first = caseCount
    let cases = invariants.enumerated().map { index, invariant in
      PlannedCase(
        number: first + index, id: invariant.id, scenario: invariant.id, suite: Invariant.suite, title: invariant.title,
        row: nil,
        covers: requirementNames(of: invariant), tags: [], file: invariant.place.file, line: invariant.place.line)
    }
    guard let place = invariants.first?.place else { return [] }
    let id = Invariant.everyRequestGetsAResponse
    return cases + [
      PlannedCase(
        number: first + cases.count, id: id, scenario: id, suite: Invariant.suite,
        title: "Every request gets a response", row: nil, covers: [], tags: [], file: place.file, line: place.line)
    ]
  }

  func requirementNames(of invariant: Invariant) -> [Finding.RequirementName] {
    asked(invariant.covers).map { Finding.RequirementName(id: $0, level: levels[$0] ?? .must) }
  }

  /// The requirements that are judged; all of them if none is, since the report of a skipped case names them.
  private func asked(_ covers: [String]) -> [String] {
    let asked = covers.filter { !notAsked.contains($0) }
    return asked.isEmpty ? covers : asked
  }

  func level(of invariant: Invariant) -> Level { requirementNames(of: invariant).map(\.level).max() ?? .must }

  /// The case with this number, created on demand.
  func makeCase(_ index: Int, of entry: Entry, number: Int) -> Case {
    let scenario = entry.scenario
    let row = scenario.cases.row(index)
    // what a target declares is mandatory for it, even if the requirement leaves a choice
    let isDeclared = !scenario.when.isEmpty && scenario.when.allSatisfy { target.behaviour[$0.behaviour] != nil }
    let planned = PlannedCase(
      number: number, id: row.map { "\(scenario.id)/\($0.name)" } ?? scenario.id, scenario: scenario.id,
      suite: scenario.suite,
      title: scenario.title, row: row?.name,
      covers: asked(scenario.covers).map {
        Finding.RequirementName(id: $0, level: isDeclared ? .must : levels[$0] ?? .must)
      },
      tags: scenario.tags,
      file: scenario.place.file, line: scenario.place.line, shard: sharding?.shard(of: number))
    return Case(number: number, entry: entry, row: row, planned: planned)
  }

  /// All cases in the order of the plan, created one at a time.
  var cases: CaseSequence { CaseSequence(plan: self) }

  struct CaseSequence: Sequence, IteratorProtocol {
    let plan: Plan
    private var scenario = 0
    private var index = 0
    private var number = 0

    init(plan: Plan) { self.plan = plan }

    mutating func next() -> Case? {
      while scenario < plan.scenarios.count, index >= plan.scenarios[scenario].scenario.cases.count {
        scenario += 1
        index = 0
      }
      guard scenario < plan.scenarios.count else { return nil }
      defer {
        index += 1
        number += 1
      }
      return plan.makeCase(index, of: plan.scenarios[scenario], number: number)
    }
  }

  /// The scenarios, each with the number of its cases that run here.
  public var parts: [(entry: Entry, cases: Int)] {
    var first = 0
    return scenarios.map { entry in
      defer { first += entry.scenario.cases.count }
      return (entry, (first..<first + entry.scenario.cases.count).count { runs($0) })
    }
  }

  /// Whether the case with this number runs here, not in another shard.
  func runs(_ number: Int) -> Bool { sharding?.runs(number) ?? true }

  /// The numbers of all cases in random order, the same for the same seed.
  func shuffled(seed: UInt64) -> [Int] {
    var generator = SplitMix(seed: seed)
    return Array(0..<caseCount).shuffled(using: &generator)
  }

  /// The case with this id, with its number in another plan.
  func makeCase(id: String, number: Int) -> Case? {
    // usually the plan is the same
    if let candidate = makeCase(number: number), candidate.planned.id == id { return candidate }
    for entry in scenarios where id == entry.scenario.id || id.hasPrefix("\(entry.scenario.id)/") {
      for index in 0..<entry.scenario.cases.count {
        let candidate = makeCase(index, of: entry, number: number)
        if candidate.planned.id == id { return candidate }
      }
    }
    return nil
  }

  /// The case with this number.
  func makeCase(number: Int) -> Case? {
    var rest = number
    for entry in scenarios {
      let count = entry.scenario.cases.count
      if rest < count { return makeCase(rest, of: entry, number: number) }
      rest -= count
    }
    return nil
  }

  private static func spelled(_ clients: Int) -> String { clients == 1 ? "one client" : "\(clients) clients" }

  private static func skipReason(
    _ scenario: Scenario, _ target: Target, _ capabilities: Set<Capability>, _ required: RequiredCapabilities
  ) -> String? {
    for condition in scenario.when {
      if condition.behaviour == .tokenLifetime, target.observesLifetime {
        return "applies only if \(condition.behaviour.rawValue) is \(condition.value.plainText); "
          + "the target declares none, so that its token responses decide"
      }
      let declared = target.value(of: condition.behaviour)
      if !declared.means(condition.value) {
        return
          "applies only if \(condition.behaviour.rawValue) is \(condition.value.plainText); "
          + "the target declares \(declared.plainText)"
      }
    }
    if case .static(let given) = target.clients {
      for (role, count) in required.givenClients {
        let configured = given.count { $0.connector == role }
        guard configured < count else { continue }
        return
          "needs \(Plan.spelled(count)) on the \(role.rawValue) connector; "
          + "the target configures \(configured == 0 ? "none" : "\(configured)")"
      }
    } else if required.preparesClients, !capabilities.contains(.createClient) {
      return "\(Capability.createClient.missingReason) (\(Capability.createClient.rawValue))"
    }
    if let missingReason = required.capabilities.subtracting(capabilities).min(by: { $0.rawValue < $1.rawValue }) {
      return "\(missingReason.missingReason) (\(missingReason.rawValue))"
    }
    for sample in required.samples {
      for role in sample.roles
      where target.connector(role)?.payloads.contains(where: { $0.name == sample.name }) == false {
        return "the target has no payload '\(sample.name)' (payload)"
      }
    }
    if case .refusedSamples(let role) = scenario.cases {
      return "the \(role.rawValue) connector of the target has no payload with 'refused' (payload)"
    }
    return nil
  }
}
