// Events as lines of JSON: the run log's format. Bytes are appended directly, since every request passes here.

import ConformanceModel
import HTTPModel
import JSONValue

extension Event {
  /// The version of the format; a reader refuses a greater one.
  public static let format = 1

  /// Appends the event as one JSON object, without a line break.
  public func encode(to bytes: inout [UInt8]) {
    var object = ObjectEncoder(bytes)
    switch self {
    case .runStarted(let run): object.encode(run)
    case .requirements(let requirements):
      object.open("requirements")
      object.list("requirements", requirements) { $0.encode($1) }
    case .planned(let one):
      object.open("planned")
      object.encode(one)
    case .caseStarted(let start):
      object.open("case-started")
      object.int("n", start.number)
      object.instant("wall", start.wall)
      object.instant("simulated", start.simulated)
    case .stepFinished(let step): object.encode(step)
    case .clockAdvanced(let move):
      object.open("clock-moved")
      object.instant("from", move.from)
      object.instant("to", move.to)
      object.instant("wall", move.wall)
      object.int("woken", move.woken)
    case .clientCreated(let client):
      object.open("client-made")
      object.encode(client)
    case .clientDeleted(let client):
      object.open("client-gone")
      object.encode(client)
    case .caseFinished(let one): object.encode(one)
    case .runFinished(let summary):
      object.open("run-finished")
      object.instant("finished-at", summary.finishedAt)
      object.double("seconds", summary.seconds)
      object.instant("simulated-end", summary.simulatedEnd)
      object.int("clock-moves", summary.clockMoves)
      object.text("aborted", summary.aborted)
      object.texts("notes", summary.notes)
    }
    object.close()
    bytes = object.bytes
  }
}

/// Appends the members of one object.
private struct ObjectEncoder {
  package var bytes: [UInt8]
  private var isFirst = true

  init(_ bytes: consuming [UInt8]) {
    self.bytes = bytes
    self.bytes.append(UInt8(ascii: "{"))
  }

  mutating func close() { bytes.append(UInt8(ascii: "}")) }

  mutating func name(_ name: StaticString) {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  mutating func open(_ event: StaticString) {
    name("event")
    bytes.append(UInt8(ascii: "\""))
    event.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
  }

  mutating func text(_ name: StaticString, _ value: String?) {
    guard let value else { return }
    self.name(name)
    JSON.write(value, to: &bytes)
  }

  mutating func int(_ name: StaticString, _ value: Int) {
    self.name(name)
    bytes.append(contentsOf: String(value).utf8)
  }

  mutating func bool(_ name: StaticString, _ value: Bool) {
    guard value else { return }
    self.name(name)
    bytes.append(contentsOf: "true".utf8)
  }

  mutating func double(_ name: StaticString, _ value: Double?) {
    guard let value else { return }
    self.name(name)
    bytes.append(contentsOf: value.plain(decimals: 6).utf8)
  }

  /// Milliseconds since 1970: shorter than a date, and read a hundred times faster.
  mutating func instant(_ name: StaticString, _ value: SimulatedInstant?) {
    guard let value else { return }
    self.name(name)
    bytes.append(contentsOf: String(value.milliseconds).utf8)
  }

  mutating func list<Item>(_ name: StaticString, _ items: [Item], _ encode: (inout ObjectEncoder, Item) -> Void) {
    guard !items.isEmpty else { return }
    self.name(name)
    bytes.append(UInt8(ascii: "["))
    for (index, item) in items.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      object { encode(&$0, item) }
    }
    bytes.append(UInt8(ascii: "]"))
  }

  mutating func texts(_ name: StaticString, _ items: [String]) {
    guard !items.isEmpty else { return }
    self.name(name)
    bytes.append(UInt8(ascii: "["))
    for (index, item) in items.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      JSON.write(item, to: &bytes)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  mutating func ints(_ name: StaticString, _ items: [Int]) {
    self.name(name)
    bytes.append(contentsOf: "[\(items.map(String.init).joined(separator: ","))]".utf8)
  }

  mutating func member(_ name: StaticString, _ encode: (inout ObjectEncoder) -> Void) {
    self.name(name)
    object(encode)
  }

  private mutating func object(_ encode: (inout ObjectEncoder) -> Void) {
    bytes.append(UInt8(ascii: "{"))
    let outer = isFirst
    isFirst = true
    encode(&self)
    isFirst = outer
    bytes.append(UInt8(ascii: "}"))
  }
}

extension ObjectEncoder {
  mutating func encode(_ run: RunDescription) {
    open("run-started")
    int("format", Event.format)
    text("version", run.version)
    text("target", run.target)
    text("target-file", run.targetFile)
    instant("started-at", run.startedAt)
    instant("simulated-start", run.simulatedStart)
    // as text: numbers of 64 bits do not survive every reader of JSON
    text("seed", run.seed.map { String($0) })
    int("jobs", run.jobs)
    text("host", run.host)
    texts("command", run.command)
    list("environment", run.environment) { object, fact in
      object.text("name", fact.name)
      object.text("value", fact.value)
    }
    if let cases = run.cases { int("cases", cases) }
    guard let shards = run.shards else { return }
    member("shards") { object in
      object.ints("present", shards.present)
      object.int("of", shards.count)
      object.bool("merged", shards.isMerged)
    }
  }

  mutating func encode(_ requirement: Requirement) {
    text("id", requirement.id)
    text("level", requirement.level.rawValue)
    text("source", requirement.source)
    text("text", requirement.text)
    text("unobservable", requirement.unobservable)
    text("uncovered", requirement.uncovered)
  }

  mutating func encode(_ one: PlannedCase) {
    int("n", one.number)
    // here, where a reader finds it without the rest of the line
    if let shard = one.shard { int("shard", shard) }
    text("id", one.id)
    text("scenario", one.scenario)
    text("area", one.area)
    text("title", one.title)
    text("row", one.row)
    list("covers", one.covers) { $0.encode($1) }
    texts("tags", one.tags)
    text("file", one.file)
    int("line", one.line)
  }

  mutating func encode(_ client: ClientIdentity) {
    text("id", client.id)
    text("connector", client.connector.rawValue)
  }

  mutating func encode(_ requirement: Finding.RequirementName) {
    text("id", requirement.id)
    text("level", requirement.level.rawValue)
  }

  mutating func encode(_ step: StepRecord) {
    open("step")
    int("n", step.number)
    int("line", step.line)
    text("step", step.sentence)
    instant("wall", step.wall)
    instant("simulated", step.simulated)
    if let exchange = step.exchange { member("exchange") { $0.encode(exchange) } }
    list("checks", step.checks) { object, check in
      object.text("subject", check.subject)
      object.text("severity", check.severity.rawValue)
      object.bool("holds", check.holds)
    }
  }

  mutating func encode(_ exchange: ExchangeRecord) {
    text("method", exchange.method)
    text("url", exchange.url)
    list("request-headers", exchange.requestHeaders) { $0.encode($1) }
    if exchange.requestBody.size > 0 { member("request-body") { $0.encode(exchange.requestBody) } }
    int("status", exchange.status)
    text("version", exchange.version)
    list("response-headers", exchange.responseHeaders) { $0.encode($1) }
    member("response-body") { $0.encode(exchange.responseBody) }
    member("timings") { object in
      object.double("dns", exchange.timings.dns)
      object.double("connect", exchange.timings.connect)
      object.double("tls", exchange.timings.tls)
      object.double("first-byte", exchange.timings.firstByte)
      object.double("total", exchange.timings.total)
    }
  }

  mutating func encode(_ header: HeaderField) {
    text("name", header.name)
    text("value", header.value)
  }

  mutating func encode(_ body: BodyRecord) {
    int("size", body.size)
    text(body.isBase64 ? "base64" : "text", body.text)
    if body.omitted > 0 { int("omitted", body.omitted) }
    bool("cut", body.isCut)
  }

  mutating func encode(_ one: CaseRecord) {
    open("case-finished")
    encode(one.planned)
    text("verdict", one.verdict.rawValue)
    text("reason", one.reason)
    instant("started-at", one.startedAt)
    double("seconds", one.seconds)
    instant("simulated-start", one.simulatedStart)
    instant("simulated-end", one.simulatedEnd)
    int("exchanges", one.exchanges)
    list("problems", one.findings) { $0.encode($1) }
  }

  mutating func encode(_ finding: Finding) {
    text("verdict", finding.verdict.rawValue)
    text("kind", finding.kind.rawValue)
    text("message", finding.message)
    list("requirements", finding.requirements) { $0.encode($1) }
    if let place = finding.place {
      member("place") { object in
        object.text("file", place.file)
        object.int("line", place.line)
        object.int("column", place.column)
      }
    }
    text("step", finding.step)
    text("expected", finding.expected)
    text("actual", finding.actual)
    text("subject", finding.subject)
    text("path", finding.path)
    text("mismatch", finding.mismatch?.rawValue)
    bool("setup", finding.isSetup)
    if let exchange = finding.exchange { member("exchange") { $0.encode(exchange) } }
    instant("simulated", finding.simulated)
    instant("wall", finding.wall)
  }
}
