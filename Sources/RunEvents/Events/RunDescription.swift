// The start and the end of a run.

public import ConformanceModel

/// What was run, where, and with which files and options.
public struct RunDescription: Sendable, Hashable {
  /// Version of conform.
  public var version: String
  /// Identifies the run; the shards of one run can share it.
  public var runID: String?
  /// The name of the target, from its file.
  public var target: String
  public var targetFile: String
  public var pack: PackIdentity?
  public var fingerprints: Fingerprints?
  public var startedAt: SimulatedInstant
  public var simulatedStart: SimulatedInstant
  /// The seed of the order of the cases, if they were shuffled.
  public var seed: UInt64?
  /// How many cases were executed at the same time.
  public var jobs: Int
  public var host: String
  /// The arguments of the command line that repeat the run.
  public var command: [String]
  /// What else the run depends on: the resolved target, options, libraries, the job of the CI system.
  public var environment: [RunFact]
  /// How many cases the plan has, including invariants and the cases of other shards.
  public var cases: Int?
  /// Which part of the plan was executed, if it was split.
  public var shards: Shards?
  /// The ids of the cases that failed or errored in the runs before, if the run executes only such cases again.
  public var failedBefore: [String]

  public init(
    version: String, runID: String? = nil, target: String, targetFile: String, pack: PackIdentity? = nil,
    fingerprints: Fingerprints? = nil, startedAt: SimulatedInstant, simulatedStart: SimulatedInstant, seed: UInt64?,
    jobs: Int, host: String, command: [String], environment: [RunFact] = [], cases: Int? = nil, shards: Shards? = nil,
    failedBefore: [String] = []
  ) {
    self.version = version
    self.runID = runID
    self.target = target
    self.targetFile = targetFile
    self.pack = pack
    self.fingerprints = fingerprints
    self.startedAt = startedAt
    self.simulatedStart = simulatedStart
    self.seed = seed
    self.jobs = jobs
    self.host = host
    self.command = command
    self.environment = environment
    self.cases = cases
    self.shards = shards
    self.failedBefore = failedBefore
  }
}

/// Which pack of scenarios was run, as `requirements.yaml` names it.
public struct PackIdentity: Sendable, Hashable {
  public var name: String?
  public var version: String

  public init(name: String? = nil, version: String) {
    self.name = name
    self.version = version
  }
}

/// Hashes of what decides the verdicts, in hexadecimal. Logs whose fingerprints differ are not of one run.
public struct Fingerprints: Sendable, Hashable {
  /// Of the requirements, invariants and scenarios.
  public var pack: String
  /// Of the target with its variables resolved, except the port and URL of a service that the run launched.
  public var target: String
  /// Of the plan: its cases, their order and their shards.
  public var plan: String

  public init(pack: String, target: String, plan: String) {
    self.pack = pack
    self.target = target
    self.plan = plan
  }
}

/// Something that a run depends on, for people: `target.token.url`, `ci.commit`.
public struct RunFact: Sendable, Hashable {
  public var name: String
  public var value: String

  /// The name of the fact which packs or files the scenarios are from.
  public static let pack = "pack.files"

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// How a run ended.
public struct RunSummary: Sendable, Hashable {
  public var finishedAt: SimulatedInstant
  /// Wall seconds of the whole run.
  public var seconds: Double
  public var simulatedEnd: SimulatedInstant
  /// How many times the clock of the target was advanced.
  public var clockAdvances: Int
  /// Why it stopped early: `interrupted by SIGINT`.
  public var aborted: String?
  /// The number of failed or errored cases after which it stopped, if that is why.
  public var failureLimit: Int?
  /// What else to know: clients that could not be deleted, expected deviations that are gone.
  public var notes: [String]
  /// SHA-256 of the log up to this member, in hexadecimal digits. The writer of the log adds it.
  var digest: String?

  public init(
    finishedAt: SimulatedInstant, seconds: Double, simulatedEnd: SimulatedInstant, clockAdvances: Int,
    aborted: String?, failureLimit: Int? = nil, notes: [String] = []
  ) {
    self.finishedAt = finishedAt
    self.seconds = seconds
    self.simulatedEnd = simulatedEnd
    self.clockAdvances = clockAdvances
    self.aborted = aborted
    self.failureLimit = failureLimit
    self.notes = notes
  }
}
