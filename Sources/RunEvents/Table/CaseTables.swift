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
      Field(
        "n", "the number of the case: its position in the plan, from 0", .integer(0...maxNumber), { $0.number },
        { $0.number = $1 }),
      Field(
        optional: "shard", "the shard that executes it, if the plan was split; absent for invariants",
        .integer(1...Shards.maxCount), { $0.shard }, { $0.shard = $1 }),
      Field("id", "`scenario` or `scenario/row`", .text, { $0.id }, { $0.id = $1 }),
      Field("scenario", "the id of the scenario", .text, { $0.scenario }, { $0.scenario = $1 }),
      Field("suite", "the folder of the scenario", .text, { $0.suite }, { $0.suite = $1 }),
      Field("title", "the title of the scenario", .text, { $0.title }, { $0.title = $1 }),
      Field(
        optional: "row", "the row of values, if the scenario has several cases", .text, { $0.row }, { $0.row = $1 }),
      Field(
        "covers", "the requirements that it covers", .list(.record(Finding.RequirementName.table)), { $0.covers },
        { $0.covers = $1 },
        absent: []),
      Field("tags", "the tags of the scenario", .list(.text), { $0.tags }, { $0.tags = $1 }, absent: []),
      Field("file", "the file of the scenario", .text, { $0.file }, { $0.file = $1 }),
      Field("line", "its line in the file", .count, { $0.line }, { $0.line = $1 }),
    ])
}

extension Finding.RequirementName {
  static let table = RecordTable(
    "requirement-name", blank: Finding.RequirementName(id: "", level: .must),
    [
      Field("id", "the id of the requirement", .text, { $0.id }, { $0.id = $1 }),
      Field("level", "how strongly it binds", .word(), { $0.level }, { $0.level = $1 }),
    ])
}

extension CaseStart {
  static let table = RecordTable(
    "case-started",
    blank: CaseStart(number: 0, wall: SimulatedInstant(seconds: 0), simulated: SimulatedInstant(seconds: 0)),
    [
      Field("n", "the number of the case", .integer(0...PlannedCase.maxNumber), { $0.number }, { $0.number = $1 }),
      Field("wall", "when", .wall, { $0.wall }, { $0.wall = $1 }),
      Field("simulated", "the simulated time", .simulated, { $0.simulated }, { $0.simulated = $1 }),
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
    PlannedCase.table.fields.map { field in
      field.lifted(
        writing: { $1(&$0.planned) }, reading: { (record, read) throws(EventError) in try read(&record.planned) })
    } + ownFields)

  private static let ownFields: [Field<CaseRecord>] = [
    Field("verdict", "the verdict", .word(), { $0.verdict }, { $0.verdict = $1 }),
    Field(optional: "reason", "why it was skipped or is pending", .text, { $0.reason }, { $0.reason = $1 }),
    Field("started-at", "when the case started", .wall, { $0.startedAt }, { $0.startedAt = $1 }),
    Field(
      "seconds", "the real time in which it was active, without its waits", .seconds, { $0.seconds },
      { $0.seconds = $1 }),
    Field(
      "simulated-start", "the simulated time when it started", .simulated, { $0.simulatedStart },
      { $0.simulatedStart = $1 }),
    Field(
      "simulated-end", "the simulated time when it ended", .simulated, { $0.simulatedEnd }, { $0.simulatedEnd = $1 }),
    Field("exchanges", "the number of its exchanges", .count, { $0.exchanges }, { $0.exchanges = $1 }),
    Field(
      "findings", "what was wrong", .list(.record(Finding.table)), { $0.findings }, { $0.findings = $1 }, absent: []),
    Field("not-run", "the steps that were not reached", .list(.text), { $0.notRun }, { $0.notRun = $1 }, absent: []),
    Field("notes", "what else to know about the case", .list(.text), { $0.notes }, { $0.notes = $1 }, absent: []),
    Field(
      "attempts", "how many times it was executed, if more than once; the verdict is that of the last time",
      .integer(1...1_000_000), { $0.attempts }, { $0.attempts = $1 }, absent: 1),
    Field(optional: "rerun", "why it was executed more than once", .text, { $0.rerun }, { $0.rerun = $1 }),
  ]
}

extension Finding {
  static let table = RecordTable(
    "finding", blank: Finding(.errored, .internal),
    [
      Field("verdict", "`failed`, `warned` or `errored`", .word(), { $0.verdict }, { $0.verdict = $1 }),
      Field("kind", "the type of the finding", .word(), { $0.kind }, { $0.kind = $1 }),
      Field(
        optional: "message", "a sentence; absent if `subject`, `path`, `expected` and `actual` say it all", .text,
        { $0.statement }, { $0.statement = $1 }),
      Field(
        "requirements", "the requirements that are not met", .list(.record(RequirementName.table)), { $0.requirements },
        { $0.requirements = $1 },
        absent: []),
      Field(optional: "place", "the expectation in its file", .record(Place.table), { $0.place }, { $0.place = $1 }),
      Field(
        optional: "used-at", "the step of the scenario that uses the fragment, if the place is in one",
        .record(Place.table), { $0.usedAt }, { $0.usedAt = $1 }),
      Field(
        optional: "in", "the case and the place of the step, if an invariant found it", .text, { $0.origin },
        { $0.origin = $1 }),
      Field(optional: "step", "the step as a sentence", .text, { $0.step }, { $0.step = $1 }),
      Field(
        optional: "step-id", "the `id` of the step, if it was recorded", .count, { $0.stepID }, { $0.stepID = $1 }),
      Field(
        optional: "subject", "the part of the response, such as `status`", .text, { $0.subject }, { $0.subject = $1 }),
      Field(
        optional: "path", "the place in that part: a JSON Pointer, an XPath or the name of a header field", .text,
        { $0.path }, { $0.path = $1 }),
      Field(optional: "mismatch", "the kind of mismatch, if it is one", .word(), { $0.mismatch }, { $0.mismatch = $1 }),
      Field("setup", "the step is one of `given`", .boolean, { $0.isSetup }, { $0.isSetup = $1 }, absent: false),
      Field(
        "cleanup", "the step is one of `finally`", .boolean, { $0.isCleanup }, { $0.isCleanup = $1 }, absent: false),
      Field(optional: "expected", "what was expected", .text, { $0.expected }, { $0.expected = $1 }),
      Field(optional: "actual", "what was there", .text, { $0.actual }, { $0.actual = $1 }),
      Field(
        optional: "hint", "what to declare in the target file if the target is right", .text, { $0.hint },
        { $0.hint = $1 }),
      Field(optional: "exchange", "the exchange", .record(ExchangeRecord.table), { $0.exchange }, { $0.exchange = $1 }),
      Field(optional: "simulated", "the simulated time", .simulated, { $0.simulated }, { $0.simulated = $1 }),
      Field(optional: "wall", "when", .wall, { $0.wall }, { $0.wall = $1 }),
    ])
}

extension Place {
  static let table = RecordTable(
    "place", blank: Place(file: "", line: 0, column: 0),
    [
      Field("file", "the file", .text, { $0.file }, { $0.file = $1 }),
      Field("line", "the line, from 1", .count, { $0.line }, { $0.line = $1 }),
      Field("column", "the column, from 1", .count, { $0.column }, { $0.column = $1 }),
    ])
}
