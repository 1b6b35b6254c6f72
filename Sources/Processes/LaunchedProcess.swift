// A program that runs beside the harness until it is stopped.

import ConformanceModel
import Dispatch
import Glibc

/// A running program with everything that it starts: one process group, which is gone when `stop` returns, and which does not
/// outlive the harness either, however that ends.
public final class LaunchedProcess: Sendable {
  private struct State {
    var outcome: Outcome?
    var isStopping = false
    var waiting: [CheckedContinuation<Outcome?, Never>] = []
  }

  private let child: Child
  /// Ends the group when the harness is gone; it notices by the pipe that only the harness holds open.
  private let watcher: Child
  private let leash: Descriptor
  private let output: String
  private let state = Locked(State())
  private let ended = DispatchSemaphore(value: 0)

  private init(_ child: Child, _ watcher: Child, _ leash: Descriptor, output: String) {
    self.child = child
    self.watcher = watcher
    self.leash = leash
    self.output = output
  }

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - folder: The working directory; a relative program is looked for there.
  ///   - output: The file that takes what it prints on both streams; a former one is emptied.
  public static func start(
    _ command: [String], folder: String, environment: [String: String], output: String
  ) throws(ProcessError) -> LaunchedProcess {
    let input = try Descriptor.open("/dev/null", O_RDONLY),
      log = try Descriptor.open(output, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND)
    let child = try Child.start(
      command, folder: folder, environment: environment,
      streams: .init(input: input.number, output: log.number, errors: log.number))
    let watcher: Child
    let leash: Descriptor
    do throws(ProcessError) {
      let pipe = try Descriptor.pipe()
      let null = try Descriptor.open("/dev/null", O_WRONLY)
      watcher = try Child.start(
        ["/bin/sh", "-c", "read -r line; kill -s KILL -- \"-$1\"", "sh", "\(child.id)"], folder: "/", environment: [:],
        streams: .init(input: pipe.reading.number, output: null.number, errors: null.number))
      leash = pipe.writing
    } catch {
      child.signalGroup(SIGKILL)
      _ = child.wait()
      throw error
    }
    let process = LaunchedProcess(child, watcher, leash, output: output)
    process.watch()
    return process
  }

  /// How it ended, once it has.
  public var outcome: Outcome? { state.withLock { $0.outcome } }

  /// Waits until it ends by itself.
  ///
  /// - Returns: How, or `nil` where it was stopped.
  public func unexpectedEnd() async -> Outcome? {
    await withCheckedContinuation { continuation in
      let known = state.withLock { state -> Outcome?? in
        if state.isStopping { return .some(nil) }
        if let outcome = state.outcome { return .some(outcome) }
        state.waiting.append(continuation)
        return .none
      }
      if case .some(let outcome) = known { continuation.resume(returning: outcome) }
    }
  }

  /// The last lines that it printed.
  public var lastLines: String {
    guard let file = try? Descriptor.open(output, O_RDONLY) else { return "" }
    let size = lseek(file.number, 0, SEEK_END)
    let wanted = 4096
    lseek(file.number, max(0, size - off_t(wanted)), SEEK_SET)
    let text = withUnsafeTemporaryAllocation(byteCount: wanted, alignment: 1) { buffer in
      let count = read(file.number, buffer.baseAddress, buffer.count)
      return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
    return text.split(whereSeparator: \.isNewline).suffix(20).joined(separator: "\n")
  }

  /// Asks it to end, and ends it with everything that it started after `grace` seconds, or as soon as it has gone without them.
  public func stop(grace: Double = 5) async {
    let waiting = state.withLock { state -> [CheckedContinuation<Outcome?, Never>]? in
      guard !state.isStopping else { return nil }
      state.isStopping = true
      defer { state.waiting = [] }
      return state.waiting
    }
    guard let waiting else { return }
    for continuation in waiting { continuation.resume(returning: nil) }
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        self.child.signalGroup(SIGTERM)
        _ = self.ended.wait(timeout: .now() + grace)
        // its id stays taken until it is waited for, so the group is still its own
        self.child.signalGroup(SIGKILL)
        self.watcher.signalGroup(SIGKILL)
        _ = self.watcher.wait()
        _ = self.child.wait()
        continuation.resume()
      }
    }
  }

  private func watch() {
    DispatchQueue.global().async {
      let outcome = self.child.waitForOutcome()
      let waiting = self.state.withLock { state -> [CheckedContinuation<Outcome?, Never>] in
        state.outcome = outcome
        defer { state.waiting = [] }
        return state.waiting
      }
      for continuation in waiting { continuation.resume(returning: outcome) }
      self.ended.signal()
    }
  }
}
