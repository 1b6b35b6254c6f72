// A clock that is read and advanced by requests to the target.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents

struct HTTPClockDriver: ClockDriver {
  let clock: Target.HTTPClock
  let templates: TemplateResolver
  let patterns: PatternCache
  let sender: RequestSender
  /// Reads the clock if the target file names no request for that.
  let reader: ClockReader

  func read() async throws(TargetError) -> SimulatedInstant? {
    guard let template = clock.read else { return try await reader.read() }
    let result = try await send(template, [:], to: "read the target's clock")
    let shown: JSON?
    do throws(UnresolvedReference) {
      shown = try template.answer["now"].flatMap { locator throws(UnresolvedReference) in
        try result.value(at: locator, patterns)
      }
    } catch {
      throw TargetError("the target's clock cannot be read: \(error)")
    }
    guard let value = shown else {
      throw TargetError(
        "the target's clock cannot be read: the response has no \(template.answer["now"]?.description ?? "now")",
        kind: .protocol)
    }
    if let instant = TargetTime.instant(value) { return instant }
    throw TargetError(
      "the target's clock cannot be read: the response has neither an instant of RFC 3339 nor seconds since 1970",
      kind: .protocol)
  }

  func advance(to instant: SimulatedInstant) async throws(TargetError) -> ClockReadings {
    let before = try await read()
    _ = try await send(clock.advance, instant.values(after: before), to: "advance the target's clock to \(instant)")
    do throws(TargetError) {
      return ClockReadings(before: before, after: try await ClockConfirmation.confirm(instant, read: read))
    } catch {
      let keys = clock.read == nil ? "'clock.advance'" : "'clock.advance' or 'clock.read'"
      let hint = error.kind == .protocol ? "; if the service has this time, correct \(keys) in the target file" : ""
      throw TargetError(error.message + hint, kind: error.kind)
    }
  }

  func prove(from start: SimulatedInstant) async throws(TargetError) -> String? {
    if clock.read != nil { return nil }
    let reading = try await reader.look()
    return reading.instant == nil ? reader.missingReason(reading) : nil
  }

  /// ` to /login; redirects are not followed`, after the status of a redirect; else empty.
  private static func redirect(_ response: WireResponse) -> String {
    guard [301, 302, 303, 307, 308].contains(response.status) else { return "" }
    let location = response.headers.first("Location").map { " to \(SafeText.oneLine($0, longest: 200))" }
    return "\(location ?? " without a Location"); redirects are not followed"
  }

  private func send(
    _ template: Target.RequestTemplate, _ values: [String: JSON], to purpose: String
  ) async throws(TargetError) -> StepResult {
    let exchange: Exchange
    do {
      exchange = try await sender.send(try templates.request(template, values))
    } catch let error as TransportError {
      throw TargetError("could not \(purpose): \(error.message)", kind: Finding.Kind(error.kind))
    } catch {
      throw TargetError("could not \(purpose): \(error)")
    }
    let status = exchange.response.status
    guard template.statuses?.contains(status) ?? (200..<300).contains(status) else {
      let key = template == clock.advance ? "advance" : "read"
      throw TargetError(
        "could not \(purpose): \(exchange.request.method) \(exchange.request.url): HTTP \(status)"
          + "\(HTTPClockDriver.redirect(exchange.response)); correct 'clock.\(key)' in the target file",
        kind: .protocol)
    }
    return StepResult(exchange)
  }
}

extension Finding.Kind {
  init(_ kind: TransportError.Kind) {
    switch kind {
    case .connection, .tls, .cancelled: self = .connection
    case .timeout: self = .timeout
    case .protocol: self = .protocol
    case .request: self = .internal
    }
  }
}
