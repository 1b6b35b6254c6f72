// The fields of the events that are about one case.

import ConformanceModel
import HTTPModel

extension PlannedCase {
  /// The greatest case number that a log may contain; the reader's index takes 40 bytes a case, so at most 640 MiB.
  package static let maxNumber = (1 << 24) - 1

  /// The number of the case and its shard come first: readers find them without the rest of the line.
  static let table = RecordTable(
    "case-planned",
    blank: PlannedCase(
      number: 0, id: "", scenario: "", suite: "", title: "", row: nil, covers: [], tags: [], file: "", line: 0),
    [
      Field("n", "the number of the case: its position in the plan, from 0", .integer(0...maxNumber), \.number),
      Field(
        optional: "shard", "the shard that executes it, if the plan was split; absent for invariants",
        .integer(1...Shards.maxCount), \.shard),
      Field("id", "`scenario` or `scenario/row`", .text, \.id),
      Field("scenario", "the id of the scenario", .text, \.scenario),
      Field("suite", "the folder of the scenario", .text, \.suite),
      Field("title", "the title of the scenario", .text, \.title),
      Field(optional: "row", "the row of values, if the scenario has several cases", .text, \.row),
      Field(
        "covers", "the requirements that it covers", .list(.record(Finding.RequirementName.table)), \.covers,
        absent: []),
      Field("tags", "the tags of the scenario", .list(.text), \.tags, absent: []),
      Field("file", "the file of the scenario", .text, \.file),
      Field("line", "its line in the file", .count, \.line),
    ])
}

extension Finding.RequirementName {
  static let table = RecordTable(
    "requirement-name", blank: Finding.RequirementName(id: "", level: .must),
    [
      Field("id", "the id of the requirement", .text, \.id),
      Field("level", "how strongly it binds", .word(), \.level),
    ])
}

extension CaseStart {
  static let table = RecordTable(
    "case-started",
    blank: CaseStart(number: 0, wall: SimulatedInstant(seconds: 0), simulated: SimulatedInstant(seconds: 0)),
    [
      Field("n", "the number of the case", .integer(0...PlannedCase.maxNumber), \.number),
      Field("wall", "when", .wall, \.wall),
      Field("simulated", "the simulated time", .simulated, \.simulated),
    ])
}

extension CaseRecord {
  static let table = RecordTable(
    "case-finished",
    blank: CaseRecord(
      planned: PlannedCase(
        number: 0, id: "", scenario: "", suite: "", title: "", row: nil, covers: [], tags: [], file: "", line: 0),
      verdict: .errored, startedAt: SimulatedInstant(seconds: 0), seconds: 0,
      simulatedStart: SimulatedInstant(seconds: 0), simulatedEnd: SimulatedInstant(seconds: 0), exchanges: 0,
      findings: []),
    PlannedCase.table.fields.map { $0.lifted(\.planned) } + ownFields)

  private static let ownFields: [Field<CaseRecord>] = [
    Field("verdict", "the verdict", .word(), \.verdict),
    Field(optional: "reason", "why it was skipped or is pending", .text, \.reason),
    Field("started-at", "when the case started", .wall, \.startedAt),
    Field("seconds", "the real time in which it was active, without its waits", .seconds, \.seconds),
    Field("simulated-start", "the simulated time when it started", .simulated, \.simulatedStart),
    Field("simulated-end", "the simulated time when it ended", .simulated, \.simulatedEnd),
    Field("exchanges", "the number of its exchanges", .count, \.exchanges),
    Field("findings", "what was wrong", .list(.record(Finding.table)), \.findings, absent: []),
    Field("not-run", "the steps that were not reached", .list(.text), \.notRun, absent: []),
    Field("notes", "what else to know about the case", .list(.text), \.notes, absent: []),
    Field(
      "attempts", "how many times it was executed, if more than once; the verdict is that of the last time",
      .integer(1...1_000_000), \.attempts, absent: 1),
    Field(optional: "rerun", "why it was executed more than once", .text, \.rerun),
  ]
}

extension Finding {
  static let table = RecordTable(
    "finding", blank: Finding(.errored, .internal),
    [
      Field("verdict", "`failed`, `warned` or `errored`", .word(), \.verdict),
      Field("kind", "the type of the finding", .word(), \.kind),
      Field(
        optional: "message", "a sentence; absent if `subject`, `path`, `expected` and `actual` say it all", .text,
        \.statement),
      Field(
        "requirements", "the requirements that are not met", .list(.record(RequirementName.table)), \.requirements,
        absent: []),
      Field(optional: "place", "the expectation in its file", .record(Place.table), \.place),
      Field(optional: "in", "the case and the place of the step, if an invariant found it", .text, \.origin),
      Field(optional: "step", "the step as a sentence", .text, \.step),
      Field(optional: "subject", "the part of the response, such as `status`", .text, \.subject),
      Field(
        optional: "path", "the place in that part: a JSON Pointer, an XPath or the name of a header field", .text,
        \.path),
      Field(optional: "mismatch", "the kind of mismatch, if it is one", .word(), \.mismatch),
      Field("setup", "the step is one of `given`", .boolean, \.isSetup, absent: false),
      Field(optional: "expected", "what was expected", .text, \.expected),
      Field(optional: "actual", "what was there", .text, \.actual),
      Field(optional: "hint", "what to declare in the target file if the target is right", .text, \.hint),
      Field(optional: "exchange", "the exchange", .record(ExchangeRecord.table), \.exchange),
      Field(optional: "simulated", "the simulated time", .simulated, \.simulated),
      Field(optional: "wall", "when", .wall, \.wall),
    ])
}

extension Place {
  static let table = RecordTable(
    "place", blank: Place(file: "", line: 0, column: 0),
    [
      Field("file", "the file", .text, \.file),
      Field("line", "the line, from 1", .count, \.line),
      Field("column", "the column, from 1", .count, \.column),
    ])
}
