// The fields of a step and of its exchange.

import ConformanceModel
import HTTPModel

extension StepRecord {
  static let table = RecordTable(
    "step-finished",
    blank: StepRecord(
      number: 0, line: 0, sentence: "", wall: SimulatedInstant(seconds: 0), simulated: SimulatedInstant(seconds: 0),
      exchange: nil, checks: []),
    [
      Field("n", "the number of the case", .integer(0...PlannedCase.maxNumber), { $0.number }, { $0.number = $1 }),
      Field(
        "id", "identifies the record among those of its case", .count, { $0.id }, { $0.id = $1 }, absent: 0),
      Field("line", "the line of the step in the file of the scenario", .count, { $0.line }, { $0.line = $1 }),
      Field("step", "the step as a sentence", .text, { $0.sentence }, { $0.sentence = $1 }),
      Field("wall", "when it ended", .wall, { $0.wall }, { $0.wall = $1 }),
      Field("simulated", "the simulated time", .simulated, { $0.simulated }, { $0.simulated = $1 }),
      Field(
        optional: "exchange", "the request and the response, if a request was sent", .record(ExchangeRecord.table),
        { $0.exchange }, { $0.exchange = $1 }),
      Field(
        "checks", "the expectations of the step", .list(.record(CheckRecord.table)), { $0.checks }, { $0.checks = $1 },
        absent: []),
      Field(optional: "not-run", "why it was left out, if it was", .text, { $0.notRun }, { $0.notRun = $1 }),
    ])
}

extension CheckRecord {
  static let table = RecordTable(
    "check", blank: CheckRecord(subject: "", severity: .must, holds: false),
    [
      Field("subject", "what is expected of", .text, { $0.subject }, { $0.subject = $1 }),
      Field("severity", "how strongly it binds", .word(), { $0.severity }, { $0.severity = $1 }),
      Field(
        "holds", "the expectation is met; absent if it is not", .boolean, { $0.holds }, { $0.holds = $1 }, absent: false
      ),
    ])
}

extension ExchangeRecord {
  static let table = RecordTable(
    "exchange",
    blank: ExchangeRecord(
      method: "", url: "", requestHeaders: [], requestBody: BodyRecord(size: 0, text: ""), status: 0, version: "",
      responseHeaders: [], responseBody: BodyRecord(size: 0, text: ""), timings: Timings()),
    [
      Field("method", "the method", .text, { $0.method }, { $0.method = $1 }),
      Field(
        "url", "the URL; `command:` or `prompt:` if a program or a person did it", .text, { $0.url }, { $0.url = $1 }),
      Field(
        "request-headers", "the header fields of the request", .list(.record(HeaderField.table)), { $0.requestHeaders },
        { $0.requestHeaders = $1 },
        absent: []),
      Field(
        "request-body", "the content of the request", .record(BodyRecord.table), { $0.requestBody },
        { $0.requestBody = $1 },
        absent: BodyRecord(size: 0, text: "")),
      Field(
        optional: "certificate", "the certificate of the client, if it is not that of all requests",
        .record(CertificateRecord.table), { $0.certificate }, { $0.certificate = $1 }),
      Field("status", "the status code", .integer(0...999), { $0.status }, { $0.status = $1 }),
      Field("version", "the version of HTTP", .text, { $0.version }, { $0.version = $1 }),
      Field(
        "response-headers", "the header fields of the response", .list(.record(HeaderField.table)),
        { $0.responseHeaders }, { $0.responseHeaders = $1 },
        absent: []),
      Field(
        "response-body", "the content of the response", .record(BodyRecord.table), { $0.responseBody },
        { $0.responseBody = $1 }),
      Field(
        "timings", "seconds since the start of the request", .record(Timings.table), { $0.timings }, { $0.timings = $1 }
      ),
      Field(
        optional: "connection", "the connection that carried it", .record(ConnectionUse.table), { $0.connection },
        { $0.connection = $1 }),
      Field(
        "attempt", "which attempt at the same request it is, if not the first", .integer(1...1_000_000), { $0.attempt },
        { $0.attempt = $1 },
        absent: 1),
      Field(
        "retried", "the request was sent again after it", .boolean, { $0.isRetried }, { $0.isRetried = $1 },
        absent: false),
      Field(
        optional: "failure", "why there is no response; `status` is 0 then", .text, { $0.failure }, { $0.failure = $1 }),
    ])
}

extension HeaderField {
  static let table = RecordTable(
    "header", blank: HeaderField("", ""),
    [
      Field("name", "the name as it was sent", .text, { $0.name }, { $0.name = $1 }),
      Field("value", "the value", .text, { $0.value }, { $0.value = $1 }),
    ])
}

extension CertificateRecord {
  static let table = RecordTable(
    "certificate", blank: CertificateRecord(),
    [
      Field(optional: "file", "its file; absent if none was sent", .text, { $0.file }, { $0.file = $1 }),
      Field(optional: "key", "the file of its key", .text, { $0.key }, { $0.key = $1 }),
    ])
}

extension BodyRecord {
  static let table = RecordTable(
    "body", blank: BodyRecord(size: 0, text: ""),
    [
      Field("size", "the size of the whole in bytes", .count, { $0.size }, { $0.size = $1 }),
      Field(optional: "text", "the content, if it is UTF-8", .text, { $0.plainText }, { $0.plainText = $1 }),
      Field(
        optional: "base64", "the content in Base64, if it is not UTF-8", .text, { $0.base64Text },
        { $0.base64Text = $1 }),
      Field(
        "omitted", "how many bytes of the middle are left out", .count, { $0.omitted }, { $0.omitted = $1 }, absent: 0),
      Field(
        "cut", "the response was larger than the client accepts, and the rest is missing", .boolean, { $0.isCut },
        { $0.isCut = $1 },
        absent: false),
    ])

  fileprivate var plainText: String? {
    get { isBase64 ? nil : text }
    set { self.set(newValue, isBase64: false) }
  }

  fileprivate var base64Text: String? {
    get { isBase64 ? text : nil }
    set { self.set(newValue, isBase64: true) }
  }

  private mutating func set(_ text: String?, isBase64: Bool) {
    guard let text else { return }
    self.text = text
    self.isBase64 = isBase64
  }
}

extension Timings {
  static let table = RecordTable(
    "timings", blank: Timings(),
    [
      Field(optional: "dns", "the name was resolved", .seconds, { $0.dns }, { $0.dns = $1 }),
      Field(optional: "connect", "the connection was established", .seconds, { $0.connect }, { $0.connect = $1 }),
      Field(optional: "tls", "TLS was established", .seconds, { $0.tls }, { $0.tls = $1 }),
      Field(
        optional: "first-byte", "the first byte of the response arrived", .seconds, { $0.firstByte },
        { $0.firstByte = $1 }),
      Field("total", "the response was complete", .seconds, { $0.total }, { $0.total = $1 }),
    ])
}

extension ConnectionUse {
  static let table = RecordTable(
    "connection", blank: ConnectionUse(id: 0, index: 0),
    [
      Field("id", "identifies the connection within the run", .count, { $0.id }, { $0.id = $1 }),
      Field(
        "index", "how many requests it had carried before; 0 on a new connection", .count, { $0.index },
        { $0.index = $1 }),
    ])
}
