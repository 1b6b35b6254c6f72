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
  /// Precedes the requests of the target file.
  let login: Login?
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

  private func send(
    _ template: Target.RequestTemplate, _ values: [String: JSON], to purpose: String
  ) async throws(TargetError) -> StepResult {
    let result: StepResult
    do {
      let requests = try await SessionRequests(login) { [templates] own in
        try templates.request(template, values.merging(own) { $1 })
      }
      result = try await requests.send(requests.first) { StepResult(try await sender.send($0)) }
    } catch let error as TransportError {
      throw TargetError("could not \(purpose): \(error.message)", kind: Finding.Kind(error.kind))
    } catch let error as LoginError {
      throw TargetError("could not \(purpose): \(error)", kind: error.kind)
    } catch {
      throw TargetError("could not \(purpose): \(error)")
    }
    let exchange = result.exchange
    let status = exchange.response.status
    guard template.statuses?.contains(status) ?? (200..<300).contains(status) else {
      let key = template == clock.advance ? "advance" : "read"
      throw TargetError(
        "could not \(purpose): \(exchange.request.method) \(exchange.request.url): HTTP \(status)"
          + "\(RedirectText.of(exchange.response)); correct 'clock.\(key)' in the target file",
        kind: .protocol)
    }
    return result
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
