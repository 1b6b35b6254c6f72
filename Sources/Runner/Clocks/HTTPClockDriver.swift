// A clock that is read and moved by requests to the target.

import Conformance
import HTTPTransport

struct HTTPClockDriver: ClockDriver {
  let clock: Target.HTTPClock
  let session: TargetSession

  func read() async throws(TargetError) -> Instant? {
    guard let template = clock.read else { return nil }
    let body = try await send(template, [:], to: "read the target's clock")
    guard let pointer = template.answer["now"], let value = pointer.value(in: body) else {
      throw TargetError("the target's clock cannot be read: its answer has no \(template.answer["now"]?.description ?? "now")", kind: .protocol)
    }
    if case .string(let text) = value, let instant = Instant(rfc3339: text) { return instant }
    if let seconds = value.int ?? value.string.flatMap({ Int($0) }) { return Instant(seconds: Int64(seconds)) }
    throw TargetError("the target's clock cannot be read: it answered neither an instant of RFC 3339 nor seconds since 1970", kind: .protocol)
  }

  func advance(to instant: Instant) async throws(TargetError) {
    let before = try await read()
    let seconds = before.map { (instant - $0).milliseconds / 1000 }
    let values: [String: JSON] = [
      "instant": .string(instant.description), "epoch": .int(instant.seconds), "seconds": seconds.map { .int($0) } ?? .null,
    ]
    _ = try await send(clock.advance, values, to: "move the target's clock to \(instant)")
    // a clock that does not move would make every expiry case pass or fail wrongly
    guard let after = try await read() else { return }
    guard after.seconds >= instant.seconds else {
      throw TargetError("the target's clock did not move: it was told \(instant) and shows \(after)", kind: .protocol)
    }
    if clock.standsStill, after.seconds > instant.seconds {
      throw TargetError("the target's clock does not stand still: it was told \(instant) and shows \(after); say 'stands-still: false'", kind: .protocol)
    }
  }

  private func send(_ template: Target.RequestTemplate, _ values: [String: JSON], to purpose: String) async throws(TargetError) -> JSON {
    let exchange: Exchange
    do {
      let request = try session.request(template, values)
      exchange = try await session.client.send(request)
    } catch let error as TransportError {
      throw TargetError("could not \(purpose): \(error.message)", kind: Problem.Kind(error.kind))
    } catch {
      throw TargetError("could not \(purpose): \(error)")
    }
    let status = exchange.response.status
    guard template.statuses?.contains(status) ?? (200..<300).contains(status) else {
      throw TargetError("could not \(purpose): \(exchange.request.method) \(exchange.request.url) answered \(status)", kind: .protocol)
    }
    return (try? JSON(parsing: exchange.response.body)) ?? .null
  }
}

extension Problem.Kind {
  init(_ kind: TransportError.Kind) {
    switch kind {
    case .connection, .tls, .cancelled: self = .connection
    case .timeout: self = .timeout
    case .protocol: self = .protocol
    case .request: self = .internal
    }
  }
}
