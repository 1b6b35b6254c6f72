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
  /// Precedes the request of the target file.
  let login: Login?

  /// What a response shows.
  struct Reading: Sendable {
    /// The target's time; `nil` if the response does not show it.
    var instant: SimulatedInstant?
    /// The request and its status.
    var response: String
    var isSuccess: Bool
  }

  /// Why a clock cannot be verified by a response without a time.
  func missingReason(_ reading: Reading) -> String {
    guard request != nil else {
      return "the target's clock cannot be verified: its responses have no Date header; "
        + "name a request that shows the target's time as 'proof'"
    }
    return "the target's clock cannot be verified: the response does not show the target's time "
      + "(\(reading.response)); correct "
      + (reading.isSuccess ? "'answer: now' of the request" : "the request, such as its credentials")
  }

  /// The target's time, or `nil` if the response does not show it.
  func read() async throws(TargetError) -> SimulatedInstant? { try await look().instant }

  func look() async throws(TargetError) -> Reading {
    func reading(_ exchange: Exchange, _ instant: SimulatedInstant?) -> Reading {
      let status = exchange.response.status
      return Reading(
        instant: instant, response: "\(exchange.request.method) \(exchange.request.url): HTTP \(status)",
        isSuccess: (200..<300).contains(status))
    }
    do {
      guard let request else {
        let exchange = try await sender.send(WireRequest(url: templates.baseURL + "/"))
        return reading(exchange, exchange.response.headers.first("Date").flatMap { SimulatedInstant(httpDate: $0) })
      }
      let requests = try await SessionRequests(login) { try templates.request(request, $0) }
      let result = try await requests.send(requests.first) { StepResult(try await sender.send($0)) }
      return reading(
        result.exchange,
        try request.answer["now"].flatMap { try result.value(at: $0, patterns) }.flatMap(TargetTime.instant))
    } catch let error as TransportError {
      throw TargetError("the target's time could not be read: \(error.message)", kind: Finding.Kind(error.kind))
    } catch let error as LoginError {
      throw TargetError("the target's time could not be read: \(error)", kind: error.kind)
    } catch {
      throw TargetError("the target's time could not be read: \(error)")
    }
  }
}
