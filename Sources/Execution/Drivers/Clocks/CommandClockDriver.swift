// A program moves the clock.

import ConformanceModel
import HTTPModel
import JSONValue
import Processes
import RunEvents

struct CommandClockDriver: ClockDriver {
  let clock: Target.CommandClock
  let session: TargetSession

  func read() async throws(TargetError) -> SimulatedInstant? {
    guard let command = clock.read else { return try await ClockProof(request: nil, session: session).read() }
    let exchange = try await run(command, [:], "read the target's clock")
    let text =
      String(decoding: exchange.response.body, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
    if let instant = TargetSession.instant(.string(text)) { return instant }
    throw TargetError(
      "the target's clock cannot be read: the command printed neither an instant of RFC 3339 nor seconds since 1970",
      kind: .protocol)
  }

  func advance(to instant: SimulatedInstant) async throws(TargetError) {
    let before = try await read()
    let values: [String: JSON] = [
      "instant": .string(instant.description), "epoch": .int(instant.seconds),
      "seconds": before.map { .int((instant - $0).milliseconds / 1000) } ?? .null,
    ]
    _ = try await run(clock.advance, values, "move the target's clock to \(instant)")
    try await confirm(instant, standsStill: clock.standsStill)
  }

  func prove(from start: SimulatedInstant) async throws(TargetError) -> String? {
    try await read() == nil ? ClockProof.nothingToSee : nil
  }

  private func run(_ command: [Template], _ values: [String: JSON], _ purpose: String) async throws(TargetError)
    -> Exchange
  {
    do {
      return try await session.run(command, values, .null, timeLimit: clock.timeLimit, to: purpose)
    } catch let error as TargetError {
      throw error
    } catch {
      throw TargetError("could not \(purpose): \(error)")
    }
  }
}
