// Runs that are repeated when a file changes, through the whole program.

import Foundation
import Testing

@Suite("conform run --watch")
struct WatchTests {
  /// Waits until the text occurs so often in what the program writes.
  static func wait(
    for text: String, count: Int = 1, in handle: FileHandle, of process: Process
  ) throws {
    let deadline = Date(timeIntervalSinceNow: 60)
    while try Workspace.text(handle).components(separatedBy: text).count - 1 < count {
      guard process.isRunning, Date() < deadline else {
        Issue.record("'\(text)' does not come: \(try Workspace.text(handle))")
        return
      }
      poll(nil, 0, 20)
    }
  }

  @Test("runs again after each change, waits after a mistake, and ends with 130 by a signal")
  func changes() throws {
    let workspace = try Workspace(scenarios: ["case": FailFastTests.scenario("issued")])
    let (process, output, errors) = try workspace.start(["run", "--watch"])
    defer { process.terminate() }
    try WatchTests.wait(for: "CONFORMS: 1 of 1 cases run", in: output, of: process)
    try WatchTests.wait(for: "Ctrl-C ends\n", in: errors, of: process)
    try workspace.write(FailFastTests.scenario("{ status: 418 }"), to: "Scenarios/area/case.yaml")
    try WatchTests.wait(for: "FAILED: 1 of 1 cases do not conform", in: output, of: process)
    try WatchTests.wait(for: "Ctrl-C ends\n", count: 2, in: errors, of: process)
    try workspace.write("titel: x", to: "Scenarios/area/added.yaml")
    try WatchTests.wait(for: "unknown key 'titel'", in: errors, of: process)
    try WatchTests.wait(for: "Ctrl-C ends\n", count: 3, in: errors, of: process)
    try FileManager.default.removeItem(at: workspace.folder.appending(path: "Scenarios/area/added.yaml"))
    try workspace.write(FailFastTests.scenario("issued"), to: "Scenarios/area/case.yaml")
    try WatchTests.wait(for: "CONFORMS: 1 of 1 cases run", count: 2, in: output, of: process)
    try WatchTests.wait(for: "Ctrl-C ends\n", count: 4, in: errors, of: process)
    let target = try workspace.read("Scenarios/targets/reference.yaml")
    try workspace.write(target + "\n# changed\n", to: "Scenarios/targets/reference.yaml")
    try WatchTests.wait(for: "CONFORMS: 1 of 1 cases run", count: 3, in: output, of: process)
    try WatchTests.wait(for: "Ctrl-C ends\n", count: 5, in: errors, of: process)
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    let changed = try Workspace.text(errors).split(separator: "\n").filter { $0.hasSuffix("has changed") }
    #expect(changed.count == 4 && changed.first == "Scenarios/area/case.yaml has changed", "\(changed)")
    #expect(changed.last == "Scenarios/targets/reference.yaml has changed", "\(changed)")
  }
}
