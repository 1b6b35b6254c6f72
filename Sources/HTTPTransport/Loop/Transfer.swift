// One `send` under way: the request, its time limit, and the task that waits for it.

import ConformanceModel
import HTTPModel

/// `@unchecked Sendable` is sound: the sender writes before it hands the transfer over under the inbox's lock; after
/// that only the loop thread reads and writes.
final class Transfer: @unchecked Sendable {
  typealias Continuation = UnsafeContinuation<Result<Exchange, TransportError>, Never>

  let request: WireRequest
  /// The remaining time for the exchange, in seconds.
  private(set) var timeout: Double
  private(set) var freshConnection: Bool
  /// It was started again on a new connection.
  private(set) var isRestarted = false
  var continuation: Continuation?
  /// The handle that performs the transfer.
  var handle: EasyHandle?

  init(_ request: WireRequest, timeout: Double, freshConnection: Bool) {
    self.request = request
    self.timeout = timeout
    self.freshConnection = freshConnection
  }

  /// Prepares another start on a new connection, after `elapsed` seconds on one that was not used.
  func restart(after elapsed: Double) {
    isRestarted = true
    freshConnection = true
    timeout = max(timeout - elapsed, 0.001)
  }

  /// Resumes the sender; only the first call does.
  func finish(_ result: Result<Exchange, TransportError>) {
    continuation?.resume(returning: result)
    continuation = nil
  }
}
