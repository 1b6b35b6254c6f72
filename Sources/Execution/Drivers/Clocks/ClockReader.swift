// Reads the target's time from a response.

import ConformanceModel
import HTTPModel
import RunEvents

/// Reads the target's time from the response to a request of the target file, or else from the Date header of the
/// response at the base URL (RFC 9110 section 6.6.1).
struct ClockReader: Sendable {
  let request: Target.RequestTemplate?
  let templates: TemplateResolver
  let patterns: PatternCache
  let sender: RequestSender

  static let noDate =
    "the target's clock cannot be verified: its responses have no Date header; "
    + "name a request that shows the target's time as 'proof'"

  /// The target's time, or `nil` if the response does not show it.
  func read() async throws(TargetError) -> SimulatedInstant? {
    do {
      guard let request else {
        let exchange = try await sender.send(WireRequest(url: templates.baseURL + "/"))
        return exchange.response.headers.first("Date").flatMap { SimulatedInstant(httpDate: $0) }
      }
      let result = StepResult(try await sender.send(try templates.request(request)))
      return try request.answer["now"].flatMap { try result.value(at: $0, patterns) }.flatMap(TargetTime.instant)
    } catch let error as TransportError {
      throw TargetError("the target's time could not be read: \(error.message)", kind: Finding.Kind(error.kind))
    } catch {
      throw TargetError("the target's time could not be read: \(error)")
    }
  }
}
