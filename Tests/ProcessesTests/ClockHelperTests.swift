import ConformanceModel
import Foundation
import Testing

@testable import Processes

@Suite(
  "The clock of a program that conform-clock starts",
  .enabled(if: Machine.allows && Machine.has("cc"), "conform-clock works here, and a C compiler is in PATH"))
struct ClockHelperTests {
  private let on: HelperClock

  init() throws { on = try HelperClock() }

  @Test(
    "sees the simulated time by every function and every system call, in both modes, also in a program that it starts",
    arguments: [[], ["-static"], ["-static-pie"]], ["notify", "stay"])
  func times(options: [String], mode: String) throws {
    let program = try Conversation(on.helper(["--mode", mode]) + [try on.compile("reads", options)])
    let before = [String](repeating: "\(on.start.seconds)", count: 8).joined(separator: " ")
    #expect(try program.ask() == before)
    try on.clock.advance(to: on.start + SimulatedDuration(milliseconds: 86_400_000))
    let after = [String](repeating: "\(on.start.seconds + 86_400)", count: 8).joined(separator: " ")
    #expect(try program.ask() == after)
    #expect(try program.ask("fork") == after)
  }

  @Test(
    "waits until an instant for the right time, while signals arrive and programs start",
    arguments: ["notify", "stay"])
  func waits(mode: String) throws {
    let result = try Machine.run(on.helper(["--mode", mode]) + [try on.compile("reads"), "waits"])
    #expect(result.output == "0\n", "\(result)")
  }

  @Test("sees each time whole and in order while its clock is moved", arguments: ["notify", "stay"])
  func moves(mode: String) throws {
    let program = try Conversation(on.helper(["--mode", mode]) + [try on.compile("observers")])
    for day in 1...2000 as ClosedRange<Int64> {
      let next = on.start + SimulatedDuration(milliseconds: day * 86_400_000)
      try on.clock.advance(to: next)
      #expect(try program.ask() == "\(next.seconds)")
    }
    #expect(try program.ask("end") == "0 wrong, moved")
  }

  @Test("sees the simulated time also by the clock of alarms, if the machine has that", arguments: ["notify", "stay"])
  func alarms(mode: String) throws {
    let program = try on.compile("reads")
    let isThere = try Machine.run([program, "alarms"]).output != "none none \n"
    let shown = isThere ? "\(on.start.seconds)" : "none"
    #expect(try Machine.run(on.helper(["--mode", mode]) + [program, "alarms"]).output == "\(shown) \(shown) \n")
  }

  @Test("gets the time of a clock that runs", arguments: ["notify", "stay"])
  func flows(mode: String) throws {
    let file = try ClockFile(folder: on.folder.path, start: on.start, standsStill: false)
    let result = try Machine.run(on.helper(["--mode", mode]) + ["date", "+%s"])
    let shown = try #require(Int64(result.output.dropLast()))
    #expect((0...60).contains(shown - on.start.seconds), "\(result)")
    #expect(file.now.seconds - shown < 60)
  }
}
