import ConformanceModel
import Foundation
import Testing

@testable import Processes

@Suite(
  "The rights of a program that conform-clock starts",
  .enabled(if: Machine.allows, "conform-clock works here"))
struct ClockHelperRightsTests {
  private let on: HelperClock

  init() throws { on = try HelperClock() }

  @Test(
    "is covered if root may not trace, and refused where /proc shows other processes",
    .enabled(if: getuid() == 0 && Machine.has("setpriv") && Machine.has("unshare"), "root has setpriv and unshare"))
  func rights() throws {
    let limited = try Machine.run(
      ["timeout", "30", "setpriv", "--bounding-set", "-sys_ptrace", "--inh-caps", "-sys_ptrace"] + on.helper()
        + ["date", "+%s"])
    #expect(limited.status == 0 && limited.output == "\(on.start.seconds)\n", "\(limited)")
    let foreign = try Machine.run(["timeout", "30", "unshare", "--pid", "--fork"] + on.helper() + ["date"])
    #expect(foreign.status == 125 && foreign.errors.contains("/proc belongs to another PID namespace"), "\(foreign)")
  }

  @Test("is traced by nothing while it runs, unless conform-clock stays attached")
  func isNotTraced() throws {
    let command = ["sh", "-c", "grep TracerPid /proc/self/status"]
    #expect(try Machine.run(on.helper() + command).output == "TracerPid:\t0\n")
    #expect(try Machine.run(on.helper(["--mode", "stay"]) + command).output != "TracerPid:\t0\n")
  }

  @Test(
    "that another program traces is named once, and runs on the machine's time",
    .enabled(if: Machine.has("strace"), "strace is in PATH"))
  func traced() throws {
    let traced = ["strace", "-qq", "-f", "-e", "trace=none", "sh", "-c", "date +%s; date +%s"]
    let result = try Machine.run(on.helper() + traced)
    let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix(ClockReports.prefix) }
    #expect(Set(lines).count == lines.count, "\(result.errors)")
    let reason = "stays on the machine's time: another program traces it, or it is protected"
    #expect(lines.contains { $0.hasSuffix(reason) })
    let shown = try #require(result.output.split(separator: "\n").first.flatMap { Int64($0) })
    #expect(shown > on.start.seconds + 86_400)
  }

  @Test("runs as another user", .enabled(if: getuid() == 0 && Machine.has("setpriv"), "the tests run as root"))
  func nobody() throws {
    chmod(on.folder.path, 0o755)
    chmod("\(on.folder.path)/clock", 0o644)
    let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all"]
    let outside = try Machine.run(nobody + on.helper() + ["sh", "-c", "id -u; date +%s"])
    #expect(outside.output == "65534\n\(on.start.seconds)\n", "\(outside.errors)")
    let inside = try Machine.run(on.helper() + Array(nobody.dropLast()) + ["sh", "-c", "id -u; date +%s"])
    #expect(inside.output == "65534\n\(on.start.seconds)\n", "\(inside.errors)")
  }

  @Test(
    "ends when conform-clock is killed, also as another user",
    .enabled(if: getuid() == 0 && Machine.has("setpriv"), "the tests run as root"), arguments: ["notify", "stay"])
  func killed(mode: String) throws {
    let program = try Conversation(
      on.helper(["--mode", mode]) + ["setpriv", "--reuid=65534", "--clear-groups", "sh", "-c", "echo up; read x"])
    #expect(try program.line() == "up")
    kill(program.process.processIdentifier, SIGKILL)
    // The end of the output: no process holds it open any more.
    #expect(try program.line() == "")
  }

  @Test("of another user is refused if it is set-user-id", .enabled(if: getuid() == 0, "the tests run as root"))
  func setUserID() throws {
    let copy = "\(on.folder.path)/date"
    try FileManager.default.copyItem(atPath: "/bin/date", toPath: copy)
    chown(copy, 65534, 65534)
    chmod(copy, 0o4755)
    let result = try Machine.run(on.helper() + [copy])
    #expect(result.status == 125)
    #expect(
      result.errors
        == "conform-clock: \(copy) is set-user-id: it would run without the rights of its owner\n")
  }

  @Test(
    "with file capabilities is refused, and named if another program starts it, where they would be lost",
    .enabled(
      if: getuid() == 0 && Machine.has("setcap") && Machine.has("setpriv"), "the tests run as root, who has setcap"))
  func fileCapabilities() throws {
    chmod(on.folder.path, 0o755)
    chmod("\(on.folder.path)/clock", 0o644)
    let copy = "\(on.folder.path)/date"
    try FileManager.default.copyItem(atPath: "/bin/date", toPath: copy)
    try #require(try Machine.run(["setcap", "cap_net_bind_service+ep", copy]).status == 0)
    #expect(try Machine.run(on.helper() + [copy, "+%s"]).output == "\(on.start.seconds)\n")
    let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"]
    let first = try Machine.run(nobody + on.helper() + [copy])
    #expect(first.status == 125)
    #expect(first.errors == "conform-clock: \(copy) has file capabilities: it would run without them\n")
    let second = try Machine.run(nobody + on.helper() + ["sh", "-c", "\(copy) +%s; true"])
    #expect(second.output == "\(on.start.seconds)\n")
    #expect(second.errors == "conform-clock: \(copy) runs without its file capabilities\n")
  }

  @Test(
    "is not started with a file that is not a clock's",
    arguments: [
      ("", "the file of the clock is too short"),
      ("012345678901234567890123", "the file of the clock is not one of conform"),
    ])
  func noClock(content: String, reason: String) throws {
    let file = try on.folder.write(content.utf8, to: "other")
    let result = try Machine.run([Machine.helper ?? "", "--clock", file, "--", "true"])
    #expect(result.status == 125)
    #expect(result.errors == "conform-clock: \(reason): \(file)\n")
  }
}
