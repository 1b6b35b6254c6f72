// A clock that a program advances.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents

struct CommandClockDriver: ClockDriver {
  let clock: Target.CommandClock
  let programs: ProgramRunner
  /// Reads the clock if no program does.
  let reader: ClockReader

  func read() async throws(TargetError) -> SimulatedInstant? {
    guard let command = clock.read else { return try await reader.read() }
    let exchange = try await run(command, [:], "read the target's clock")
    let text = String(decoding: exchange.response.body, as: UTF8.self).split(separator: "\n").first.map(String.init)
    if let instant = TargetTime.instant(.string(text ?? "")) { return instant }
    throw TargetError(
      "the target's clock cannot be read: the command printed neither an instant of RFC 3339 nor seconds since 1970",
      kind: .protocol)
  }

  func advance(to instant: SimulatedInstant) async throws(TargetError) -> ClockReadings {
    let before = try await read()
    _ = try await run(clock.advance, instant.values(after: before), "advance the target's clock to \(instant)")
    return ClockReadings(before: before, after: try await ClockConfirmation.confirm(instant, read: read))
  }

  func prove(from start: SimulatedInstant) async throws(TargetError) -> String? {
    if clock.read != nil {
      // throws if the program prints no time
      _ = try await read()
      return nil
    }
    let reading = try await reader.look()
    return reading.instant == nil ? reader.missingReason(reading) : nil
  }

  private func run(
    _ command: [Template], _ values: [String: JSON], _ purpose: String
  ) async throws(TargetError) -> Exchange {
    do {
      return try await programs.run(command, values, .null, clock.program, to: purpose)
    } catch let error as TargetError {
      throw error
    } catch {
      throw TargetError("could not \(purpose): \(error)")
    }
  }
}

extension SimulatedInstant {
  /// The values of the templates that advance a clock: the instant in two forms, and the seconds to it.
  func values(after before: SimulatedInstant?) -> [String: JSON] {
    [
      "instant": .string(description), "epoch": .int(seconds),
      "seconds": before.map { .int((self - $0).milliseconds / 1000) } ?? .null,
    ]
  }
}
