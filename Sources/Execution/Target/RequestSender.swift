// Requests of conform itself: to clocks, to launched programs, and to find out whether a target responds.

import HTTPModel

/// Sends requests that belong to no case.
struct RequestSender: Sendable {
  let transport: any Transport

  /// Sends a request, again on a new connection if a kept one closed without a response to an idempotent request
  /// (RFC 9110 section 9.2.2), or if the server states that it did not process it.
  ///
  /// - Parameter timeout: Seconds; `nil` is the limit of the transport.
  func send(_ request: WireRequest, timeout: Double? = nil) async throws(TransportError) -> Exchange {
    do throws(TransportError) {
      return try await transport.send(request, SendOptions(timeout: timeout))
    } catch {
      let isLost = error.isWithoutResponse && error.connection?.isReused == true
      guard error.isUnprocessed || isLost && request.isIdempotent else { throw error }
      return try await transport.send(request, SendOptions(timeout: timeout, freshConnection: true, attempt: 2))
    }
  }
}

extension WireRequest {
  /// Whether it may be sent again without knowing what became of it (RFC 9110 section 9.2.2).
  var isIdempotent: Bool { ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"].contains(method) }
}
