import ConformanceModel
import Foundation
import Testing

@testable import Processes

extension Machine {
  fileprivate static let library = product("libconform-clock-preload.so")
  fileprivate static let injection = ClockInjection.library(path: library ?? "", reason: "it is tested here")
}

/// Unmodified programs with a simulated clock.
@Suite(
  "The simulated clock of a program, by a preloaded library",
  .enabled(if: Machine.library != nil, "the library conform-clock-preload is built with the tests")
)
struct ClockTests {
  private let start = SimulatedInstant.documented

  private func makeClock(_ folder: TemporaryFolder, standsStill: Bool = true) throws -> SharedClock {
    try SharedClock(folder: folder.path, start: start, standsStill: standsStill, injection: Machine.injection)
  }

  private let pythonSource = """
    import datetime, os, sys, time
    for line in sys.stdin:
        if line.strip() == "fork":
            r, w = os.pipe()
            if os.fork() == 0:
                os.write(w, str(int(time.time())).encode()); os._exit(0)
            os.wait(); answer = os.read(r, 99).decode()
        elif line.strip() == "timers":
            before = time.time(), time.monotonic(); time.sleep(0.05)
            answer = f"{time.time() - before[0]} {time.monotonic() - before[1] >= 0.05}"
        else:
            times = time.time(), time.time_ns() / 1e9, datetime.datetime.now().timestamp(), time.clock_gettime(0)
            answer = " ".join(str(int(t)) for t in times)
        print(answer, flush=True)
    """

  @Test("Python reads the simulated time by every function, also in child processes, and sleeps in real time")
  func isSeenByPython() throws {
    let folder = try TemporaryFolder()
    let clock = try makeClock(folder)
    let program = try Conversation(["python3", "-c", pythonSource], clock.environment(with: [:]))
    let before = start.seconds
    #expect(try program.ask() == "\(before) \(before) \(before) \(before)")
    #expect(try program.ask("timers") == "0.0 True")
    try clock.advance(to: start + SimulatedDuration(milliseconds: 86_399_000))
    let after = before + 86_399
    #expect(try program.ask() == "\(after) \(after) \(after) \(after)")
    #expect(try program.ask("fork") == "\(after)")
    #expect(clock.now.seconds == after)
  }

  @Test("a clock that runs continues from the time to which it is set")
  func flows() throws {
    let folder = try TemporaryFolder()
    let clock = try makeClock(folder, standsStill: false)
    let program = try Conversation(["python3", "-c", pythonSource], clock.environment(with: [:]))
    let first = try #require(Int64(try program.ask().split(separator: " ")[0]))
    #expect((0...60).contains(first - start.seconds))
    try clock.advance(to: start + SimulatedDuration(milliseconds: 86_400_000))
    let second = try #require(Int64(try program.ask().split(separator: " ")[0]))
    #expect((0...60).contains(second - start.seconds - 86_400))
  }

  @Test("Node.js reads it, and its timers run in real time", .enabled(if: Machine.has("node"), "node is in PATH"))
  func isSeenByNode() throws {
    let folder = try TemporaryFolder()
    let clock = try makeClock(folder)
    let script = """
      require('readline').createInterface({input: process.stdin})
        .on('line', () => setTimeout(() => console.log(Math.floor(Date.now() / 1000)), 20))
      """
    let program = try Conversation(["node", "-e", script], clock.environment(with: [:]))
    #expect(try program.ask() == "\(start.seconds)")
    try clock.advance(to: start + SimulatedDuration(milliseconds: 86_400_000))
    #expect(try program.ask() == "\(start.seconds + 86_400)")
  }

  @Test(
    "a Java virtual machine reads it, and its waits run in real time",
    .enabled(if: Machine.has("javac"), "a JDK is in PATH"))
  func isSeenByJava() throws {
    let folder = try TemporaryFolder()
    let source = """
      public class Clock {
        public static void main(String[] arguments) throws Exception {
          var lines = new java.io.BufferedReader(new java.io.InputStreamReader(System.in));
          while (lines.readLine() != null) {
            Object lock = new Object();
            synchronized (lock) { lock.wait(20); }
            new java.util.concurrent.Semaphore(0).tryAcquire(20, java.util.concurrent.TimeUnit.MILLISECONDS);
            System.out.println(System.currentTimeMillis() / 1000 + " " + java.time.Instant.now().getEpochSecond());
          }
        }
      }
      """
    let file = try folder.write(source.utf8, to: "Clock.java")
    let clock = try makeClock(folder)
    let program = try Conversation(["java", file], clock.environment(with: [:]))
    #expect(try program.ask() == "\(start.seconds) \(start.seconds)")
    try clock.advance(to: start + SimulatedDuration(milliseconds: 86_400_000))
    #expect(try program.ask() == "\(start.seconds + 86_400) \(start.seconds + 86_400)")
  }

  @Test("the clock cannot be set back")
  func back() throws {
    let folder = try TemporaryFolder()
    let clock = try makeClock(folder)
    let error = #expect(throws: ProcessError.self) {
      try clock.advance(to: SimulatedInstant(seconds: start.seconds - 1))
    }
    #expect(
      error?.description
        == "the clock is at 2022-07-20T10:03:08Z and can only advance; it cannot be set back to 2022-07-20T10:03:07Z")
    #expect(clock.now == start)
  }

  @Test("a library that is preloaded already is kept, after it")
  func preload() throws {
    let folder = try TemporaryFolder()
    let clock = try makeClock(folder)
    let libraries = clock.environment(with: ["LD_PRELOAD": "/other.so"])["LD_PRELOAD"]
    #expect(libraries?.hasSuffix("libconform-clock-preload.so /other.so") == true)
  }
}
