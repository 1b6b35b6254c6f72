// The result of a step that sends a request.

import ConformanceModel
import HTTPModel
import JSONValue
import XML

/// The exchange of a step, and the values that the target file locates in its response.
///
/// It is handed on many times for each request: a copy is a reference until its details change.
@dynamicMemberLookup
struct StepResult: Sendable {
  /// What the target file locates in the response, and what the step makes of it.
  struct Details: Sendable {
    /// The value that is saved under the name of the step: a client, a token, a payload.
    var saved: JSON?
    /// The payload of a step that saves none, from which the value can be made.
    var payload: [UInt8]?
    /// The receipt of a payload that the step does not save.
    var receipt: JSON?
    /// Which part the response lacks, if nothing could be saved.
    var missingReason: String?
    /// The slip of the target file that made nothing be found.
    var mislocated: TargetFileSlip?
    /// The slip of the target file for which the lifetime of the token is unknown.
    var mislocatedLifetime: TargetFileSlip?
    /// The slip of the target file if what was located does not work.
    var doubt: TargetFileSlip?
    /// The statuses that mean success for this action at this target; `nil` is any 2xx.
    var successStatuses: [Int]?
    /// Whether it redirects a stranger to the login page, which refuses the request.
    var isSentToLogin = false
    /// The new set of credentials.
    var made: CreatedClient?
    /// The ids of the listed clients.
    var ids: [String]?
    /// The secrets that the response may show, since disclosing them is its purpose.
    var disclosedSecrets: [String] = []
    /// The received payloads.
    var received: InboxContents?
    /// The bodies of the pages before this one, if it is the last of a list.
    var earlierPages: [[UInt8]] = []
    /// How often the step was tried, and for how many seconds, if it has `until`.
    var tries = 0
    var triedFor = 0.0
    /// Why the list may lack items: it has another page.
    var unread: TargetFileSlip?
  }

  /// What all copies share. `@unchecked Sendable` is sound: details are changed only by its one holder.
  private final class Storage: @unchecked Sendable {
    let exchange: Exchange
    /// The body as JSON, parsed once.
    let json: Result<JSON, JSONError>
    var details: Details

    init(_ exchange: Exchange, _ json: Result<JSON, JSONError>, _ details: Details = Details()) {
      self.exchange = exchange
      self.json = json
      self.details = details
    }
  }

  private var storage: Storage

  subscript<Value>(dynamicMember member: WritableKeyPath<Details, Value>) -> Value {
    get { storage.details[keyPath: member] }
    set {
      if !isKnownUniquelyReferenced(&storage) { storage = Storage(exchange, json, storage.details) }
      storage.details[keyPath: member] = newValue
    }
  }

  init(_ exchange: Exchange) {
    var text = exchange.response.body
    // a reader may ignore it (RFC 8259 section 8.1): one requirement is about it, and the others are judged by the rest
    if text.starts(with: StepResult.byteOrderMark) { text.removeFirst(StepResult.byteOrderMark.count) }
    do throws(JSONError) {
      storage = Storage(exchange, .success(try JSON(parsing: text)))
    } catch {
      storage = Storage(exchange, .failure(error))
    }
  }

  var exchange: Exchange { storage.exchange }
  /// The body as JSON, or why it is none.
  var json: Result<JSON, JSONError> { storage.json }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// In bytes. Larger responses are parsed and evaluated on the default pool: on the thread of the transport they
  /// would delay the requests of all other cases.
  private static let large = 64 << 10

  /// The request body counts as well, since it is searched for secrets.
  var isLarge: Bool {
    exchange.response.body.count > StepResult.large || (exchange.request.body?.count ?? 0) > StepResult.large
  }

  /// The result with its body parsed, on the default pool if the body is large.
  static func reading(_ exchange: Exchange) async -> StepResult {
    guard exchange.response.body.count > large else { return StepResult(exchange) }
    return await withTaskExecutorPreference(globalConcurrentExecutor) {
      // the preference takes effect at the next suspension
      await Task.yield()
      return StepResult(exchange)
    }
  }

  var body: JSON? { try? json.get() }

  /// The bodies of all pages, one after the other.
  var allPages: [UInt8] { self.earlierPages.flatMap { $0 + [UInt8(ascii: "\n")] } + exchange.response.body }

  var statusMeansSuccess: Bool {
    self.successStatuses?.contains(exchange.response.status) ?? (200..<300).contains(exchange.response.status)
  }

  /// The values at a location; empty if there are none.
  ///
  /// - Throws: `UnresolvedReference` if a regular expression or an XPath expression takes too much work on the body.
  func values(at locator: Locator, _ patterns: PatternCache) throws(UnresolvedReference) -> [JSON] {
    let response = exchange.response
    switch locator {
    case .json(let pointer): return body.map { pointer.values(in: $0) } ?? []
    case .xpath(let expression):
      do throws(XMLError) {
        return try XMLDocument(parsing: response.body).text(xpath: expression).map { .string($0) }
      } catch {
        guard error.isUndecided else { return [] }
        throw .xpath(expression, error.message)
      }
    case .regex(let pattern):
      return try patterns.matches(pattern, in: String(decoding: response.body, as: UTF8.self)).map { .string($0) }
    case .header(let name): return response.headers.values(name).map { .string($0) }
    case .cookie(let name):
      let cookies = response.headers.values("Set-Cookie").compactMap { SetCookie($0) }
      return cookies.filter { $0.name == name }.map { .string($0.value) }
    case .sent: return []
    }
  }

  func value(at locator: Locator, _ patterns: PatternCache) throws(UnresolvedReference) -> JSON? {
    try values(at: locator, patterns).first
  }
}

/// A set of credentials that the target has just created.
struct CreatedClient: Sendable {
  var id: String
  /// `nil` if it authenticates by its key alone.
  var secret: String?
  /// The configuration endpoint and token of the client (RFC 7592 section 3).
  var registration: JSON?
  /// The one way in which the client may authenticate, if the target limits it (RFC 7591 section 2).
  var authentication: ClientAuthentication?
}
