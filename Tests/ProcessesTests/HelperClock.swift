// What the tests of simulated clocks need: the machine, and a clock.

import ConformanceModel
import Foundation
import Testing

@testable import Processes

/// The programs and files of this machine that the tests need.
enum Machine {
  static let helper = product("conform-clock")

  /// A file that was built with the tests.
  static func product(_ name: String) -> String? {
    var folders = CommandLine.arguments.map { URL(filePath: $0).deletingLastPathComponent() }
    folders += Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
    return folders.map { $0.appending(path: name).path }.first { FileManager.default.fileExists(atPath: $0) }
  }

  static func has(_ program: String) -> Bool {
    (try? Child.find(program, folder: "/", path: ProcessInfo.processInfo.environment["PATH"] ?? "")) != nil
  }

  /// Whether the machine allows conform-clock to attach; where it does not, conform uses the library.
  static let allows: Bool = {
    guard let helper, let folder = try? TemporaryFolder(),
      let clock = try? ClockFile(folder: folder.path, start: .documented, standsStill: true)
    else { return false }
    return (try? run([helper, "--clock", clock.path, "--check"]))?.status == 0
  }()

  static func run(_ command: [String]) throws -> (status: Int32, output: String, errors: String) {
    let process = Process(), output = Pipe(), errors = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    let printed = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    let isKilled = process.terminationReason == .uncaughtSignal
    return (isKilled ? -process.terminationStatus : process.terminationStatus, text, printed)
  }
}

/// A clock that stands still, and the commands that run programs on it.
struct HelperClock {
  let folder: TemporaryFolder
  let clock: SharedClock
  let start = SimulatedInstant.documented

  init() throws {
    folder = try TemporaryFolder()
    clock = try SharedClock(
      folder: folder.path, start: start, standsStill: true,
      injection: .helper(path: Machine.helper ?? "", attached: nil))
  }

  /// The words before the program, with further options.
  func helper(_ options: [String] = []) -> [String] {
    [Machine.helper ?? "", "--clock", "\(folder.path)/clock"] + options + ["--"]
  }

  /// Compiles a program of Tests/ClockHelper/programs.
  func compile(_ name: String, _ options: [String] = []) throws -> String {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let source = tests.appending(path: "ClockHelper/programs/\(name).c").path
    let program = "\(folder.path)/\(name)"
    let result = try Machine.run(["cc", "-O1", "-pthread", "-o", program, source] + options)
    try #require(result.status == 0, "\(result.errors)")
    return program
  }
}
