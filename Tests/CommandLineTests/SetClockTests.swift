// The machine's clock is set during a run: durations and verdicts know nothing of it.

import ConformanceModel
import Foundation
import JSONValue
import RunEvents
import TestSupport
import Testing

@Suite("A machine whose clock is set during the run")
struct SetClockTests {
  /// A wall clock for the program: the cells of ClockShim, of which the second is the offset in nanoseconds.
  private final class Clock: Sendable {
    let path: String

    init(_ workspace: Workspace) throws {
      path = workspace.folder.appending(path: "clock").path
      try set(hours: 0)
    }

    /// Moves the clock away from the machine's own.
    func set(hours: Int64) throws {
      let cells: [Int64] = [0x316D_726F_666E_6F63, hours * 3600 * 1_000_000_000, 0]
      // in its place: the program has it mapped
      let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
      defer { close(file) }
      try #require(cells.withUnsafeBytes { write(file, $0.baseAddress, $0.count) } == 24)
    }

    var environment: [String: String] {
      [
        "CONFORM_CLOCK_FILE": path,
        "LD_PRELOAD":
          Workspace.program.deletingLastPathComponent().appending(path: "libconform-clock-preload.so").path,
      ]
    }
  }

  private static let day: Int64 = 24

  /// A run against a service that sets the clock with each request for a token: forwards, backwards, and far beyond the start.
  private func runCases(_ service: SmallService, _ workspace: Workspace, _ arguments: [String]) throws -> Outcome {
    let clock = try Clock(workspace)
    let days: [Int64] = [1, -1, 400, -400, 30, -30]
    service.state.withLock {
      $0.hook = { request in
        guard request.head.hasPrefix("POST /token") else { return }
        let count = service.state.withLock { $0.count }
        // in the end it is far ahead
        do { try clock.set(hours: (count < 60 ? days[count % days.count] : 400) * SetClockTests.day) } catch {
          Issue.record(error)
        }
      }
    }
    let (process, output, errors) = try workspace.start(arguments, environment: clock.environment, within: 60)
    process.waitUntilExit()
    return try Outcome(
      status: process.terminationStatus, output: Workspace.text(output), errors: Workspace.text(errors))
  }

  @Test("has the right verdicts, and no duration that is negative or beyond the run's")
  func durations() throws {
    let service = try SmallService()
    let workspace = try Workspace(
      scenarios: ["asks": InterruptTests.scenario], target: service.target(SmallService.managed))
    let began = ContinuousClock.now
    let outcome = try runCases(
      service, workspace,
      ["run", "--jobs", "1", "--report", "junit", "--report", "ctrf", "--report", "html", "--history", "history"])
    let most = (ContinuousClock.now - began) / .seconds(1)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")

    let lines = try workspace.read("Reports/run.jsonl").split(separator: "\n").map { try JSON(parsing: String($0)) }
    let walls = lines.compactMap { $0["wall"]?.int }
    #expect(Set(walls.map { $0 / 86_400_000 }).count > 3, "the clock was not set at all: \(walls)")
    let seconds = lines.compactMap { $0["seconds"]?.double }
    #expect(seconds.count == 41 && seconds.allSatisfy { (0...most).contains($0) }, "\(seconds)")

    for time in try workspace.read("Reports/junit.xml").matches(of: /\btime="([^"]*)"/) {
      #expect((0...most).contains(try #require(Double(time.1))))
    }
    let results = try JSON(parsing: workspace.read("Reports/ctrf.json"))["results"]
    let spans = [results?["summary"]].compactMap(\.self) + (results?["tests"]?.array ?? [])
    #expect(spans.count == 41)
    for span in spans {
      let length = try #require(span["stop"]?.int) - #require(span["start"]?.int)
      #expect((0...Int(most * 1000)).contains(length), "\(length) ms")
    }
  }

  @Test("waits for the right duration on a clock that does not move, neither less nor for ever")
  func waits() throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try Workspace(
      scenarios: [
        "expires": WallClockTests.expiry.replacing(
          "expect: { outcome: accepted, should: { status: 200 } }", with: "expect: accepted")
      ],
      target: service.target(WallClockTests.parts))
    let outcome = try runCases(service, workspace, ["run"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("1 case: 1 passed"))
  }
}
