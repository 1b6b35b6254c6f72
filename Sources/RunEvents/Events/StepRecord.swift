// A step, its exchange, and the outcome of its expectations.

public import ConformanceModel
public import HTTPModel

/// A step that was executed.
public struct StepRecord: Sendable, Hashable {
  /// The number of the case.
  public var number: Int
  /// Identifies the record among those of its case, also if the case ran again; 0 in logs that have none.
  public var id: Int
  /// Line of the step in the file of the scenario.
  public var line: Int
  /// The step as a sentence.
  public var sentence: String
  public var wall: SimulatedInstant
  public var simulated: SimulatedInstant
  public var exchange: ExchangeRecord?
  public var checks: [CheckRecord]
  /// Why it was left out; `nil` if it ran.
  public var notRun: String?

  public init(
    number: Int, id: Int = 0, line: Int, sentence: String, wall: SimulatedInstant, simulated: SimulatedInstant,
    exchange: ExchangeRecord?, checks: [CheckRecord]
  ) {
    self.number = number
    self.id = id
    self.line = line
    self.sentence = sentence
    self.wall = wall
    self.simulated = simulated
    self.exchange = exchange
    self.checks = checks
  }
}

/// One expectation and its outcome.
public struct CheckRecord: Sendable, Hashable {
  public var subject: String
  public var severity: Level
  public var holds: Bool

  public init(subject: String, severity: Level, holds: Bool) {
    self.subject = subject
    self.severity = severity
    self.holds = holds
  }
}

/// An exchange as the log keeps it: bodies as text, and the middle of large ones left out.
public struct ExchangeRecord: Sendable, Hashable {
  public var method: String
  public var url: String
  public var requestHeaders: [HeaderField]
  public var requestBody: BodyRecord
  /// The certificate with which it was sent in place of that of all requests; `nil` if it was sent with that.
  public var certificate: CertificateRecord?
  public var status: Int
  public var version: String
  public var responseHeaders: [HeaderField]
  public var responseBody: BodyRecord
  public var timings: Timings
  /// The connection that carried it; `nil` if there was none.
  public var connection: ConnectionUse?
  /// Which attempt at the same request this is, counted from 1.
  public var attempt: Int
  /// Whether the request was sent again, so that the step did not evaluate this exchange.
  public var isRetried = false
  /// Why there is no response; `status` is 0 then.
  public var failure: String?

  public init(
    method: String, url: String, requestHeaders: [HeaderField], requestBody: BodyRecord, status: Int, version: String,
    responseHeaders: [HeaderField], responseBody: BodyRecord, timings: Timings, connection: ConnectionUse? = nil,
    attempt: Int = 1
  ) {
    self.method = method
    self.url = url
    self.requestHeaders = requestHeaders
    self.requestBody = requestBody
    self.status = status
    self.version = version
    self.responseHeaders = responseHeaders
    self.responseBody = responseBody
    self.timings = timings
    self.connection = connection
    self.attempt = attempt
  }

  /// Whether it was sent over the network. What a program or a person did for the target is recorded in the same form.
  public var isHTTP: Bool { !["command:", "prompt:"].contains { url.utf8.starts(with: $0.utf8) } }
}

/// The certificate of a client, by its files.
public struct CertificateRecord: Sendable, Hashable {
  /// `nil` if the request was sent without a certificate.
  public var file: String?
  public var key: String?

  public init(file: String? = nil, key: String? = nil) {
    self.file = file
    self.key = key
  }
}

/// A body as the log keeps it.
public struct BodyRecord: Sendable, Hashable {
  /// Size of the whole body in bytes.
  public var size: Int
  /// The text, or Base64 if it is not UTF-8; the middle of a large body is left out.
  public var text: String
  public var isBase64: Bool
  /// Bytes that were left out of the middle of `text`.
  public var omitted: Int
  /// The body was larger than the client takes, and the rest was not received.
  public var isCut: Bool

  public init(size: Int, text: String, isBase64: Bool = false, omitted: Int = 0, isCut: Bool = false) {
    self.size = size
    self.text = text
    self.isBase64 = isBase64
    self.omitted = omitted
    self.isCut = isCut
  }
}
