// Reads events back from the lines of a run log. Members that a later version added are passed over.

import ConformanceModel
import HTTPModel
public import JSONValue

/// Why a line of a run log is not an event.
public struct EventError: Error, Sendable, Hashable, CustomStringConvertible {
  public var message: String

  public init(_ message: String) { self.message = message }

  public var description: String { message }
}

extension Event {
  public init(decoding json: JSON) throws(EventError) {
    let reader = ObjectReader(json)
    switch json["event"]?.string {
    case "run-started": self = .runStarted(try reader.run())
    case "requirements":
      self = .requirements(try reader.list("requirements") { (r) throws(EventError) in try r.clause() })
    case "planned": self = .planned(try reader.planned())
    case "case-started":
      self = .caseStarted(
        CaseStart(
          number: try reader.int("n"), wall: try reader.instant("wall"), simulated: try reader.instant("simulated")))
    case "step": self = .stepFinished(try reader.step())
    case "clock-moved":
      self = .clockAdvanced(
        ClockAdvance(
          from: try reader.instant("from"), to: try reader.instant("to"), wall: try reader.instant("wall"),
          woken: try reader.int("woken")))
    case "client-made": self = .clientCreated(try reader.client())
    case "client-gone": self = .clientDeleted(try reader.client())
    case "case-finished": self = .caseFinished(try reader.caseRecord())
    case "run-finished":
      self = .runFinished(
        RunSummary(
          finishedAt: try reader.instant("finished-at"), seconds: try reader.double("seconds"),
          simulatedEnd: try reader.instant("simulated-end"), clockMoves: try reader.int("clock-moves"),
          aborted: reader.optionalText("aborted"), notes: reader.texts("notes")))
    case let other: throw EventError("'\(other?.prefix(40) ?? "nothing")' is no event of a run log")
    }
  }
}

private struct ObjectReader {
  /// No count, line or size of a run is larger. Ten thousand of them, the shards of a run, can still be added up.
  private static let largest = 1 << 48
  /// The milliseconds of a moment: 285,000 years. Moments can be subtracted, and lengths of time added to them.
  private static let latest = 1 << 53
  /// Seconds: 31,000 years.
  private static let longest = 1e12

  let json: JSON

  init(_ json: JSON) { self.json = json }

  func text(_ name: String) throws(EventError) -> String {
    guard let text = json[name]?.string else { throw EventError("the event has no text '\(name)'") }
    return text
  }

  func optionalText(_ name: String) -> String? { json[name]?.string }

  func int(_ name: String) throws(EventError) -> Int {
    guard let value = json[name]?.int else { throw EventError("the event has no whole number '\(name)'") }
    guard value.magnitude <= ObjectReader.largest else { throw EventError("no run has a '\(name)' of \(value)") }
    return value
  }

  func optionalInt(_ name: String) throws(EventError) -> Int? { json[name]?.int == nil ? nil : try int(name) }

  func double(_ name: String) throws(EventError) -> Double {
    guard let value = json[name]?.double, value.isFinite else { throw EventError("the event has no number '\(name)'") }
    guard value.magnitude <= ObjectReader.longest else { throw EventError("no run has a '\(name)' of \(value)") }
    return value
  }

  func optionalDouble(_ name: String) throws(EventError) -> Double? {
    json[name]?.double == nil ? nil : try double(name)
  }

  func instant(_ name: String) throws(EventError) -> SimulatedInstant {
    guard let value = json[name]?.int else { throw EventError("the event has no whole number '\(name)'") }
    guard value.magnitude <= ObjectReader.latest else { throw EventError("no run has a '\(name)' of \(value)") }
    return SimulatedInstant(milliseconds: Int64(value))
  }

  func optionalInstant(_ name: String) throws(EventError) -> SimulatedInstant? {
    json[name]?.int == nil ? nil : try instant(name)
  }

  func word<Word: RawRepresentable>(_ name: String, _: Word.Type) throws(EventError) -> Word
  where Word.RawValue == String {
    let text = try text(name)
    guard let word = Word(rawValue: text) else { throw EventError("'\(text.prefix(40))' is no \(name)") }
    return word
  }

  func texts(_ name: String) -> [String] { json[name]?.array?.compactMap(\.string) ?? [] }

  func list<Item>(_ name: String, _ read: (ObjectReader) throws(EventError) -> Item) throws(EventError) -> [Item] {
    var items: [Item] = []
    for item in json[name]?.array ?? [] { items.append(try read(ObjectReader(item))) }
    return items
  }

  func member(_ name: String) -> ObjectReader? { json[name].map { ObjectReader($0) } }
}

extension ObjectReader {
  func client() throws(EventError) -> ClientIdentity {
    guard let connector = ConnectorRole(rawValue: try text("connector")) else {
      throw EventError("the event has no connector")
    }
    return ClientIdentity(id: try text("id"), connector: connector)
  }

  func run() throws(EventError) -> RunDescription {
    let format = try int("format")
    guard format <= Event.format else {
      throw EventError("the log has format \(format); this version reads up to \(Event.format): use a newer one")
    }
    // histories keep it as RFC 3339, which ends with the year 9999
    let startedAt = try instant("started-at")
    guard SimulatedInstant(rfc3339: startedAt.description) == startedAt else {
      throw EventError("no run has a 'started-at' of \(startedAt.milliseconds)")
    }
    return RunDescription(
      version: try text("version"), target: try text("target"), targetFile: try text("target-file"),
      startedAt: startedAt, simulatedStart: try instant("simulated-start"),
      seed: optionalText("seed").flatMap { UInt64($0) }, jobs: try int("jobs"), host: try text("host"),
      command: texts("command"),
      environment: try list("environment") { (r) throws(EventError) in RunFact(try r.text("name"), try r.text("value"))
      },
      cases: try optionalInt("cases"), shards: try shards())
  }

  func shards() throws(EventError) -> Shards? {
    guard let reader = member("shards") else { return nil }
    let count = try reader.int("of")
    let present = reader.json["present"]?.array?.compactMap(\.int) ?? []
    guard (1...Shards.maxCount).contains(count), !present.isEmpty, present == Set(present).sorted(),
      present.allSatisfy((1...count).contains)
    else {
      throw EventError("'\(reader.json.compact.prefix(80))' are no shards")
    }
    return Shards(present: present, count: count, isMerged: reader.json["merged"]?.bool ?? false)
  }

  func clause() throws(EventError) -> Requirement {
    Requirement(
      id: try text("id"), level: try word("level", Level.self), source: try text("source"), text: try text("text"),
      unobservable: optionalText("unobservable"), uncovered: optionalText("uncovered"))
  }

  func planned() throws(EventError) -> PlannedCase {
    PlannedCase(
      number: try int("n"), id: try text("id"), scenario: try text("scenario"), area: try text("area"),
      title: try text("title"),
      row: optionalText("row"), covers: try list("covers") { (r) throws(EventError) in try r.requirement() },
      tags: texts("tags"),
      file: try text("file"), line: try int("line"), shard: try optionalInt("shard"))
  }

  func requirement() throws(EventError) -> Finding.RequirementName {
    Finding.RequirementName(id: try text("id"), level: try word("level", Level.self))
  }

  func step() throws(EventError) -> StepRecord {
    StepRecord(
      number: try int("n"), line: try int("line"), sentence: try text("step"), wall: try instant("wall"),
      simulated: try instant("simulated"), exchange: try optionalExchange(),
      checks: try list("checks") { (r) throws(EventError) in
        CheckRecord(
          subject: try r.text("subject"), severity: try r.word("severity", Level.self),
          holds: r.json["holds"]?.bool ?? false)
      })
  }

  func optionalExchange() throws(EventError) -> ExchangeRecord? {
    guard let reader = member("exchange") else { return nil }
    return try reader.exchange()
  }

  func exchange() throws(EventError) -> ExchangeRecord {
    let timings = member("timings")
    return ExchangeRecord(
      method: try text("method"), url: try text("url"),
      requestHeaders: try list("request-headers") { (r) throws(EventError) in try r.header() },
      requestBody: try member("request-body").map { (r) throws(EventError) in try r.body() }
        ?? BodyRecord(size: 0, text: ""),
      status: try int("status"), version: try text("version"),
      responseHeaders: try list("response-headers") { (r) throws(EventError) in try r.header() },
      responseBody: try member("response-body").map { (r) throws(EventError) in try r.body() }
        ?? BodyRecord(size: 0, text: ""),
      timings: Timings(
        dns: try timings?.optionalDouble("dns"), connect: try timings?.optionalDouble("connect"),
        tls: try timings?.optionalDouble("tls"),
        firstByte: try timings?.optionalDouble("first-byte"), total: try timings?.optionalDouble("total") ?? 0))
  }

  func header() throws(EventError) -> HeaderField { HeaderField(try text("name"), try text("value")) }

  func body() throws(EventError) -> BodyRecord {
    let encoded = optionalText("base64")
    return BodyRecord(
      size: try int("size"), text: encoded ?? optionalText("text") ?? "", isBase64: encoded != nil,
      omitted: try optionalInt("omitted") ?? 0, isCut: json["cut"]?.bool ?? false)
  }

  func caseRecord() throws(EventError) -> CaseRecord {
    CaseRecord(
      planned: try planned(), verdict: try word("verdict", Verdict.self), reason: optionalText("reason"),
      startedAt: try instant("started-at"), seconds: try double("seconds"),
      simulatedStart: try instant("simulated-start"),
      simulatedEnd: try instant("simulated-end"), exchanges: try int("exchanges"),
      findings: try list("problems") { (r) throws(EventError) in try r.finding() })
  }

  func finding() throws(EventError) -> Finding {
    var finding = Finding(try word("verdict", Verdict.self), try word("kind", Finding.Kind.self), try text("message"))
    finding.requirements = try list("requirements") { (r) throws(EventError) in try r.requirement() }
    if let place = member("place") {
      finding.place = Place(file: try place.text("file"), line: try place.int("line"), column: try place.int("column"))
    }
    finding.step = optionalText("step")
    finding.expected = optionalText("expected")
    finding.actual = optionalText("actual")
    finding.subject = optionalText("subject")
    finding.path = optionalText("path")
    finding.mismatch = optionalText("mismatch").flatMap { Mismatch.Kind(rawValue: $0) }
    finding.isSetup = json["setup"]?.bool ?? false
    finding.exchange = try optionalExchange()
    finding.simulated = try optionalInstant("simulated")
    finding.wall = try optionalInstant("wall")
    return finding
  }
}
