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
      Field("n", "the number of the case", .integer(0...PlannedCase.maxNumber), \.number),
      Field("line", "the line of the step in the file of the scenario", .count, \.line),
      Field("step", "the step as a sentence", .text, \.sentence),
      Field("wall", "when it ended", .wall, \.wall),
      Field("simulated", "the simulated time", .simulated, \.simulated),
      Field(
        optional: "exchange", "the request and the response, if a request was sent", .record(ExchangeRecord.table),
        \.exchange),
      Field("checks", "the expectations of the step", .list(.record(CheckRecord.table)), \.checks, absent: []),
    ])
}

extension CheckRecord {
  static let table = RecordTable(
    "check", blank: CheckRecord(subject: "", severity: .must, holds: false),
    [
      Field("subject", "what is expected of", .text, \.subject),
      Field("severity", "how strongly it binds", .word(), \.severity),
      Field("holds", "the expectation is met; absent if it is not", .boolean, \.holds, absent: false),
    ])
}

extension ExchangeRecord {
  static let table = RecordTable(
    "exchange",
    blank: ExchangeRecord(
      method: "", url: "", requestHeaders: [], requestBody: BodyRecord(size: 0, text: ""), status: 0, version: "",
      responseHeaders: [], responseBody: BodyRecord(size: 0, text: ""), timings: Timings()),
    [
      Field("method", "the method", .text, \.method),
      Field("url", "the URL; `command:` or `prompt:` if a program or a person did it", .text, \.url),
      Field(
        "request-headers", "the header fields of the request", .list(.record(HeaderField.table)), \.requestHeaders,
        absent: []),
      Field(
        "request-body", "the content of the request", .record(BodyRecord.table), \.requestBody,
        absent: BodyRecord(size: 0, text: "")),
      Field("status", "the status code", .integer(0...999), \.status),
      Field("version", "the version of HTTP", .text, \.version),
      Field(
        "response-headers", "the header fields of the response", .list(.record(HeaderField.table)), \.responseHeaders,
        absent: []),
      Field("response-body", "the content of the response", .record(BodyRecord.table), \.responseBody),
      Field("timings", "seconds since the start of the request", .record(Timings.table), \.timings),
      Field(optional: "connection", "the connection that carried it", .record(ConnectionUse.table), \.connection),
      Field(
        "attempt", "which attempt at the same request it is, if not the first", .integer(1...1_000_000), \.attempt,
        absent: 1),
      Field("retried", "the request was sent again after it", .boolean, \.isRetried, absent: false),
      Field(optional: "failure", "why there is no response; `status` is 0 then", .text, \.failure),
    ])
}

extension HeaderField {
  static let table = RecordTable(
    "header", blank: HeaderField("", ""),
    [
      Field("name", "the name as it was sent", .text, get: { $0.name }, set: { $0.name = $1 }),
      Field("value", "the value", .text, get: { $0.value }, set: { $0.value = $1 }),
    ])
}

extension BodyRecord {
  static let table = RecordTable(
    "body", blank: BodyRecord(size: 0, text: ""),
    [
      Field("size", "the size of the whole in bytes", .count, \.size),
      Field(optional: "text", "the content, if it is UTF-8", .text, \.plainText),
      Field(optional: "base64", "the content in Base64, if it is not UTF-8", .text, \.base64Text),
      Field("omitted", "how many bytes of the middle are left out", .count, \.omitted, absent: 0),
      Field(
        "cut", "the response was larger than the client accepts, and the rest is missing", .boolean, \.isCut,
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
      Field(optional: "dns", "the name was resolved", .seconds, \.dns),
      Field(optional: "connect", "the connection was established", .seconds, \.connect),
      Field(optional: "tls", "TLS was established", .seconds, \.tls),
      Field(optional: "first-byte", "the first byte of the response arrived", .seconds, \.firstByte),
      Field("total", "the response was complete", .seconds, \.total),
    ])
}

extension ConnectionUse {
  static let table = RecordTable(
    "connection", blank: ConnectionUse(id: 0, index: 0),
    [
      Field("id", "identifies the connection within the run", .count, \.id),
      Field("index", "how many requests it had carried before; 0 on a new connection", .count, \.index),
    ])
}
