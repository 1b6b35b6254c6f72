import ConformanceModel
import Foundation
import Testing

@testable import Processes

@Suite("What conform-clock reports")
struct ClockReportsTests {
  @Test("the first program on the machine's time and the first Go program are known; other lines are not")
  func lines() {
    let reports = ClockReports()
    reports.read(Array("/a stays on the machine's time: no\nx conform-clock: /b is a Go program\n".utf8))
    #expect(reports.unsimulated == nil && reports.goProgram == nil)
    reports.read(Array("hello\nconform-clock: /srv/a b is a Go program\n".utf8))
    reports.read(
      Array(
        "conform-clock: /c stays on the machine's time: a 32-bit program\nconform-clock: /d is a Go program\n".utf8))
    reports.read(Array("conform-clock: /e stays on the machine's time: its stack cannot be read\n".utf8))
    #expect(reports.unsimulated == "clock not simulated for /c: a 32-bit program")
    #expect(reports.goProgram == "/srv/a b")
  }
}

@Suite("The way in which a launched program gets its clock", .enabled(if: Machine.allows, "conform-clock works here"))
struct ClockInjectionTests {
  private let on: HelperClock

  init() throws { on = try HelperClock() }

  @Test("a helper that cannot be used is replaced by the library, with the reason")
  func fallsBack() async throws {
    func choose(_ script: String) async throws -> ClockInjection {
      let program = try on.folder.write("#!/bin/sh\n\(script)\n".utf8, to: "helper", executable: true)
      return try await ClockInjection.choose(
        file: "\(on.folder.path)/clock", helper: .success(program), library: .success("/library"))
    }
    let found = try await choose("echo 'conform-clock: not here' >&2; exit 125")
    #expect(found == .library(path: "/library", reason: "not here"))
    #expect(found.note?.hasSuffix("since conform-clock cannot be used: not here") == true)
    let stays = try await choose("echo 'conform-clock: stays attached to the program: old' >&2; echo stay")
    #expect(stays == .helper(path: "\(on.folder.path)/helper", attached: "old"))
    let helper = try await ClockInjection.choose(
      file: "\(on.folder.path)/clock", helper: .success(Machine.helper ?? ""), library: .success("/library"))
    #expect(helper == .helper(path: Machine.helper ?? "", attached: nil))
    #expect(helper.note == nil)
  }
}
