// Appends the events of a run to run.jsonl as they happen.

import ConformanceModel
import Glibc
import JSONValue

/// A run log that is being written. Lines go out whole, at the latest when a case has ended.
///
/// The lock protects the buffer and the first failure; several threads append.
public final class RunLogWriter: Sendable {
  fileprivate struct State {
    var descriptor: Int32
    var buffer: [UInt8] = []
    package var failure: ReportError?
    /// What was there before is taken away with the first line of the new log: until then nothing has happened.
    var isAnew: Bool
  }

  public let path: String
  private let state: Locked<State>

  /// Starts the log anew, or goes on with the one that is there, without half a line at its end.
  /// - Throws: `ReportError` where the file cannot be made.
  public init(path: String, continuing: Bool = false) throws(ReportError) {
    let descriptor = open(
      path, O_RDWR | O_APPEND | O_CLOEXEC | (continuing ? 0 : O_CREAT) | O_NONBLOCK | O_NOCTTY, 0o644)
    guard descriptor >= 0 else { throw .system("cannot be written", path) }
    let state = State(descriptor: descriptor, isAnew: !continuing)
    do throws(ReportError) {
      var info = stat()
      // what was written has to be read again for the reports
      guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT != S_IFIFO else {
        throw ReportError(path: path, message: "is a pipe, and cannot hold a run log")
      }
      if continuing { try state.mendEnd(path) }
    } catch {
      Glibc.close(descriptor)
      throw error
    }
    self.path = path
    self.state = Locked(state)
  }

  deinit {
    let path = path
    state.withLock { state in
      state.flush(path)
      if state.descriptor >= 0 { Glibc.close(state.descriptor) }
    }
  }

  /// Appends one line, already encoded and without secrets.
  public func append(_ line: [UInt8], flush: Bool) {
    state.withLock { state in
      state.buffer += line
      state.buffer.append(UInt8(ascii: "\n"))
      if flush || state.buffer.count >= 64 << 10 { state.flush(path) }
    }
  }

  /// Why the log is not whole, as soon as that is known.
  public var failure: ReportError? { state.withLock { $0.failure } }

  public func flush() { state.withLock { $0.flush(path) } }

  /// Whether its path still leads to it: somebody may have put another folder there.
  public var isInItsPlace: Bool {
    var own = stat(), found = stat()
    return state.withLock { fstat($0.descriptor, &own) != 0 } || stat(path, &found) != 0
      || (own.st_dev, own.st_ino) == (found.st_dev, found.st_ino)
  }

  /// Writes what is left.
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
  /// A run that was killed may have left half a line, which is no longer the last once the log goes on.
  fileprivate func mendEnd(_ path: String) throws(ReportError) {
    var lines = LineReader(descriptor: descriptor)
    var last: LineReader.Line?
    while let line = lines.next() { last = line }
    if let failure = lines.failure { throw .system("cannot be read", path, number: failure) }
    guard let last, !last.isWhole else { return }
    let isEvent = (try? JSON(parsing: last.bytes)) != nil
    guard isEvent ? write(descriptor, "\n", 1) == 1 : ftruncate(descriptor, off_t(last.offset)) == 0 else {
      throw .system("cannot be continued", path)
    }
  }

  /// After a failure nothing more is written: half a line would not be the last.
  fileprivate mutating func flush(_ path: String) {
    defer { buffer.removeAll(keepingCapacity: true) }
    guard failure == nil, !buffer.isEmpty else { return }
    guard descriptor >= 0 else {
      failure = ReportError(path: path, message: "the run log was closed before its last lines came")
      return
    }
    if isAnew {
      isAnew = false
      // a device cannot be made shorter, and need not be
      var info = stat()
      if fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG, ftruncate(descriptor, 0) != 0 {
        failure = .system("the former run log could not be taken away", path)
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
        failure = .system("the run log could not be continued", path)
        return
      }
      written += count
    }
  }
}
