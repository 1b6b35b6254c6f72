import ConformanceModel
import Foundation
import Testing

@testable import Processes

/// What these tests need of the machine.
private enum Machine {
  static let helper: String? = {
    var folders = CommandLine.arguments.map { URL(filePath: $0).deletingLastPathComponent() }
    folders += Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
    return folders.map { $0.appending(path: "conform-clock").path }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }()

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

/// A C program that reads the wall clock in every way, and waits until instants of it.
private let source = """
  #define _GNU_SOURCE
  #include <errno.h>
  #include <pthread.h>
  #include <semaphore.h>
  #include <signal.h>
  #include <stdio.h>
  #include <string.h>
  #include <sys/syscall.h>
  #include <sys/time.h>
  #include <sys/timerfd.h>
  #include <sys/wait.h>
  #include <time.h>
  #include <unistd.h>

  static double monotonic(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
  }

  static struct timespec in_50_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += 50000000;
    if (t.tv_nsec >= 1000000000) t.tv_sec++, t.tv_nsec -= 1000000000;
    return t;
  }

  static void times(void) {
    struct timespec t;
    struct timeval v;
    clock_gettime(CLOCK_REALTIME, &t);
    printf("%ld", (long)t.tv_sec);
    clock_gettime(CLOCK_REALTIME_COARSE, &t);
    printf(" %ld", (long)t.tv_sec);
    gettimeofday(&v, NULL);
    printf(" %ld %ld", (long)v.tv_sec, (long)time(NULL));
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &t);
    printf(" %ld", (long)t.tv_sec);
    syscall(SYS_gettimeofday, &v, NULL);
    printf(" %ld\\n", (long)v.tv_sec);
    fflush(stdout);
  }

  /// Waits in four ways, each until an instant in 50 ms.
  static void *waits(void *result) {
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    sem_t semaphore;
    sem_init(&semaphore, 0, 0);
    for (int kind = 0; kind < 4; kind++) {
      double start = monotonic();
      struct timespec until = in_50_ms();
      if (kind == 0) while (clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, NULL) == EINTR);
      if (kind == 1) while (sem_timedwait(&semaphore, &until) != 0 && errno == EINTR);
      if (kind == 2) {
        pthread_mutex_lock(&mutex);
        while (pthread_cond_timedwait(&condition, &mutex, &until) == 0);
        pthread_mutex_unlock(&mutex);
      }
      if (kind == 3) {
        unsigned long count;
        int file = timerfd_create(CLOCK_REALTIME, 0);
        struct itimerspec timer = {{0, 0}, until};
        timerfd_settime(file, TFD_TIMER_ABSTIME, &timer, NULL);
        while (read(file, &count, sizeof count) < 0 && errno == EINTR);
        close(file);
      }
      double took = monotonic() - start;
      if (took < 0.049 || took > 20) *(int *)result = kind + 1;
    }
    return NULL;
  }

  static void tick(int signal) { (void)signal; }

  int main(int count, char **words) {
    if (count > 1 && strcmp(words[1], "waits") == 0) {
      // signals arrive all the time, and other threads start programs
      struct sigaction action = {.sa_handler = tick};
      struct itimerval timer = {{0, 3000}, {0, 3000}};
      pthread_t threads[4];
      int wrong = 0;
      sigset_t none;
      sigemptyset(&none);
      sigprocmask(SIG_SETMASK, &none, NULL);
      sigaction(SIGALRM, &action, NULL);
      setitimer(ITIMER_REAL, &timer, NULL);
      for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, waits, &wrong);
      for (int i = 0; i < 4; i++) {
        pid_t child = fork();
        if (child == 0) execlp("true", "true", (char *)NULL);
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR);
        pthread_join(threads[i], NULL);
      }
      printf("%d\\n", wrong);
      return 0;
    }
    if (count > 1) return times(), 0;
    char line[16];
    while (fgets(line, sizeof line, stdin)) {
      if (line[0] != 'f') {
        times();
      } else if (fork() == 0) {
        execl("/proc/self/exe", words[0], "once", (char *)NULL);
      } else {
        wait(NULL);
      }
    }
    return 7;
  }
  """

@Suite(
  "A program that conform-clock starts",
  .enabled(if: Machine.allows && Machine.has("cc"), "conform-clock works here, and a C compiler is in PATH"))
struct ClockHelperTests {
  private let folder: TemporaryFolder
  private let clock: SharedClock
  private let start = SimulatedInstant.documented

  init() throws {
    folder = try TemporaryFolder()
    clock = try SharedClock(
      folder: folder.path, start: start, standsStill: true,
      injection: .helper(path: Machine.helper ?? "", attached: nil))
  }

  /// The words before the program, with further options.
  private func helper(_ options: [String] = []) -> [String] {
    [Machine.helper ?? "", "--clock", "\(folder.path)/clock"] + options + ["--"]
  }

  private func compile(_ options: [String]) throws -> String {
    let file = try folder.write(source.utf8, to: "program.c")
    let program = "\(folder.path)/program"
    let result = try Machine.run(["cc", "-O1", "-pthread", "-o", program, file] + options)
    try #require(result.status == 0, "\(result.errors)")
    return program
  }

  @Test(
    "sees the simulated time by every function and every system call, in both modes, also in a program that it starts",
    arguments: [[], ["-static"], ["-static-pie"]], ["notify", "stay"])
  func times(options: [String], mode: String) throws {
    let program = try Conversation(helper(["--mode", mode]) + [try compile(options)])
    let before = [String](repeating: "\(start.seconds)", count: 6).joined(separator: " ")
    #expect(try program.ask() == before)
    try clock.advance(to: start + SimulatedDuration(milliseconds: 86_400_000))
    let after = [String](repeating: "\(start.seconds + 86_400)", count: 6).joined(separator: " ")
    #expect(try program.ask() == after)
    #expect(try program.ask("fork") == after)
  }

  @Test(
    "waits until an instant for the right time, while signals arrive and programs start",
    arguments: ["notify", "stay"])
  func waits(mode: String) throws {
    let result = try Machine.run(helper(["--mode", mode]) + [try compile([]), "waits"])
    #expect(result.output == "0\n", "\(result)")
  }

  @Test("gets the time of a clock that runs", arguments: ["notify", "stay"])
  func flows(mode: String) throws {
    let file = try ClockFile(folder: folder.path, start: start, standsStill: false)
    let result = try Machine.run(helper(["--mode", mode]) + ["date", "+%s"])
    let shown = try #require(Int64(result.output.dropLast()))
    #expect((0...60).contains(shown - start.seconds), "\(result)")
    #expect(file.now.seconds - shown < 60)
  }

  @Test("ends with its own status or signal")
  func ends() throws {
    #expect(try Machine.run(helper() + ["sh", "-c", "exit 9"]).status == 9)
    #expect(try Machine.run(helper() + ["sh", "-c", "kill -SEGV $$"]).status == -SIGSEGV)
    let missing = try Machine.run(helper() + ["no-such-program"])
    #expect(missing.status == 127)
    #expect(missing.errors == "conform-clock: no-such-program cannot be started: No such file or directory\n")
    #expect(try Machine.run(helper() + ["/etc/passwd"]).status == 126)
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
      ["timeout", "30", "python3", "-c", script] + helper(["--mode", mode]) + ["python3", "-c", program])
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
    let result = try Machine.run(["timeout", "30", "sh", "-c", script, folder.path] + helper(["--mode", mode]))
    #expect(result.output == "5\n", "\(result)")
  }

  @Test(
    "is covered if root may not trace, and refused where /proc shows other processes",
    .enabled(if: getuid() == 0 && Machine.has("setpriv") && Machine.has("unshare"), "root has setpriv and unshare"))
  func rights() throws {
    let limited = try Machine.run(
      ["timeout", "30", "setpriv", "--bounding-set", "-sys_ptrace", "--inh-caps", "-sys_ptrace"] + helper()
        + ["date", "+%s"])
    #expect(limited.status == 0 && limited.output == "\(start.seconds)\n", "\(limited)")
    let foreign = try Machine.run(["timeout", "30", "unshare", "--pid", "--fork"] + helper() + ["date"])
    #expect(foreign.status == 125 && foreign.errors.contains("/proc belongs to another PID namespace"), "\(foreign)")
  }

  @Test("is waited for to its last descendant, also one that has left its group", arguments: ["notify", "stay"])
  func daemons(mode: String) throws {
    let result = try Machine.run(
      helper(["--mode", mode]) + ["sh", "-c", "(setsid sh -c 'sleep 0.2; date +%s') & exit 4"])
    #expect(result.status == 4)
    #expect(result.output == "\(start.seconds)\n")
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
    let alone = try Conversation(helper() + ["python3", "-c", script])
    #expect(try alone.line() == "up")
    kill(alone.process.processIdentifier, SIGUSR1)
    #expect(try alone.line() == "got")
    #expect(try alone.ask() == "end")
    let grouped = try Conversation(helper(["--group"]) + ["python3", "-c", script])
    #expect(try grouped.line() == "up")
    kill(grouped.process.processIdentifier, SIGUSR1)
    #expect(try grouped.ask() == "end")
  }

  @Test("ends when conform-clock is killed", arguments: ["notify", "stay"])
  func killed(mode: String) throws {
    let program = try Conversation(helper(["--mode", mode]) + ["sh", "-c", "echo up; read x; echo alive"])
    #expect(try program.line() == "up")
    kill(program.process.processIdentifier, SIGKILL)
    // The end of the output: no process holds it open any more.
    #expect(try program.line() == "")
  }

  @Test("is traced by nothing while it runs, unless conform-clock stays attached")
  func isNotTraced() throws {
    let command = ["sh", "-c", "grep TracerPid /proc/self/status"]
    #expect(try Machine.run(helper() + command).output == "TracerPid:\t0\n")
    #expect(try Machine.run(helper(["--mode", "stay"]) + command).output != "TracerPid:\t0\n")
  }

  @Test(
    "that another program traces is named once, and runs on the machine's time",
    .enabled(if: Machine.has("strace"), "strace is in PATH"))
  func traced() throws {
    let traced = ["strace", "-qq", "-f", "-e", "trace=none", "sh", "-c", "date +%s; date +%s"]
    let result = try Machine.run(helper() + traced)
    let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix(ClockReports.prefix) }
    #expect(Set(lines).count == lines.count, "\(result.errors)")
    let reason = "stays on the machine's time: another program traces it, or it is protected"
    #expect(lines.contains { $0.hasSuffix(reason) })
    let shown = try #require(result.output.split(separator: "\n").first.flatMap { Int64($0) })
    #expect(shown > start.seconds + 86_400)
  }

  @Test("runs as another user", .enabled(if: getuid() == 0 && Machine.has("setpriv"), "the tests run as root"))
  func nobody() throws {
    chmod(folder.path, 0o755)
    chmod("\(folder.path)/clock", 0o644)
    let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all"]
    let outside = try Machine.run(nobody + helper() + ["sh", "-c", "id -u; date +%s"])
    #expect(outside.output == "65534\n\(start.seconds)\n", "\(outside.errors)")
    let inside = try Machine.run(helper() + Array(nobody.dropLast()) + ["sh", "-c", "id -u; date +%s"])
    #expect(inside.output == "65534\n\(start.seconds)\n", "\(inside.errors)")
  }

  @Test("of another user is refused if it is set-user-id", .enabled(if: getuid() == 0, "the tests run as root"))
  func setUserID() throws {
    let copy = "\(folder.path)/date"
    try FileManager.default.copyItem(atPath: "/bin/date", toPath: copy)
    chown(copy, 65534, 65534)
    chmod(copy, 0o4755)
    let result = try Machine.run(helper() + [copy])
    #expect(result.status == 125)
    #expect(
      result.errors
        == "conform-clock: \(copy) is set-user-id: it would run without the rights of its owner\n")
  }

  @Test(
    "is not started with a file that is not a clock's",
    arguments: [
      ("", "the file of the clock is too short"),
      ("012345678901234567890123", "the file of the clock is not one of conform"),
    ])
  func noClock(content: String, reason: String) throws {
    let file = try folder.write(content.utf8, to: "other")
    let result = try Machine.run([Machine.helper ?? "", "--clock", file, "--", "true"])
    #expect(result.status == 125)
    #expect(result.errors == "conform-clock: \(reason): \(file)\n")
  }

  @Test("a helper that cannot be used is replaced by the library, with the reason")
  func fallsBack() async throws {
    func choose(_ script: String) async throws -> ClockInjection {
      let program = try folder.write("#!/bin/sh\n\(script)\n".utf8, to: "helper", executable: true)
      return try await ClockInjection.choose(
        file: "\(folder.path)/clock", helper: .success(program), library: .success("/library"))
    }
    let found = try await choose("echo 'conform-clock: not here' >&2; exit 125")
    #expect(found == .library(path: "/library", reason: "not here"))
    #expect(found.note?.hasSuffix("since conform-clock cannot be used: not here") == true)
    let stays = try await choose("echo 'conform-clock: stays attached to the program: old' >&2; echo stay")
    #expect(stays == .helper(path: "\(folder.path)/helper", attached: "old"))
    let helper = try await ClockInjection.choose(
      file: "\(folder.path)/clock", helper: .success(Machine.helper ?? ""), library: .success("/library"))
    #expect(helper == .helper(path: Machine.helper ?? "", attached: nil))
    #expect(helper.note == nil)
  }
}

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
