// Runs a program to its end.

import CPosix
import ConformanceModel
import Dispatch
import Glibc
import SystemPackage

/// A program that reads bytes from its standard input and prints bytes.
public enum Program {
  public struct Output: Sendable {
    public var outcome: Outcome
    public var standardOutput: [UInt8]
    /// The end of what it wrote there, at most 64 KiB, without the last line break.
    public var standardError: String

    public var isSuccess: Bool { outcome == .exited(0) }
  }

  /// A program that writes more bytes to its standard output is ended.
  public static let maxOutput = 16 << 20
  fileprivate static let maxErrors = 64 << 10

  /// Runs a program, and ends it with everything it started once it has ended or the time limit has passed.
  ///
  /// - Parameters:
  ///   - folder: The working directory; a relative program is searched there.
  ///   - input: Its standard input.
  ///   - timeLimit: Seconds.
  /// - Throws: `ProcessError` if it cannot be started, takes too long or prints too much.
  public static func run(
    _ command: [String], folder: String, environment: [String: String], input: [UInt8], timeLimit: Double
  ) async throws(ProcessError) -> Output {
    let result: Result<Output, ProcessError> = await withCheckedContinuation { continuation in
      // Blocks a thread of Dispatch, never one that tasks run on.
      DispatchQueue.global().async {
        do throws(ProcessError) {
          let output = try runNow(command, folder: folder, environment: environment, input: input, timeLimit: timeLimit)
          continuation.resume(returning: .success(output))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    return try result.get()
  }

  private static func runNow(
    _ command: [String], folder: String, environment: [String: String], input: [UInt8], timeLimit: Double
  ) throws(ProcessError) -> Output {
    var pipes: ProgramPipes
    let child: Child
    do {
      let stdin = try Descriptor.pipe(), stdout = try Descriptor.pipe(), stderr = try Descriptor.pipe()
      child = try Child.start(
        command, folder: folder, environment: environment,
        streams: .init(input: stdin.reading, output: stdout.writing, errors: stderr.writing))
      // The child's ends are closed here, at the end of this scope.
      pipes = ProgramPipes(input: input, stdin: stdin.writing, stdout: stdout.reading, stderr: stderr.reading)
    }
    let failure = pipes.run(timeLimit: timeLimit, maxOutput: maxOutput)
    // Everything that it left running would keep its folder and its ports in use.
    if failure == nil { child.waitForOutcome() }
    child.signalGroup(SIGKILL)
    let outcome = child.wait()
    if let failure { throw ProcessError("\(command[0]) \(failure)") }
    let errors = String(decoding: pipes.errors.suffix(maxErrors), as: UTF8.self)
    return Output(
      outcome: outcome, standardOutput: pipes.output,
      standardError: String(errors.reversed().drop { $0.isNewline }.reversed()))
  }
}

/// Writes the input of a program and reads what it prints, all at the same time.
private struct ProgramPipes {
  let input: [UInt8]
  var stdin: Descriptor?
  var stdout: Descriptor?
  var stderr: Descriptor?
  private(set) var output: [UInt8] = []
  private(set) var errors: [UInt8] = []
  private var written = 0

  init(input: [UInt8], stdin: Descriptor, stdout: Descriptor, stderr: Descriptor) {
    self.input = input
    self.stdin = input.isEmpty ? nil : stdin
    self.stdout = stdout
    self.stderr = stderr
    self.stdin?.setNonBlocking()
  }

  /// - Returns: What went wrong, as the rest of a sentence.
  mutating func run(timeLimit: Double, maxOutput: Int) -> String? {
    let end = WallClock.monotonic + timeLimit
    while stdout != nil || stderr != nil {
      let rest = end - WallClock.monotonic
      guard rest > 0 else { return "took longer than \(Int(timeLimit.rounded(.up))) s and was ended" }
      // poll ignores a descriptor of -1.
      var waiting = [
        pollfd(fd: stdin?.file.rawValue ?? -1, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: stdout?.file.rawValue ?? -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: stderr?.file.rawValue ?? -1, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&waiting, 3, Int32(min(rest * 1000 + 1, 60_000))) > 0 else { continue }
      if waiting[0].revents != 0 { feed() }
      if waiting[1].revents != 0, !ProgramPipes.read(stdout, into: &output) { stdout = nil }
      if waiting[2].revents != 0, !ProgramPipes.read(stderr, into: &errors) { stderr = nil }
      if output.count > maxOutput { return "printed more than \(maxOutput >> 20) MiB and was ended" }
      if errors.count > 1 << 20 { errors.removeFirst(errors.count - Program.maxErrors) }
    }
    return nil
  }

  private mutating func feed() {
    let (count, error) = ProgramPipes.withoutBrokenPipe {
      input.withUnsafeBytes {
        write(stdin?.file.rawValue ?? -1, $0.baseAddress.map { $0 + written }, $0.count - written)
      }
    }
    if count < 0, error == .resourceTemporarilyUnavailable || error == .interrupted { return }
    // A program need not read its input to the end.
    written += max(0, count)
    if count <= 0 || written == input.count { stdin = nil }
  }

  /// A program that stops reading must not end this process by SIGPIPE, however this process handles that signal.
  private static func withoutBrokenPipe(_ write: () -> Int) -> (count: Int, error: Errno) {
    var pipe = sigset_t(), before = sigset_t()
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &pipe, &before)
    let count = write()
    let error = Errno.last
    if count < 0, error == .brokenPipe {
      var now = timespec()
      sigtimedwait(&pipe, nil, &now)
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
    return (count, error)
  }

  /// - Returns: Whether there may be more.
  private static func read(_ descriptor: Descriptor?, into bytes: inout [UInt8]) -> Bool {
    guard let descriptor else { return false }
    return withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer in
      let count = descriptor.read(into: buffer)
      bytes.append(contentsOf: buffer.prefix(count))
      return count > 0
    }
  }
}
