// A clock that is read and moved by requests to the target.

import ConformanceModel
import HTTPModel
import HTTPTransport
import JSONValue
import RunEvents

struct HTTPClockDriver: ClockDriver {
  let clock: Target.HTTPClock
  let session: TargetSession

  func read() async throws(TargetError) -> SimulatedInstant? {
    guard let template = clock.read else { return try await ClockProof(request: nil, session: session).read() }
    let answer = try await send(template, [:], to: "read the target's clock")
    let shown: JSON?
    do throws(UnresolvedReference) {
      shown = try template.answer["now"].flatMap { locator throws(UnresolvedReference) in
        try answer.value(at: locator, session.patterns)
      }
    } catch {
      throw TargetError("the target's clock cannot be read: \(error)")
    }
    guard let value = shown else {
      throw TargetError(
        "the target's clock cannot be read: its answer has no \(template.answer["now"]?.description ?? "now")",
        kind: .protocol)
    }
    if let instant = TargetSession.instant(value) { return instant }
    throw TargetError(
      "the target's clock cannot be read: it answered neither an instant of RFC 3339 nor seconds since 1970",
      kind: .protocol)
  }

  func advance(to instant: SimulatedInstant) async throws(TargetError) {
    let before = try await read()
    let seconds = before.map { (instant - $0).milliseconds / 1000 }
    let values: [String: JSON] = [
      "instant": .string(instant.description), "epoch": .int(instant.seconds),
      "seconds": seconds.map { .int($0) } ?? .null,
    ]
    _ = try await send(clock.advance, values, to: "move the target's clock to \(instant)")
    try await confirm(instant, standsStill: clock.standsStill)
  }

  func prove(from start: SimulatedInstant) async throws(TargetError) -> String? {
    if clock.read != nil { return nil }
    return try await read() == nil ? ClockProof.nothingToSee : nil
  }

  private func send(_ template: Target.RequestTemplate, _ values: [String: JSON], to purpose: String)
    async throws(TargetError) -> StepResult
  {
    let exchange: Exchange
    do {
      let request = try session.request(template, values)
      exchange = try await session.client.send(request)
    } catch let error as TransportError {
      throw TargetError("could not \(purpose): \(error.message)", kind: Finding.Kind(error.kind))
    } catch {
      throw TargetError("could not \(purpose): \(error)")
    }
    let status = exchange.response.status
    guard template.statuses?.contains(status) ?? (200..<300).contains(status) else {
      throw TargetError(
        "could not \(purpose): \(exchange.request.method) \(exchange.request.url) answered \(status)", kind: .protocol)
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
