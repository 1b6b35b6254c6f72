// What came of an operation.

import ConformanceModel
import HTTPModel
import JSONValue
import XML

/// The exchange of an operation, and what the target's bindings found in it.
struct StepResult: Sendable {
  let exchange: Exchange
  /// The body, read once for all who look into it.
  let json: Result<JSON, JSONError>
  /// What is saved under the step's name: a client, a token, a payload.
  var saved: JSON?
  /// Why nothing could be saved, where the answer lacks something.
  var missingReason: String?
  /// The statuses that mean success for this operation at this target.
  var successStatuses: [Int]?
  /// The set of credentials that was made.
  var made: CreatedClient?
  /// Ids of the listed clients.
  var ids: [String]?
  /// Secrets and tokens that it is there to hand out.
  var disclosedSecrets: [String] = []
  /// Bodies of received payloads.
  var received: [String]?

  init(_ exchange: Exchange) {
    self.exchange = exchange
    do throws(JSONError) { json = .success(try JSON(parsing: exchange.response.body)) } catch { json = .failure(error) }
  }

  /// A larger answer is read and judged elsewhere than on the thread that sends and receives for all cases: while it is at that,
  /// the time limits of their requests go on.
  private static let large = 64 << 10

  /// What was sent counts as well, since it is searched for secrets.
  var isLarge: Bool {
    exchange.response.body.count > StepResult.large || (exchange.request.body?.count ?? 0) > StepResult.large
  }

  /// The answer, read where that disturbs nobody.
  static func reading(_ exchange: Exchange) async -> StepResult {
    guard exchange.response.body.count > large else { return StepResult(exchange) }
    return await withTaskExecutorPreference(globalConcurrentExecutor) {
      // the preference holds from the next suspension on
      await Task.yield()
      return StepResult(exchange)
    }
  }

  var body: JSON? { try? json.get() }

  var statusMeansSuccess: Bool {
    successStatuses?.contains(exchange.response.status) ?? (200..<300).contains(exchange.response.status)
  }

  /// What stands at a place; nothing where the place does not exist.
  ///
  /// - Throws: where a regular expression takes too much work on the body.
  func values(at locator: Locator, _ patterns: PatternCache) throws(UnresolvedReference) -> [JSON] {
    let response = exchange.response
    switch locator {
    case .json(let pointer): return body.map { pointer.values(in: $0) } ?? []
    case .xpath(let expression):
      return ((try? XMLDocument(parsing: response.body).text(xpath: expression)) ?? []).map { .string($0) }
    case .regex(let pattern):
      return try patterns.matches(pattern, in: String(decoding: response.body, as: UTF8.self)).map { .string($0) }
    case .header(let name): return response.headers.values(name).map { .string($0) }
    case .sent: return []
    }
  }

  func value(at locator: Locator, _ patterns: PatternCache) throws(UnresolvedReference) -> JSON? {
    try values(at: locator, patterns).first
  }
}

/// A set of credentials that a target has just made.
struct CreatedClient: Sendable {
  var id: String
  var secret: String
  /// What its management needs later: its configuration endpoint and token (RFC 7592).
  var registration: JSON?
}
