// Shows from outside what time it is at a target.

import ConformanceModel
import HTTPModel
import HTTPTransport
import RunEvents

/// Reads the target's time from an answer: what the target file names, or else the Date header (RFC 9110 section 6.6.1).
struct ClockProof: Sendable {
  let request: Target.RequestTemplate?
  let session: TargetSession

  static let nothingToSee =
    "the target's clock could not be shown to move: its answers have no Date header; name a request that shows the target's time as 'proof'"

  /// The target's time, or `nil` where the answer does not show it.
  func read() async throws(TargetError) -> SimulatedInstant? {
    do {
      guard let request else {
        let exchange = try await session.client.send(WireRequest(url: session.baseURL + "/"))
        return exchange.response.headers.first("Date").flatMap { SimulatedInstant(httpDate: $0) }
      }
      let answer = StepResult(try await session.client.send(try session.request(request, [:])))
      return try request.answer["now"].flatMap { try answer.value(at: $0, session.patterns) }.flatMap(
        TargetSession.instant)
    } catch let error as TransportError {
      throw TargetError("the target's time could not be read: \(error.message)", kind: Finding.Kind(error.kind))
    } catch {
      throw TargetError("the target's time could not be read: \(error)")
    }
  }
}
