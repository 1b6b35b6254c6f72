// Runs a program to its end.

import CPosix
import Dispatch
import Glibc

/// A program that is given some bytes and answers with some.
public enum Program {
  public struct Output: Sendable {
    public var outcome: Outcome
    public var standardOutput: [UInt8]
    /// The end of what it wrote there, without the last line break.
    public var standardError: String

    public var isSuccess: Bool { outcome == .exited(0) }
  }

  /// More than this on standard output is a failure.
  public static let maxOutput = 16 << 20
  private static let maxErrors = 4000

  /// Runs a program, and ends it with everything it started when the time is over.
  ///
  /// - Parameters:
  ///   - folder: The working directory; a relative program is looked for there.
  ///   - input: Its standard input.
  ///   - timeLimit: Seconds.
  /// - Throws: `ProcessError` where it cannot be started, takes too long or prints too much.
  public static func run(
    _ command: [String], folder: String, environment: [String: String], input: [UInt8], timeLimit: Double
  ) async throws(ProcessError) -> Output {
    let result: Result<Output, ProcessError> = await withCheckedContinuation { continuation in
      // blocks a thread of its own kind, never one that tasks run on
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
    var exchange: Exchange?
    let child: Child
    do {
      let stdin = try Descriptor.pipe(), stdout = try Descriptor.pipe(), stderr = try Descriptor.pipe()
      child = try Child.start(
        command, folder: folder, environment: environment,
        streams: .init(input: stdin.reading.number, output: stdout.writing.number, errors: stderr.writing.number))
      // the child's ends are closed here with the end of this scope
      exchange = Exchange(input: input, stdin: stdin.writing, stdout: stdout.reading, stderr: stderr.reading)
    }
    let failure = exchange?.run(timeLimit: timeLimit, most: maxOutput)
    // what it left running would hold its place and its port
    if failure == nil { child.waitForOutcome() }
    child.signalGroup(SIGKILL)
    let outcome = child.wait()
    if let failure { throw ProcessError("\(command[0]) \(failure)") }
    let errors = String(decoding: exchange?.errors.suffix(maxErrors) ?? [], as: UTF8.self)
    return Output(
      outcome: outcome, standardOutput: exchange?.output ?? [],
      standardError: String(errors.reversed().drop { $0.isNewline }.reversed()))
  }
}

/// Feeds a program and takes what it prints, all at the same time.
private struct Exchange {
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
    if let number = self.stdin?.number { _ = fcntl(number, F_SETFL, O_NONBLOCK) }
  }

  /// - Returns: What went wrong, as the rest of a sentence.
  mutating func run(timeLimit: Double, most: Int) -> String? {
    let end = monotonic() + timeLimit
    while stdout != nil || stderr != nil {
      let rest = end - monotonic()
      guard rest > 0 else { return "took longer than \(Int(timeLimit.rounded(.up))) s and was ended" }
      // a descriptor of -1 is passed over
      var waiting = [
        pollfd(fd: stdin?.number ?? -1, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: stdout?.number ?? -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: stderr?.number ?? -1, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&waiting, 3, Int32(min(rest * 1000 + 1, 60_000))) > 0 else { continue }
      if waiting[0].revents != 0 { feed() }
      if waiting[1].revents != 0, !Exchange.take(stdout, into: &output) { stdout = nil }
      if waiting[2].revents != 0, !Exchange.take(stderr, into: &errors) { stderr = nil }
      if output.count > most { return "printed more than \(most >> 20) MiB and was ended" }
      if errors.count > 1 << 20 { errors.removeFirst(errors.count - 1 << 16) }
    }
    return nil
  }

  private mutating func feed() {
    let (count, code) = Exchange.withoutBrokenPipe {
      input.withUnsafeBytes { write(stdin?.number ?? -1, $0.baseAddress.map { $0 + written }, $0.count - written) }
    }
    if count < 0, code == EAGAIN || code == EINTR { return }
    // a program that does not read its input to the end is free to
    written += max(0, count)
    if count <= 0 || written == input.count { stdin = nil }
  }

  /// A program that does not read on must not end this process by SIGPIPE, whatever this process does with that signal.
  private static func withoutBrokenPipe(_ write: () -> Int) -> (count: Int, errno: Int32) {
    var pipe = sigset_t(), before = sigset_t()
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &pipe, &before)
    let count = write()
    let code = errno
    if count < 0, code == EPIPE {
      var now = timespec()
      sigtimedwait(&pipe, nil, &now)
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
    return (count, code)
  }

  private static func take(_ descriptor: Descriptor?, into bytes: inout [UInt8]) -> Bool {
    guard let descriptor else { return false }
    return withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer in
      let count = read(descriptor.number, buffer.baseAddress, buffer.count)
      if count < 0, errno == EINTR { return true }
      bytes.append(contentsOf: buffer.prefix(max(0, count)))
      return count > 0
    }
  }

  private func monotonic() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
