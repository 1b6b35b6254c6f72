// Appends the events of a run to run.jsonl as they happen.

import ConformanceModel
import Glibc
import JSONValue

/// A run log that is being written. Only complete lines are written, at the latest when a case has ended.
///
/// The lock protects the buffer and the first failure; several threads append.
public final class RunLogWriter: Sendable {
  fileprivate struct State {
    var descriptor: Int32
    var buffer: [UInt8] = []
    var failure: ReportError?
    /// The former contents are removed with the first line of the new log, not before.
    var replacesFormer: Bool
    /// Of all lines, those in the buffer included.
    let digest = LogDigest()
    /// The event run-finished as it was written last.
    var end: [UInt8]?
    /// A line in the buffer has to be written soon.
    var isDue = false
  }

  public let path: String
  private let state: Locked<State>

  /// Starts a new log, or continues the one that is there, without an incomplete line at its end.
  ///
  /// - Throws: `ReportError` if the file cannot be written.
  public init(path: String, continuing: Bool = false) throws(ReportError) {
    var descriptor = open(
      path, O_RDWR | O_APPEND | O_CLOEXEC | (continuing ? 0 : O_CREAT) | O_NONBLOCK | O_NOCTTY, 0o644)
    guard descriptor >= 0 else { throw .system("cannot be written", path) }
    if !continuing, RunLogWriter.isLinked(descriptor) {
      // the file under its other name, such as a baseline, must stay as it is
      Glibc.close(descriptor)
      unlink(path)
      descriptor = open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_CREAT | O_EXCL | O_NOCTTY, 0o644)
      guard descriptor >= 0 else { throw .system("cannot be written", path) }
    }
    let state = State(descriptor: descriptor, replacesFormer: !continuing)
    do throws(ReportError) {
      var info = stat()
      // the reports are made from what was written
      guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT != S_IFIFO else {
        throw ReportError(path: path, message: "is a pipe, not a file; a run log has to be read again for the reports")
      }
      if continuing { try state.repairEnd(path) }
    } catch {
      Glibc.close(descriptor)
      throw error
    }
    self.path = path
    self.state = Locked(state)
  }

  /// Whether it is a regular file with a second name.
  private static func isLinked(_ descriptor: Int32) -> Bool {
    var info = stat()
    return fstat(descriptor, &info) == 0 && info.st_mode & S_IFMT == S_IFREG && info.st_nlink > 1
  }

  deinit {
    let path = path
    state.withLock { state in
      state.flush(path)
      if state.descriptor >= 0 { Glibc.close(state.descriptor) }
    }
  }

  /// Appends one line, already encoded and without secrets. The event run-finished gets the digest of the log up to
  /// it.
  ///
  /// - Parameter isDue: The next `flushIfDue` writes it, with all lines before it.
  public func append(_ line: [UInt8], isDue: Bool = false) {
    state.withLock { state in
      if line.starts(with: LineHead.runFinished) {
        let end = state.digest.seal(line)
        state.end = end
        state.append(end)
      } else {
        state.append(line)
      }
      if isDue { state.isDue = true }
      if state.buffer.count >= 64 << 10 { state.flush(path) }
    }
  }

  public func flushIfDue() { state.withLock { if $0.isDue { $0.flush(path) } } }

  /// The event run-finished with its digest; `nil` if it was not appended.
  public var end: [UInt8]? { state.withLock { $0.end } }

  /// Why the log is incomplete, as soon as that is known.
  public var failure: ReportError? { state.withLock { $0.failure } }

  public func flush() { state.withLock { $0.flush(path) } }

  /// Whether the path still leads to this file: the folder may have been replaced.
  public var isInItsPlace: Bool {
    var own = stat(), found = stat()
    return state.withLock { fstat($0.descriptor, &own) != 0 } || stat(path, &found) != 0
      || (own.st_dev, own.st_ino) == (found.st_dev, found.st_ino)
  }

  /// Writes what is still in memory.
  ///
  /// - Throws: The first failure of the whole log, such as a full disk.
  public func close() throws(ReportError) {
    let failure = state.withLock { state -> ReportError? in
      state.flush(path)
      if state.descriptor >= 0, Glibc.close(state.descriptor) != 0, state.failure == nil {
        state.failure = .system("cannot be written", path)
      }
      state.descriptor = -1
      return state.failure
    }
    if let failure { throw failure }
  }
}

extension RunLogWriter.State {
  fileprivate mutating func append(_ line: [UInt8]) {
    digest.take(line)
    buffer += line
    buffer.append(UInt8(ascii: "\n"))
  }

  /// Removes the incomplete line that a killed run may have left, or ends it if it is a complete event.
  fileprivate func repairEnd(_ path: String) throws(ReportError) {
    var lines = LineReader(descriptor: descriptor)
    var last: LineReader.Line?
    while let line = lines.next() {
      if line.isWhole { digest.take(line.bytes) }
      last = line
    }
    if let failure = lines.failure { throw .system("cannot be read", path, number: failure) }
    guard let last, !last.isWhole else { return }
    let isEvent = (try? JSON(parsing: last.bytes)) != nil
    guard isEvent ? write(descriptor, "\n", 1) == 1 : ftruncate(descriptor, off_t(last.offset)) == 0 else {
      throw .system("cannot be continued", path)
    }
    if isEvent { digest.take(last.bytes) }
  }

  /// After a failure nothing more is written, so that only the last line can be incomplete.
  fileprivate mutating func flush(_ path: String) {
    defer { buffer.removeAll(keepingCapacity: true) }
    isDue = false
    guard failure == nil, !buffer.isEmpty else { return }
    guard descriptor >= 0 else {
      failure = ReportError(path: path, message: "the run log was closed before its last lines were written")
      return
    }
    if replacesFormer {
      replacesFormer = false
      // a device cannot be truncated
      var info = stat()
      if fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG, ftruncate(descriptor, 0) != 0 {
        failure = .system("the former run log cannot be removed", path)
        return
      }
    }
    var written = 0
    while written < buffer.count {
      let count = buffer.withUnsafeBytes { raw in
        raw.baseAddress.map { write(descriptor, $0 + written, raw.count - written) } ?? 0
      }
      if count <= 0 {
        if count < 0, errno == EINTR { continue }
        failure = .system("the run log cannot be written", path)
        return
      }
      written += count
    }
  }
}
