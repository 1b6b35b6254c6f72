// A case: planned, started, finished.

public import ConformanceModel

/// A case of the plan.
public struct PlannedCase: Sendable, Hashable {
  /// Its position in the plan, from 0. It names the case in all later events.
  public var number: Int
  /// `scenario` or `scenario/row`.
  public var id: String
  public var scenario: String
  /// The folder of the scenario.
  public var suite: String
  public var title: String
  /// The row of values, if the scenario has several cases.
  public var row: String?
  public var covers: [Finding.RequirementName]
  public var tags: [String]
  public var file: String
  public var line: Int
  /// The shard that executes it, if the plan was split; `nil` for invariants, which every shard evaluates.
  public var shard: Int?

  public init(
    number: Int, id: String, scenario: String, suite: String, title: String, row: String?,
    covers: [Finding.RequirementName], tags: [String], file: String, line: Int, shard: Int? = nil
  ) {
    self.number = number
    self.id = id
    self.scenario = scenario
    self.suite = suite
    self.title = title
    self.row = row
    self.covers = covers
    self.tags = tags
    self.file = file
    self.line = line
    self.shard = shard
  }
}

extension PlannedCase {
  /// The suite of the probe: what a run tries of the target file before its cases.
  public static let probeSuite = "probe"
}

/// A case starts.
public struct CaseStart: Sendable, Hashable {
  public var number: Int
  public var wall: SimulatedInstant
  public var simulated: SimulatedInstant

  public init(number: Int, wall: SimulatedInstant, simulated: SimulatedInstant) {
    self.number = number
    self.wall = wall
    self.simulated = simulated
  }
}

/// How a case ended. It has all that a report needs to describe the case.
public struct CaseRecord: Sendable, Hashable {
  public var planned: PlannedCase
  public var verdict: Verdict
  /// Why it was skipped or is pending.
  public var reason: String?
  public var startedAt: SimulatedInstant
  /// Wall seconds in which the case itself was active, without its waits.
  public var seconds: Double
  public var simulatedStart: SimulatedInstant
  public var simulatedEnd: SimulatedInstant
  public var exchanges: Int
  public var findings: [Finding]
  /// The steps that were not reached, as sentences.
  public var notRun: [String]
  /// What else to know about the case.
  public var notes: [String]
  /// How many times the case was executed; the verdict is that of the last time.
  public var attempts: Int
  /// Why it was executed more than once.
  public var rerun: String?

  public init(
    planned: PlannedCase, verdict: Verdict, reason: String? = nil, startedAt: SimulatedInstant, seconds: Double,
    simulatedStart: SimulatedInstant, simulatedEnd: SimulatedInstant, exchanges: Int, findings: [Finding],
    notRun: [String] = [], notes: [String] = [], attempts: Int = 1, rerun: String? = nil
  ) {
    self.planned = planned
    self.verdict = verdict
    self.reason = reason
    self.startedAt = startedAt
    self.seconds = seconds
    self.simulatedStart = simulatedStart
    self.simulatedEnd = simulatedEnd
    self.exchanges = exchanges
    self.findings = findings
    self.notRun = notRun
    self.notes = notes
    self.attempts = attempts
    self.rerun = rerun
  }
}
