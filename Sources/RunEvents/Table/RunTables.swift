// The fields of the events that are about the run as a whole.

import ConformanceModel
import JSONValue

extension RunDescription {
  static let table = RecordTable(
    "run-started",
    blank: RunDescription(
      version: "", target: "", targetFile: "", startedAt: SimulatedInstant(seconds: 0),
      simulatedStart: SimulatedInstant(seconds: 0), seed: nil, jobs: 0, host: "", command: []),
    [
      formatField,
      Field("version", "the version of conform", .text, { $0.version }, { $0.version = $1 }),
      Field(optional: "run-id", "identifies the run; its shards can share it", .text, { $0.runID }, { $0.runID = $1 }),
      Field("target", "the name of the target", .text, { $0.target }, { $0.target = $1 }),
      Field("target-file", "the file of the target", .text, { $0.targetFile }, { $0.targetFile = $1 }),
      Field(optional: "pack", "the pack of scenarios", .record(PackIdentity.table), { $0.pack }, { $0.pack = $1 }),
      Field(
        optional: "fingerprints", "hashes of what decides the verdicts", .record(Fingerprints.table),
        { $0.fingerprints }, { $0.fingerprints = $1 }),
      Field("started-at", "when the run started", .wall, { $0.startedAt }, { $0.startedAt = $1 }),
      Field(
        "simulated-start", "the first simulated time", .simulated, { $0.simulatedStart }, { $0.simulatedStart = $1 }),
      Field(
        optional: "seed", "the seed of the order, if the cases were shuffled", .decimalText, { $0.seed },
        { $0.seed = $1 }),
      Field("jobs", "how many cases were executed at the same time", .count, { $0.jobs }, { $0.jobs = $1 }),
      Field("host", "the name of the machine", .text, { $0.host }, { $0.host = $1 }),
      Field(
        "command", "the arguments that repeat the run", .list(.text), { $0.command }, { $0.command = $1 }, absent: []),
      Field(
        "environment", "what else the run depends on", .list(.record(RunFact.table)), { $0.environment },
        { $0.environment = $1 }, absent: []),
      Field(
        optional: "cases", "how many cases the plan has, including invariants and the cases of other shards", .count,
        { $0.cases }, { $0.cases = $1 }),
      Field(
        optional: "shards", "the part of the plan, if it was split", .record(Shards.table), { $0.shards },
        { $0.shards = $1 }),
      Field(
        "failed-before", "the cases that failed or errored before, of which the run executes no others",
        .list(.text), { $0.failedBefore }, { $0.failedBefore = $1 }, absent: []),
    ])

  private static let formatField = Field<RunDescription>(
    FieldDescription(
      name: "format", meaning: "the version of the format", shape: .integer(1...Event.format), isRequired: true),
    write: { _, bytes in
      bytes.startMember(formatKey)
      bytes.append(decimal: Event.format)
    },
    read: { (value, _) throws(EventError) in
      guard let format = value?.int else { throw EventError("'format' is missing") }
      guard (1...Event.format).contains(format) else {
        throw EventError(
          "the log has format \(format); this version of conform reads format \(Event.format): use a newer version")
      }
    })
  private static let formatKey = Field<RunDescription>.key("format")
}

extension PackIdentity {
  static let table = RecordTable(
    "pack", blank: PackIdentity(version: ""),
    [
      Field(optional: "name", "the name of the pack", .text, { $0.name }, { $0.name = $1 }),
      Field("version", "the version of the pack", .text, { $0.version }, { $0.version = $1 }),
    ])
}

extension Fingerprints {
  static let table = RecordTable(
    "fingerprints", blank: Fingerprints(pack: "", target: "", plan: ""),
    [
      Field("pack", "of the requirements, invariants and scenarios", .text, { $0.pack }, { $0.pack = $1 }),
      Field(
        "target", "of the resolved target, except the port and URL of a service that the run launched", .text,
        { $0.target }, { $0.target = $1 }),
      Field("plan", "of the cases, their order and their shards", .text, { $0.plan }, { $0.plan = $1 }),
    ])
}

extension RunFact {
  static let table = RecordTable(
    "fact", blank: RunFact("", ""),
    [
      Field("name", "such as `target.token` or `ci.commit`", .text, { $0.name }, { $0.name = $1 }),
      Field("value", "the value", .text, { $0.value }, { $0.value = $1 }),
    ])
}

extension Shards {
  static let table = RecordTable(
    "shards", blank: Shards(present: [], count: 0),
    [
      Field(
        "present", "the numbers of the shards in the log, from 1, ascending", .list(.integer(1...Shards.maxCount)),
        { $0.present }, { $0.present = $1 }),
      Field("of", "the number of shards of the plan", .integer(1...Shards.maxCount), { $0.count }, { $0.count = $1 }),
      Field(
        "merged", "the log was made by `conform merge`", .boolean, { $0.isMerged }, { $0.isMerged = $1 }, absent: false),
    ]
  ) { (shards) throws(EventError) in
    guard !shards.present.isEmpty, shards.present == Set(shards.present).sorted(),
      shards.present.allSatisfy({ $0 <= shards.count })
    else { throw EventError("'present' has to be ascending numbers from 1 to \(shards.count)") }
  }
}

extension Requirement {
  static let table = RecordTable(
    "requirement", blank: Requirement(id: "", level: .must, source: "", text: ""),
    [
      Field("id", "the id", .text, { $0.id }, { $0.id = $1 }),
      Field("level", "how strongly it binds", .word(), { $0.level }, { $0.level = $1 }),
      Field("source", "the document and section that it comes from", .text, { $0.source }, { $0.source = $1 }),
      Field("text", "the requirement as a sentence", .text, { $0.text }, { $0.text = $1 }),
      Field(
        optional: "unobservable", "why it cannot be observed from outside", .text, { $0.unobservable },
        { $0.unobservable = $1 }),
      Field(optional: "uncovered", "why no scenario covers it", .text, { $0.uncovered }, { $0.uncovered = $1 }),
      Field(optional: "suite", "the title of its suite", .text, { $0.suite }, { $0.suite = $1 }),
    ])

  static let listTable = RecordTable(
    "requirements", blank: [Requirement](),
    [Field("requirements", "the requirements", .list(.record(Requirement.table)), { $0 }, { $0 = $1 }, absent: [])])
}

extension ClockAdvance {
  static let table = RecordTable(
    "clock-advanced",
    blank: ClockAdvance(
      from: SimulatedInstant(seconds: 0), to: SimulatedInstant(seconds: 0), wall: SimulatedInstant(seconds: 0),
      woken: 0),
    [
      Field("from", "the simulated time before", .simulated, { $0.from }, { $0.from = $1 }),
      Field("to", "the simulated time after", .simulated, { $0.to }, { $0.to = $1 }),
      Field("wall", "when", .wall, { $0.wall }, { $0.wall = $1 }),
      Field("woken", "how many waiting cases continue", .count, { $0.woken }, { $0.woken = $1 }),
    ])
}

extension ClientIdentity {
  static let table = RecordTable(
    "client", blank: ClientIdentity(id: "", connector: .first),
    [
      Field("id", "the id of the client", .text, { $0.id }, { $0.id = $1 }),
      Field("connector", "the connector that it belongs to", .word(), { $0.connector }, { $0.connector = $1 }),
    ])
}

extension RunSummary {
  static let table = RecordTable(
    "run-finished",
    blank: RunSummary(
      finishedAt: SimulatedInstant(seconds: 0), seconds: 0, simulatedEnd: SimulatedInstant(seconds: 0),
      clockAdvances: 0, aborted: nil),
    [
      Field("finished-at", "when the run ended", .wall, { $0.finishedAt }, { $0.finishedAt = $1 }),
      Field("seconds", "the duration in real time", .seconds, { $0.seconds }, { $0.seconds = $1 }),
      Field("simulated-end", "the last simulated time", .simulated, { $0.simulatedEnd }, { $0.simulatedEnd = $1 }),
      Field(
        "clock-advances", "how many times the clock was advanced", .count, { $0.clockAdvances },
        { $0.clockAdvances = $1 }),
      Field(optional: "aborted", "why the run stopped early", .text, { $0.aborted }, { $0.aborted = $1 }),
      Field(
        optional: "failure-limit", "after how many failed or errored cases it stopped, if that is why", .count,
        { $0.failureLimit }, { $0.failureLimit = $1 }),
      Field("notes", "what else to know about the run", .list(.text), { $0.notes }, { $0.notes = $1 }, absent: []),
      Field(
        optional: "digest", "SHA-256 of the log up to this member, in hexadecimal digits", .text,
        { $0.digest }, { $0.digest = $1 }),
    ])
}
