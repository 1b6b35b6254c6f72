// The file of pending cases, with the secrets that they need.

import ConformanceModel
import Execution
import Files
import Glibc
import JSONValue
import RunEvents

/// `pending.jsonl`: a line about the run, then one for each pending case. The run log contains no secrets; this file
/// does, so it is separate, with mode 0600, and encrypted if there is a key, else each line has a digest. To resume on another machine, copy both.
///
/// A case is in the file from the moment it is pending, so that nothing is lost if the process is killed. The lock
/// protects the states and the file; cases become pending on several threads.
final class PendingFile: Sendable {
  private struct State {
    var header: PendingHeader?
    /// The cases that are pending, by number.
    var states: [Int: PendingState] = [:]
    var failure: ReportError?
  }

  let path: String
  private let key: PendingKey?
  /// The fingerprint of the target's bindings.
  private let target: String
  private let state = Locked(State())

  init(beside log: String, key: PendingKey?, target: String = "") {
    path = Path.join(Path.folder(of: log), "pending.jsonl")
    self.key = key
    self.target = target
  }

  func remove() { unlink(path) }

  var exists: Bool { access(path, F_OK) == 0 }

  /// Starts with the contents of an existing file.
  func restore(_ contents: PendingContents, without finished: Set<Int>) {
    state.withLock { state in
      state.header = contents.header
      state.states = contents.states.filter { !finished.contains($0.key) }
    }
  }

  /// Adds a case, or replaces its state.
  func add(_ pending: PendingState) {
    state.withLock { state in
      state.states[pending.number] = pending
      guard let header = state.header, state.failure == nil else { return }
      do throws(ReportError) {
        if exists { try append(line(pending, header)) } else { try replace(header, [pending]) }
      } catch {
        state.failure = error
      }
    }
  }

  /// Writes the cases that are still pending, or removes the file if there are none. A former file stays until the new
  /// one is whole.
  func write() throws(ReportError) {
    let state = state.withLock { $0 }
    guard let header = state.header, !state.states.isEmpty else { return remove() }
    try replace(header, state.states.values.sorted { $0.number < $1.number })
  }

  /// - Throws: `ReportError` if the file cannot be read, the key is wrong, or the file was changed.
  func read() throws(ReportError) -> PendingContents {
    let data: [UInt8]
    do { data = try RegularFile.read(path) } catch {
      throw ReportError(
        path: path,
        message: "\(error.message); it contains the pending cases, and has to be in the folder of the run log")
    }
    let lines = data.split(separator: UInt8(ascii: "\n")).map { Array($0) }
    guard let first = lines.first, let header = PendingHeader(line: first) else {
      throw ReportError(path: path, message: "line 1: is not the start of a file of pending cases")
    }
    var contents = PendingContents(header: header)
    for (index, line) in lines.enumerated().dropFirst() {
      // a killed run may leave half a line at the end; the log does not have its case as pending yet
      if index == lines.count - 1, data.last != UInt8(ascii: "\n") { break }
      let bytes = try plain(line, header, index + 1)
      guard let json = try? JSON(parsing: bytes), let state = PendingState(json) else {
        throw ReportError(
          path: path,
          message: "line \(index + 1): is not a pending case, or has an impossible number: the file was changed")
      }
      contents.states[state.number] = state
    }
    return contents
  }

  private func plain(_ line: [UInt8], _ header: PendingHeader, _ number: Int) throws(ReportError) -> [UInt8] {
    switch (key, header.salt) {
    case (nil, nil):
      if let bytes = PendingDigest.removed(from: line, header: header.line) { return bytes }
      let id = (try? JSON(parsing: line))?["id"]?.string.map { "case '\(SafeText.forConsole(SafeText.oneLine($0)))'" }
      throw ReportError(
        path: path,
        message: "line \(number): \(id ?? "this line"), or line 1, was changed after conform wrote it; "
          + "nothing was sent; restore the file, or run again")
    case (nil, _?):
      throw ReportError(path: path, message: "is encrypted; set \(PendingKey.variable) to the key of the run")
    case (_?, nil): throw ReportError(path: path, message: "is not encrypted, but \(PendingKey.variable) is set")
    case (let key?, let salt?):
      guard let sealed = (try? JSON(parsing: line))?["sealed"]?.string,
        let bytes = key.open(sealed, salt: salt, header: header.line)
      else {
        throw ReportError(
          path: path, message: "cannot be decrypted: \(PendingKey.variable) is another key, or the file was changed")
      }
      return bytes
    }
  }

  private func line(_ pending: PendingState, _ header: PendingHeader) throws(ReportError) -> [UInt8] {
    let bytes = pending.json.compactBytes
    guard let key, let salt = header.salt else {
      return PendingDigest.add(to: bytes, header: header.line) + [UInt8(ascii: "\n")]
    }
    guard let sealed = key.seal(bytes, salt: salt, header: header.line) else {
      throw ReportError(path: path, message: "a pending case could not be encrypted")
    }
    return JSON.object([.init("sealed", .string(sealed))]).compactBytes + [UInt8(ascii: "\n")]
  }

  private func append(_ bytes: [UInt8]) throws(ReportError) {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw failure() }
    defer { close(descriptor) }
    guard bytes.withUnsafeBytes({ Glibc.write(descriptor, $0.baseAddress, $0.count) }) == bytes.count else {
      throw failure()
    }
  }

  private func replace(_ header: PendingHeader, _ states: [PendingState]) throws(ReportError) {
    var bytes = header.line + [UInt8(ascii: "\n")]
    for state in states { bytes += try line(state, header) }
    let temporary = "\(path).new"
    unlink(temporary)
    guard
      PendingFile.create(temporary, bytes), rename(temporary, path) == 0
    else {
      let error = failure()
      unlink(temporary)
      throw error
    }
  }

  /// Creates a file that only this user can read. `errno` has the reason if it fails.
  private static func create(_ path: String, _ bytes: [UInt8]) -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return false }
    let isWritten = RegularFile.write(bytes, to: descriptor)
    return close(descriptor) == 0 && isWritten
  }

  private func failure() -> ReportError {
    ReportError(path: path, message: "cannot be written: \(String(cString: strerror(errno)))")
  }
}

extension PendingFile: EventListener {
  var readsLines: Bool { false }

  func handle(_ event: Event, line: [UInt8]) {
    state.withLock { state in
      switch event {
      case .runStarted(let run): state.header = PendingHeader(run, target: target, isEncrypted: key != nil)
      case .caseFinished(let record) where record.verdict != .pending: state.states[record.planned.number] = nil
      default: break
      }
    }
  }
}
