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
      Field("version", "the version of conform", .text, \.version),
      Field(optional: "run-id", "identifies the run; its shards can share it", .text, \.runID),
      Field("target", "the name of the target", .text, \.target),
      Field("target-file", "the file of the target", .text, \.targetFile),
      Field(optional: "pack", "the pack of scenarios", .record(PackIdentity.table), \.pack),
      Field(
        optional: "fingerprints", "hashes of what decides the verdicts", .record(Fingerprints.table), \.fingerprints),
      Field("started-at", "when the run started", .wall, \.startedAt),
      Field("simulated-start", "the first simulated time", .simulated, \.simulatedStart),
      Field(optional: "seed", "the seed of the order, if the cases were shuffled", .decimalText, \.seed),
      Field("jobs", "how many cases were executed at the same time", .count, \.jobs),
      Field("host", "the name of the machine", .text, \.host),
      Field("command", "the arguments that repeat the run", .list(.text), \.command, absent: []),
      Field("environment", "what else the run depends on", .list(.record(RunFact.table)), \.environment, absent: []),
      Field(
        optional: "cases", "how many cases the plan has, including invariants and the cases of other shards", .count,
        \.cases),
      Field(optional: "shards", "the part of the plan, if it was split", .record(Shards.table), \.shards),
      Field(
        "failed-before", "the cases that failed or errored before, of which the run executes no others",
        .list(.text), \.failedBefore, absent: []),
    ])

  private static let formatField = Field<RunDescription>(
    FieldDescription(
      name: "format", meaning: "the version of the format", shape: .integer(1...Event.format), isRequired: true),
    write: { _, bytes in
      bytes.startMember(formatKey)
      bytes.append(contentsOf: String(Event.format).utf8)
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
      Field(optional: "name", "the name of the pack", .text, \.name),
      Field("version", "the version of the pack", .text, \.version),
    ])
}

extension Fingerprints {
  static let table = RecordTable(
    "fingerprints", blank: Fingerprints(pack: "", target: "", plan: ""),
    [
      Field("pack", "of the requirements, invariants and scenarios", .text, \.pack),
      Field(
        "target", "of the resolved target, except the port and URL of a service that the run launched", .text, \.target),
      Field("plan", "of the cases, their order and their shards", .text, \.plan),
    ])
}

extension RunFact {
  static let table = RecordTable(
    "fact", blank: RunFact("", ""),
    [
      Field("name", "such as `target.token` or `ci.commit`", .text, \.name),
      Field("value", "the value", .text, \.value),
    ])
}

extension Shards {
  static let table = RecordTable(
    "shards", blank: Shards(present: [], count: 0),
    [
      Field(
        "present", "the numbers of the shards in the log, from 1, ascending", .list(.integer(1...Shards.maxCount)),
        \.present),
      Field("of", "the number of shards of the plan", .integer(1...Shards.maxCount), \.count),
      Field("merged", "the log was made by `conform merge`", .boolean, \.isMerged, absent: false),
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
      Field("id", "the id", .text, \.id),
      Field("level", "how strongly it binds", .word(), \.level),
      Field("source", "the document and section that it comes from", .text, \.source),
      Field("text", "the requirement as a sentence", .text, \.text),
      Field(optional: "unobservable", "why it cannot be observed from outside", .text, \.unobservable),
      Field(optional: "uncovered", "why no scenario covers it", .text, \.uncovered),
      Field(optional: "suite", "the title of its suite", .text, \.suite),
    ])

  static let listTable = RecordTable(
    "requirements", blank: [Requirement](),
    [Field("requirements", "the requirements", .list(.record(Requirement.table)), \.self, absent: [])])
}

extension ClockAdvance {
  static let table = RecordTable(
    "clock-advanced",
    blank: ClockAdvance(
      from: SimulatedInstant(seconds: 0), to: SimulatedInstant(seconds: 0), wall: SimulatedInstant(seconds: 0),
      woken: 0),
    [
      Field("from", "the simulated time before", .simulated, \.from),
      Field("to", "the simulated time after", .simulated, \.to),
      Field("wall", "when", .wall, \.wall),
      Field("woken", "how many waiting cases continue", .count, \.woken),
    ])
}

extension ClientIdentity {
  static let table = RecordTable(
    "client", blank: ClientIdentity(id: "", connector: .first),
    [
      Field("id", "the id of the client", .text, \.id),
      Field("connector", "the connector that it belongs to", .word(), \.connector),
    ])
}

extension RunSummary {
  static let table = RecordTable(
    "run-finished",
    blank: RunSummary(
      finishedAt: SimulatedInstant(seconds: 0), seconds: 0, simulatedEnd: SimulatedInstant(seconds: 0),
      clockAdvances: 0, aborted: nil),
    [
      Field("finished-at", "when the run ended", .wall, \.finishedAt),
      Field("seconds", "the duration in real time", .seconds, \.seconds),
      Field("simulated-end", "the last simulated time", .simulated, \.simulatedEnd),
      Field("clock-advances", "how many times the clock was advanced", .count, \.clockAdvances),
      Field(optional: "aborted", "why the run stopped early", .text, \.aborted),
      Field(
        optional: "failure-limit", "after how many failed or errored cases it stopped, if that is why", .count,
        \.failureLimit),
      Field("notes", "what else to know about the run", .list(.text), \.notes, absent: []),
    ])
}
