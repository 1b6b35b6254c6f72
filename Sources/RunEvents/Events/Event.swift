// Everything that happens in a run, as events. Every report is made from these.

public import ConformanceModel

/// One line of the run log. It is handed on several times before it is written: a copy is a reference.
public indirect enum Event: Sendable, Hashable {
  case runStarted(RunDescription)
  /// The requirements of the pack, also those that no case of the run covers.
  case requirements([Requirement])
  case casePlanned(PlannedCase)
  case caseStarted(CaseStart)
  case stepFinished(StepRecord)
  case clockAdvanced(ClockAdvance)
  /// A client was created at a live target and has to be deleted there.
  case clientCreated(ClientIdentity)
  /// Such a client was deleted.
  case clientDeleted(ClientIdentity)
  case caseFinished(CaseRecord)
  /// What an exploration tried.
  case coverage(RunCoverage)
  case runFinished(RunSummary)
}

/// The clock of the target was advanced.
public struct ClockAdvance: Sendable, Hashable {
  public var from: SimulatedInstant
  public var to: SimulatedInstant
  public var wall: SimulatedInstant
  /// How many waiting cases continue at that moment.
  public var woken: Int

  public init(from: SimulatedInstant, to: SimulatedInstant, wall: SimulatedInstant, woken: Int) {
    self.from = from
    self.to = to
    self.wall = wall
    self.woken = woken
  }
}

/// A client that a run created.
public struct ClientIdentity: Sendable, Hashable {
  public var id: String
  public var connector: ConnectorRole

  public init(id: String, connector: ConnectorRole) {
    self.id = id
    self.connector = connector
  }
}
