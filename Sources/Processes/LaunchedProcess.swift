// A program that runs until conform stops it.

import ConformanceModel
import Dispatch
import Glibc
import SystemPackage

/// A running program with everything that it starts: one process group, which is gone when `stop` returns and which
/// never outlives conform, however conform ends.
public final class LaunchedProcess: Sendable {
  private struct State {
    var outcome: Outcome?
    var isStopping = false
    var waiting: [CheckedContinuation<Outcome?, Never>] = []
  }

  private let child: Child
  /// Ends the group when conform is gone: it reads from a pipe whose other end only conform holds open.
  private let watcher: Child
  private let leash: Descriptor
  private let output: String
  private let copy: OutputCopy
  private let state = Locked(State())
  private let ended = DispatchSemaphore(value: 0)

  private init(_ child: Child, _ watcher: Child, _ leash: Descriptor, _ copy: OutputCopy, output: String) {
    self.child = child
    self.copy = copy
    self.watcher = watcher
    self.leash = leash
    self.output = output
  }

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - folder: The working directory; a relative program is searched there.
  ///   - output: The file that takes both output streams; a file from an earlier run is emptied.
  ///   - continues: The file is that of the same program, which ran before, and is kept.
  ///   - filter: Masks secrets in lines of the output before they are written.
  public static func start(
    _ command: [String], folder: String, environment: [String: String], output: String,
    continues: Bool = false, filter: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) throws(ProcessError) -> LaunchedProcess {
    let options: FileDescriptor.OpenOptions = continues ? [.create, .append] : [.create, .truncate, .append]
    let log = try Descriptor.open(output, .writeOnly, options)
    let (child, copy) = try start(command, folder, environment, log, filter)
    let watcher: Child
    let leash: Descriptor
    do throws(ProcessError) {
      let pipe = try Descriptor.pipe()
      let null = try Descriptor.open("/dev/null", .writeOnly)
      watcher = try Child.start(
        ["/bin/sh", "-c", "read -r line; kill -s KILL -- \"-$1\"", "sh", "\(child.id)"], folder: "/", environment: [:],
        streams: .init(input: pipe.reading, output: null, errors: null))
      leash = pipe.writing
    } catch {
      child.signalGroup(SIGKILL)
      _ = child.wait()
      throw error
    }
    let process = LaunchedProcess(child, watcher, leash, copy, output: output)
    process.watch()
    return process
  }

  private static func start(
    _ command: [String], _ folder: String, _ environment: [String: String], _ log: Descriptor,
    _ filter: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) throws(ProcessError) -> (Child, OutputCopy) {
    let input = try Descriptor.open("/dev/null", .readOnly), pipe = try Descriptor.pipe()
    let child = try Child.start(
      command, folder: folder, environment: environment,
      streams: .init(input: input, output: pipe.writing, errors: pipe.writing))
    return (child, OutputCopy(from: pipe.reading, to: log, filter: filter))
  }

  /// The id of the process.
  public var id: Int32 { child.id }

  /// How it ended; `nil` while it runs.
  public var outcome: Outcome? { state.withLock { $0.outcome } }

  /// Waits until it ends by itself.
  ///
  /// - Returns: How it ended, or `nil` if it was stopped.
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
    let wanted = 4096
    guard let descriptor = try? Descriptor.open(output, .readOnly),
      let size = try? descriptor.file.seek(offset: 0, from: .end),
      (try? descriptor.file.seek(offset: max(0, size - Int64(wanted)), from: .start)) != nil
    else { return "" }
    let text = withUnsafeTemporaryAllocation(byteCount: wanted, alignment: 1) { buffer in
      String(decoding: buffer.prefix(descriptor.read(into: buffer)), as: UTF8.self)
    }
    return text.split(whereSeparator: \.isNewline).suffix(20).joined(separator: "\n")
  }

  /// Sends SIGTERM, and ends it and everything that it started once it has ended or after `grace` seconds.
  ///
  /// - Parameter atOnce: Sends SIGKILL instead.
  public func stop(atOnce: Bool = false, grace: Double = 5) async {
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
        self.child.signalGroup(atOnce ? SIGKILL : SIGTERM)
        _ = self.ended.wait(timeout: .now() + grace)
        // Its id stays reserved until it is reaped, so the group is still its own.
        self.child.signalGroup(SIGKILL)
        self.watcher.signalGroup(SIGKILL)
        _ = self.watcher.wait()
        _ = self.child.wait()
        self.copy.waitForEnd(seconds: 1)
        self.copy.cancel()
        continuation.resume()
      }
    }
  }

  private func watch() {
    DispatchQueue.global().async {
      let outcome = self.child.waitForOutcome()
      // Its last lines belong to the report of its end.
      self.copy.waitForEnd(seconds: 1)
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
