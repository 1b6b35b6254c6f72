// Everything that happens in a run, as events. Every report is a rendering of these.

public import ConformanceModel
public import HTTPModel

public enum Event: Sendable, Hashable {
  case runStarted(RunDescription)
  /// The clauses of the pack, also those that no case of the run covers.
  case requirements([Requirement])
  case planned(PlannedCase)
  case caseStarted(CaseStart)
  case stepFinished(StepRecord)
  case clockAdvanced(ClockAdvance)
  /// A client was made at a target in use, and has to be deleted there.
  case clientCreated(ClientIdentity)
  /// It was deleted.
  case clientDeleted(ClientIdentity)
  case caseFinished(CaseRecord)
  case runFinished(RunSummary)
}

public struct RunDescription: Sendable, Hashable {
  /// Version of the harness.
  public var version: String
  public var target: String
  public var targetFile: String
  public var startedAt: SimulatedInstant
  public var simulatedStart: SimulatedInstant
  public var seed: UInt64?
  public var jobs: Int
  public var host: String
  /// The arguments of the command line that repeat the run.
  public var command: [String]
  /// What else the run depends on: the target as it is bound, options, libraries, the job of the CI system.
  public var environment: [RunFact]
  /// How many cases the plan has, invariants and those of other shards among them; logs of earlier versions do not tell.
  public var cases: Int?
  /// Which part of the plan was played, where it was split.
  public var shards: Shards?

  public init(
    version: String, target: String, targetFile: String, startedAt: SimulatedInstant, simulatedStart: SimulatedInstant,
    seed: UInt64?,
    jobs: Int, host: String, command: [String], environment: [RunFact] = [], cases: Int? = nil, shards: Shards? = nil
  ) {
    self.version = version
    self.target = target
    self.targetFile = targetFile
    self.startedAt = startedAt
    self.simulatedStart = simulatedStart
    self.seed = seed
    self.jobs = jobs
    self.host = host
    self.command = command
    self.environment = environment
    self.cases = cases
    self.shards = shards
  }
}

/// Something that a run depends on, for people: `target.token.url`, `ci.commit`.
public struct RunFact: Sendable, Hashable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// A case of the plan. `number` is its place in the plan, and names it in all later events.
public struct PlannedCase: Sendable, Hashable {
  public var number: Int
  /// `scenario` or `scenario/row`.
  public var id: String
  public var scenario: String
  public var area: String
  public var title: String
  /// The row of values, where the scenario has cases.
  public var row: String?
  public var covers: [Finding.RequirementName]
  public var tags: [String]
  public var file: String
  public var line: Int
  /// The shard that plays it, where the plan was split; `nil` for what every shard has: the invariants.
  public var shard: Int?

  public init(
    number: Int, id: String, scenario: String, area: String, title: String, row: String?,
    covers: [Finding.RequirementName], tags: [String], file: String, line: Int, shard: Int? = nil
  ) {
    self.number = number
    self.id = id
    self.scenario = scenario
    self.area = area
    self.title = title
    self.row = row
    self.covers = covers
    self.tags = tags
    self.file = file
    self.line = line
    self.shard = shard
  }
}

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

public struct StepRecord: Sendable, Hashable {
  public var number: Int
  /// Line of the step in the scenario's file.
  public var line: Int
  /// The step as a sentence.
  public var sentence: String
  public var wall: SimulatedInstant
  public var simulated: SimulatedInstant
  public var exchange: ExchangeRecord?
  public var checks: [CheckRecord]

  public init(
    number: Int, line: Int, sentence: String, wall: SimulatedInstant, simulated: SimulatedInstant,
    exchange: ExchangeRecord?,
    checks: [CheckRecord]
  ) {
    self.number = number
    self.line = line
    self.sentence = sentence
    self.wall = wall
    self.simulated = simulated
    self.exchange = exchange
    self.checks = checks
  }
}

/// One expectation and its outcome.
public struct CheckRecord: Sendable, Hashable {
  public var subject: String
  public var severity: Level
  public var holds: Bool

  public init(subject: String, severity: Level, holds: Bool) {
    self.subject = subject
    self.severity = severity
    self.holds = holds
  }
}

/// An exchange as the log keeps it: bodies as text, cut where they are large.
public struct ExchangeRecord: Sendable, Hashable {
  public var method: String
  public var url: String
  public var requestHeaders: [HeaderField]
  public var requestBody: BodyRecord
  public var status: Int
  public var version: String
  public var responseHeaders: [HeaderField]
  public var responseBody: BodyRecord
  public var timings: Timings

  public init(
    method: String, url: String, requestHeaders: [HeaderField], requestBody: BodyRecord, status: Int, version: String,
    responseHeaders: [HeaderField], responseBody: BodyRecord, timings: Timings
  ) {
    self.method = method
    self.url = url
    self.requestHeaders = requestHeaders
    self.requestBody = requestBody
    self.status = status
    self.version = version
    self.responseHeaders = responseHeaders
    self.responseBody = responseBody
    self.timings = timings
  }

  /// Whether it went over the wire; what a program or a person at the terminal did for the target stands in the log in the same shape.
  public var isHTTP: Bool { !["command:", "prompt:"].contains { url.utf8.starts(with: $0.utf8) } }
}

public struct BodyRecord: Sendable, Hashable {
  /// Size of the whole in bytes.
  public var size: Int
  /// The text, or Base64 where it is not UTF-8; the middle is left out of large ones.
  public var text: String
  public var isBase64: Bool
  /// Bytes that were left out of the middle of `text`.
  public var omitted: Int
  /// The endpoint's answer went on past the cap of the client.
  public var isCut: Bool

  public init(size: Int, text: String, isBase64: Bool = false, omitted: Int = 0, isCut: Bool = false) {
    self.size = size
    self.text = text
    self.isBase64 = isBase64
    self.omitted = omitted
    self.isCut = isCut
  }
}

public struct ClockAdvance: Sendable, Hashable {
  public var from: SimulatedInstant
  public var to: SimulatedInstant
  public var wall: SimulatedInstant
  /// How many parked cases wake there.
  public var woken: Int

  public init(from: SimulatedInstant, to: SimulatedInstant, wall: SimulatedInstant, woken: Int) {
    self.from = from
    self.to = to
    self.wall = wall
    self.woken = woken
  }
}

/// How a case ended. It carries all that a report needs to name the case.
public struct CaseRecord: Sendable, Hashable {
  public var planned: PlannedCase
  public var verdict: Verdict
  /// Why it was skipped.
  public var reason: String?
  public var startedAt: SimulatedInstant
  /// Wall seconds in which the case itself was at work, without the time it was parked.
  public var seconds: Double
  public var simulatedStart: SimulatedInstant
  public var simulatedEnd: SimulatedInstant
  public var exchanges: Int
  public var findings: [Finding]

  public init(
    planned: PlannedCase, verdict: Verdict, reason: String? = nil, startedAt: SimulatedInstant, seconds: Double,
    simulatedStart: SimulatedInstant, simulatedEnd: SimulatedInstant, exchanges: Int, findings: [Finding]
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
  }
}

/// A client that a run made.
public struct ClientIdentity: Sendable, Hashable {
  public var id: String
  public var connector: ConnectorRole

  public init(id: String, connector: ConnectorRole) {
    self.id = id
    self.connector = connector
  }
}

public struct RunSummary: Sendable, Hashable {
  public var finishedAt: SimulatedInstant
  /// Wall seconds of the whole run.
  public var seconds: Double
  public var simulatedEnd: SimulatedInstant
  public var clockMoves: Int
  /// Why it ended before its end: `interrupted by SIGINT`.
  public var aborted: String?
  /// What whoever started the run should know besides: clients that could not be deleted, deviations that are gone.
  public var notes: [String]

  public init(
    finishedAt: SimulatedInstant, seconds: Double, simulatedEnd: SimulatedInstant, clockMoves: Int, aborted: String?,
    notes: [String] = []
  ) {
    self.finishedAt = finishedAt
    self.seconds = seconds
    self.simulatedEnd = simulatedEnd
    self.clockMoves = clockMoves
    self.aborted = aborted
    self.notes = notes
  }
}
