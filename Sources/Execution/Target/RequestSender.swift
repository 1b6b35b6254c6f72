// Requests of conform itself: to clocks, to launched programs, and to find out whether a target responds.

import HTTPModel

/// Sends requests that belong to no case.
struct RequestSender: Sendable {
  let transport: any Transport

  /// - Parameter timeout: Seconds; `nil` is the limit of the transport.
  func send(_ request: WireRequest, timeout: Double? = nil) async throws(TransportError) -> Exchange {
    try await transport.send(request, SendOptions(timeout: timeout))
  }
}
