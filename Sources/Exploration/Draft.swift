// A sequence in the making.

import ConformanceModel

/// The operations so far, and the world after them.
struct Draft {
  let model: Model
  private(set) var operations: [ModelAction] = []
  private(set) var world: World
  /// The tokens that were requested in an unusual way.
  var unusual: [String] = []
  private var clients = 0
  private var tokens = 0
  private var payloads = 0

  init(_ model: Model) {
    self.model = model
    world = World(model.facts)
  }

  mutating func newClient() -> String {
    clients += 1
    return "client-\(clients)"
  }

  mutating func newToken() -> String {
    tokens += 1
    return "token-\(tokens)"
  }

  mutating func newPayload() -> String {
    payloads += 1
    return "payload-\(payloads)"
  }

  /// Distinguishes the latest payload from the others of the sequence.
  var payloadSize: Int { 2000 + payloads }

  /// Whether an operation would have to succeed now.
  func succeeds(_ operation: ModelAction) -> Bool { model.rule(operation, in: world)?.outcome == .success }

  /// Whether an operation makes no sense now, or would have to be refused.
  func isRefused(_ operation: ModelAction) -> Bool {
    model.rule(operation, in: world).map { $0.outcome == .refusal } ?? true
  }

  /// Adds an operation if it makes sense.
  ///
  /// - Returns: Whether it does.
  @discardableResult
  mutating func add(_ operation: ModelAction) -> Bool {
    guard let ruling = model.rule(operation, in: world) else { return false }
    operations.append(operation)
    model.apply(operation, ruling, to: &world)
    return true
  }

  /// Adds a post with a payload of its own.
  mutating func addPost(_ call: PostCall) {
    var call = call
    call.name = newPayload()
    call.size = payloadSize
    add(.post(call))
  }
}

extension Pause {
  /// In seconds.
  static let lengths: [Int64] = [1, 60, 3600, 43_200, 86_400, 259_200, 34_560_000, 345_600_000]
  /// Relative to the end of a token.
  static let offsets: [Int64] = [-1, -1, 0, 0, 1, 1, -59, 59, -3600, 3600, 86_400]

  /// Instants shortly before changes of calendars and clocks.
  static let dates: [SimulatedInstant] = [
    "2022-10-29T12:00:00Z", "2022-12-31T12:00:00Z", "2023-03-25T12:00:00Z", "2023-03-31T23:59:59Z",
    "2024-02-28T12:00:00Z", "2038-01-18T12:00:00Z", "2038-01-19T03:14:08Z", "2100-02-28T12:00:00Z",
  ].compactMap { SimulatedInstant(rfc3339: $0) }
}
