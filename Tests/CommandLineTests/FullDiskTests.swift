// A disk that is full in the middle: of the log, of each report, of the standard output.

import ConformanceModel
import Foundation
import Reporting
import Testing

@Suite("A full disk", .enabled(if: Workspace.has("prlimit"), "prlimit is in PATH"))
struct FullDiskTests {
  private static let scenario = RunTests.passing + "\ncases: { n: { from: 1, to: 40 } }"

  /// No file may grow beyond this, as on a disk that is full. The caller of the tests may ignore the signal that comes with it.
  private static func full(at bytes: Int) -> [String] { ["--default-signal=XFSZ", "prlimit", "--fsize=\(bytes)"] }

  private static func size(_ path: String, in workspace: Workspace) throws -> Int {
    try #require(
      try FileManager.default.attributesOfItem(atPath: workspace.folder.appending(path: path).path)[.size] as? Int)
  }

  /// Every whole line of the log, and every report made of it.
  private static func expectRenderable(_ workspace: Workspace) throws {
    let all = ReportFormat.allCases.flatMap { ["--report", $0.rawValue] }
    let (process, _, errors) = try workspace.start(["render", "--reports", "made"] + all, within: 60)
    process.waitUntilExit()
    let text = try Workspace.text(errors)
    #expect(process.terminationStatus == 0, "\(text)")
    #expect(try workspace.read("made/junit.xml").contains(#"<testsuites name="conform" tests="40""#))
  }

  @Test(
    "in the middle of the log ends the run with status 3, says so, and asks nothing more of the target; the log renders"
  )
  func log() throws {
    let service = try SmallService()
    let workspace = try Workspace(
      scenarios: ["asks": InterruptTests.scenario], target: service.target(SmallService.managed))
    #expect(try workspace.conform("run").status == 0)
    let whole = service.requests.count
    let outcome = try workspace.conform(
      under: FullDiskTests.full(at: try FullDiskTests.size("Reports/run.jsonl", in: workspace) / 2), "run", "--jobs",
      "1", "--report", "summary")
    #expect(outcome.status == 3)
    #expect(
      outcome.errors.contains("Reports/run.jsonl: the run log cannot be written: File too large"),
      "\(outcome.errors)")
    #expect(service.requests.count - whole < whole, "the whole plan was run anyway")
    #expect(try workspace.read("Reports/summary.md").contains("## ERRORED: "))
    #expect(outcome.output.contains("ERRORED: "))
    try FullDiskTests.expectRenderable(workspace)
  }

  @Test("in the middle of a report leaves the former one and nothing else; the others are written, and the status is 3")
  func report() throws {
    let workspace = try Workspace(scenarios: ["many": FullDiskTests.scenario])
    #expect(try workspace.conform("run").status == 0)
    let outcome = try workspace.conform(
      under: FullDiskTests.full(at: 4000), "render", "--reports", "made", "--report", "html", "--report", "summary")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("made/report.html: cannot be written: File too large"), "\(outcome.errors)")
    #expect(try workspace.names(in: "made") == ["summary.md"])
  }

  @Test(
    "in the middle of any report is reported with its path",
    arguments: ReportFormat.allCases.filter { $0.fileName != "-" })
  func each(format: ReportFormat) throws {
    let workspace = try Workspace(scenarios: [
      "many": FullDiskTests.scenario.replacing("status: 401", with: "status: 403")
    ])
    #expect(try workspace.conform("run").status == 1)
    try workspace.write("the former one", to: "made/\(format.fileName)")
    let outcome = try workspace.conform(
      under: FullDiskTests.full(at: 500), "render", "--reports", "made", "--report", format.rawValue)
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("made/\(format.fileName): cannot be written: File too large"), "\(outcome.errors)")
    #expect(try workspace.names(in: "made") == [format.fileName])
    #expect(try workspace.read("made/\(format.fileName)") == "the former one")
  }

  @Test("behind a device that takes nothing is reported, and the device stays one", arguments: ReportFormat.allCases)
  func device(format: ReportFormat) throws {
    let workspace = try Workspace(scenarios: ["wrong": RunTests.passing.replacing("status: 401", with: "status: 403")])
    let outcome = try workspace.conform("run", "--report", "\(format.rawValue)=/dev/full")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("/dev/full: cannot be written: No space left on device"), "\(outcome.errors)")
    // failures are printed anyway
    #expect(outcome.output.contains("FAILED: 1 of 1 cases"), "\(outcome.output)")
    var info = stat()
    #expect(stat("/dev/full", &info) == 0 && info.st_mode & S_IFMT == S_IFCHR)
  }

  @Test("which really is one", .enabled(if: FullDiskTests.mayMount, "this user may mount a file system"))
  func real() throws {
    let workspace = try Workspace(scenarios: ["many": FullDiskTests.scenario])
    try FileManager.default.createDirectory(
      at: workspace.folder.appending(path: "Reports"), withIntermediateDirectories: true)
    // what is mounted is gone with the program: what is left of it is copied before
    let script = #"mount -t tmpfs -o size=48k none Reports && "$@"; status=$?; cp -r Reports kept; exit $status"#
    let outcome = try workspace.conform(
      under: ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"], "run")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("No space left on device"), "\(outcome.errors)")
    #expect(try workspace.names(in: "kept").allSatisfy { !$0.hasSuffix(".tmp") })
    #expect(try workspace.conform("render", "kept/run.jsonl", "--reports", "made").status == 0)
  }

  private static let mayMount: Bool = {
    let mount = Process()
    mount.executableURL = URL(filePath: "/usr/bin/unshare")
    mount.arguments = ["--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", NSTemporaryDirectory()]
    mount.standardError = FileHandle.nullDevice
    guard (try? mount.run()) != nil else { return false }
    mount.waitUntilExit()
    return mount.terminationStatus == 0
  }()
}
