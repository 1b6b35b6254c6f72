// The events of a run log: one entry for each `event`.

import ConformanceModel
import JSONValue

/// One kind of line: its name, its meaning, and its members.
struct EventType<Record: Sendable>: Sendable {
  let name: String
  let meaning: String
  let table: RecordTable<Record>
  /// The start of the line, up to the name of the event.
  let head: [UInt8]
  private let make: @Sendable (Record) -> Event

  init(
    _ name: String, _ meaning: String, _ table: RecordTable<Record>, _ make: @escaping @Sendable (Record) -> Event
  ) {
    self.name = name
    self.meaning = meaning
    self.table = table
    head = Array("{\"event\":\"\(name)\"".utf8)
    self.make = make
  }

  func write(_ record: Record, to bytes: inout LineBuffer) {
    bytes.append(head)
    var record = record
    table.writeMembers(&record, &bytes)
    bytes.append(UInt8(ascii: "}"))
  }

  func read(_ json: JSON) throws(EventError) -> Event { make(try table.read(json)) }
}

/// The same without the type of its record.
struct EventDescription: Sendable {
  let name: String
  let meaning: String
  let record: RecordDescription
  let read: @Sendable (JSON) throws(EventError) -> Event

  init<Record>(_ type: EventType<Record>) {
    name = type.name
    meaning = type.meaning
    record = type.table.description
    read = { (json) throws(EventError) in try type.read(json) }
  }
}

enum EventTypes {
  static let runStarted = EventType(
    "run-started", "the first line: the target, the plan and all else that the run depends on", RunDescription.table
  ) { .runStarted($0) }
  static let requirements = EventType(
    "requirements", "the requirements of the pack, also those that no case of the run covers", Requirement.listTable
  ) { .requirements($0) }
  static let casePlanned = EventType(
    "case-planned", "a case of the plan; the plan is complete before the first case starts", PlannedCase.table
  ) { .casePlanned($0) }
  static let caseStarted = EventType(
    "case-started", "a case starts; a case that continues after a wait does not start again", CaseStart.table
  ) { .caseStarted($0) }
  static let stepFinished = EventType(
    "step-finished", "a step was executed: its exchange, if it sent a request, and the outcome of its expectations",
    StepRecord.table
  ) { .stepFinished($0) }
  static let clockAdvanced = EventType(
    "clock-advanced", "the clock of the target was advanced for the cases that wait", ClockAdvance.table
  ) { .clockAdvanced($0) }
  static let clientCreated = EventType(
    "client-created", "a client was created at a live target and has to be deleted there", ClientIdentity.table
  ) { .clientCreated($0) }
  static let clientDeleted = EventType(
    "client-deleted", "such a client was deleted", ClientIdentity.table
  ) { .clientDeleted($0) }
  static let caseFinished = EventType(
    "case-finished", "a case ended; repeats the members of `case-planned`", CaseRecord.table
  ) { .caseFinished($0) }
  static let coverage = EventType(
    "coverage", "what the sequences of `conform explore` tried; only in the log of an exploration", RunCoverage.table
  ) { .coverage($0) }
  static let runFinished = EventType(
    "run-finished", "the last line; absent if the run was killed", RunSummary.table
  ) { .runFinished($0) }

  /// In the order in which they first appear in a log.
  static let all = [
    EventDescription(runStarted), EventDescription(requirements), EventDescription(casePlanned),
    EventDescription(caseStarted), EventDescription(stepFinished), EventDescription(clockAdvanced),
    EventDescription(clientCreated), EventDescription(clientDeleted), EventDescription(caseFinished),
    EventDescription(coverage), EventDescription(runFinished),
  ]

  static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
