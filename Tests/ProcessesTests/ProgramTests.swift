import Glibc
import Testing

@testable import Processes

@Suite("A program that runs to its end")
struct ProgramTests {
  private func run(
    _ script: String, input: [UInt8] = [], environment: [String: String] = [:], timeLimit: Double = 60
  ) async throws(ProcessError) -> Program.Output {
    try await Program.run(
      ["/bin/sh", "-c", script], folder: "/", environment: environment, input: input, timeLimit: timeLimit)
  }

  @Test("it receives its whole input, and its whole output comes back, however much it is")
  func streams() async throws {
    let input = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let output = try await run("cat", input: input)
    #expect(output.isSuccess)
    #expect(output.standardOutput == input)
  }

  @Test("a program that does not read its input is no failure")
  func unread() async throws {
    let output = try await run("echo done", input: [UInt8](repeating: 65, count: 1 << 20))
    #expect(output.standardOutput == Array("done\n".utf8))
  }

  @Test("the status and the end of standard error come back")
  func failure() async throws {
    let output = try await run("echo first >&2; echo last >&2; exit 7")
    #expect(output.outcome == .exited(7))
    #expect(output.standardError == "first\nlast")
    #expect("\(output.outcome)".contains("7"))
  }

  @Test("a signal that ended it is reported")
  func killed() async throws {
    #expect(try await run("kill -KILL $$").outcome == .killed(signal: 9))
  }

  @Test("it has the given environment and none of the variables of this process")
  func environment() async throws {
    let output = try await run("echo $WORD/$HOME", environment: ["WORD": "kept"])
    #expect(output.standardOutput == Array("kept/\n".utf8))
  }

  @Test("it has no descriptors of this process beside its standard streams")
  func descriptors() async throws {
    let mine = open("/dev/null", O_RDONLY)
    defer { close(mine) }
    let output = try await run("for file in /proc/$$/fd/*; do readlink $file; done")
    #expect(!String(decoding: output.standardOutput, as: UTF8.self).contains("/dev/null"), "\(output)")
  }

  @Test("one that takes too long is ended with all that it started")
  func timeLimit() async throws {
    // The grandchild holds the other end of the pipe: this test would not end while it runs.
    let error = await #expect(throws: ProcessError.self) {
      _ = try await run("sleep 1000 & sleep 1000", timeLimit: 0.2)
    }
    #expect("\(try #require(error))" == "/bin/sh took longer than 1 s and was ended")
  }

  @Test("more than 16 MiB of output is refused")
  func tooMuch() async throws {
    let error = await #expect(throws: ProcessError.self) { _ = try await run("yes") }
    #expect("\(try #require(error))" == "/bin/sh printed more than 16 MiB and was ended")
  }

  @Test(
    "an error for a program that cannot be started says why, and what helps",
    arguments: [
      (
        "no-such-program-here",
        "there is no program 'no-such-program-here' in PATH; "
          + "write ./no-such-program-here for a program next to the file that names it"
      ),
      ("/etc/passwd", "/etc/passwd is not executable; make it executable with chmod +x"),
      ("./gone", "the program /gone does not exist"), ("", "the command is empty"),
    ])
  func missing(program: String, message: String) async throws {
    let error = await #expect(throws: ProcessError.self) {
      _ = try await Program.run([program], folder: "/", environment: ["PATH": "/usr/bin:/bin"], input: [], timeLimit: 5)
    }
    #expect("\(try #require(error))" == message)
  }
}
