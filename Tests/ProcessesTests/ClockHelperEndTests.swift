import ConformanceModel
import Foundation
import Testing

@testable import Processes

@Suite(
  "Signals and the end of a program that conform-clock starts",
  .enabled(if: Machine.allows, "conform-clock works here"))
struct ClockHelperEndTests {
  private let on: HelperClock

  init() throws { on = try HelperClock() }

  @Test("ends with its own status or signal")
  func ends() throws {
    #expect(try Machine.run(on.helper() + ["sh", "-c", "exit 9"]).status == 9)
    #expect(try Machine.run(on.helper() + ["sh", "-c", "kill -SEGV $$"]).status == -SIGSEGV)
    let missing = try Machine.run(on.helper() + ["no-such-program"])
    #expect(missing.status == 127)
    #expect(missing.errors == "conform-clock: no-such-program cannot be started: No such file or directory\n")
    #expect(try Machine.run(on.helper() + ["/etc/passwd"]).status == 126)
  }

  @Test(
    "ends with its own status, and has what the helper was started with, whatever that is",
    .enabled(if: Machine.has("python3"), "python3 is in PATH"), arguments: ["notify", "stay"])
  func dispositions(mode: String) throws {
    // a program that ignores SIGCHLD gives that on to what it starts
    let script = """
      import os, signal, sys
      signal.signal(signal.SIGCHLD, signal.SIG_IGN)
      signal.signal(signal.SIGPIPE, signal.SIG_IGN)
      os.execvp(sys.argv[1], sys.argv[1:])
      """
    let program = """
      import signal
      print(signal.getsignal(signal.SIGCHLD).name)
      raise SystemExit(7)
      """
    let result = try Machine.run(
      ["timeout", "30", "python3", "-c", script] + on.helper(["--mode", mode]) + ["python3", "-c", program])
    #expect(result.status == 7, "\(result)")
    #expect(result.output == "SIG_IGN\n", "\(result)")
  }

  @Test("is not needed for the end of a pipe that the program closes", arguments: ["notify", "stay"])
  func pipes(mode: String) throws {
    // the second program waits until the end of the first one's output was seen
    let script = """
      mkfifo "$0/seen" "$0/out"
      "$@" sh -c 'exec >&-; read line < "$0/seen"; exit 5' "$0" > "$0/out" &
      cat "$0/out"
      echo go > "$0/seen"
      wait $!
      echo $?
      """
    let result = try Machine.run(["timeout", "30", "sh", "-c", script, on.folder.path] + on.helper(["--mode", mode]))
    #expect(result.output == "5\n", "\(result)")
  }

  @Test("is waited for to its last descendant, also one that has left its group", arguments: ["notify", "stay"])
  func daemons(mode: String) throws {
    let result = try Machine.run(
      on.helper(["--mode", mode]) + ["sh", "-c", "(setsid sh -c 'sleep 0.2; date +%s') & exit 4"])
    #expect(result.status == 4)
    #expect(result.output == "\(on.start.seconds)\n")
  }

  @Test(
    "receives forwarded signals, but not those of its group twice",
    .enabled(if: Machine.has("python3"), "python3 is in PATH"))
  func signals() throws {
    // Foundation starts programs with blocked signals.
    let script = """
      import signal, sys
      signal.signal(signal.SIGUSR1, lambda *_: print("got", flush=True))
      signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
      print("up", flush=True)
      for line in sys.stdin: print("end", flush=True)
      """
    let alone = try Conversation(on.helper() + ["python3", "-c", script])
    #expect(try alone.line() == "up")
    kill(alone.process.processIdentifier, SIGUSR1)
    #expect(try alone.line() == "got")
    #expect(try alone.ask() == "end")
    let grouped = try Conversation(on.helper(["--group"]) + ["python3", "-c", script])
    #expect(try grouped.line() == "up")
    kill(grouped.process.processIdentifier, SIGUSR1)
    #expect(try grouped.ask() == "end")
  }

  @Test(
    "is stopped by SIGSTOP at every moment of its start", .enabled(if: Machine.has("cc"), "a C compiler is in PATH"),
    arguments: ["notify", "stay"])
  func stopped(mode: String) throws {
    let result = try Machine.run(on.helper(["--mode", mode]) + [try on.compile("stopper")])
    #expect(result.output == "300 stopped, 300 continued\n", "\(result)")
  }

  @Test(
    "ends when conform-clock is killed, even while it holds that up",
    .enabled(if: getuid() == 0 && Machine.has("cc"), "root may withhold pages; a C compiler is in PATH"),
    arguments: ["notify", "stay"])
  func holds(mode: String) throws {
    let program = try Conversation(on.helper(["--mode", mode]) + [try on.compile("withheld")])
    let helper = program.process.processIdentifier
    #if arch(arm64)
      let write = "271 "
    #else
      let write = "311 "
    #endif
    // until conform-clock is in process_vm_writev
    var attempts = 0
    while try !String(contentsOfFile: "/proc/\(helper)/syscall", encoding: .utf8).hasPrefix(write), attempts < 200_000 {
      attempts += 1
    }
    #expect(attempts < 200_000)
    kill(helper, SIGKILL)
    #expect(try program.line() == "")
  }

  @Test("ends when conform-clock is killed", arguments: ["notify", "stay"])
  func killed(mode: String) throws {
    let program = try Conversation(on.helper(["--mode", mode]) + ["sh", "-c", "echo up; read x; echo alive"])
    #expect(try program.line() == "up")
    kill(program.process.processIdentifier, SIGKILL)
    // The end of the output: no process holds it open any more.
    #expect(try program.line() == "")
  }
}
