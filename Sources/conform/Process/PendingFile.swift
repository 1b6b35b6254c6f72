// The file of pending cases, with the secrets that they need.

import ConformanceModel
import Execution
import Files
import Foundation
import JSONValue
import Reporting
import RunEvents

/// `pending.jsonl`: one line for each pending case. The run log contains no secrets; this file does, so it is separate,
/// with mode 0600. To resume on another machine, copy both.
///
/// The lock protects the states; cases become pending on several threads.
final class PendingFile: Sendable {
  let path: String
  private let states = Locked<[PendingState]>([])

  init(beside log: String) {
    path = Path.join(Path.folder(of: log), "pending.jsonl")
  }

  func add(_ state: PendingState) { states.withLock { $0.append(state) } }

  func remove() { unlink(path) }

  var exists: Bool { access(path, F_OK) == 0 }

  /// Reads the states of the pending cases.
  func read() throws(ReportError) -> [PendingState] {
    let data: [UInt8]
    do { data = try RegularFile.read(path) } catch {
      throw ReportError(
        path: path,
        message: "\(error.message); it contains the pending cases, and has to be in the folder of the run log")
    }
    var states: [PendingState] = []
    for (index, line) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let json = try? JSON(parsing: Array(line)), let state = PendingState(json) else {
        throw ReportError(path: path, message: "line \(index + 1): is not a pending case")
      }
      states.append(state)
    }
    return states
  }

  /// Writes the states, or removes the file if there are none. A former file stays until the new one is whole.
  func write() throws(ReportError) {
    let states = states.withLock { $0 }
    guard !states.isEmpty else { return remove() }
    var bytes: [UInt8] = []
    for state in states.sorted(by: { $0.number < $1.number }) {
      state.json.write(to: &bytes)
      bytes.append(UInt8(ascii: "\n"))
    }
    let temporary = "\(path).new"
    unlink(temporary)
    guard
      FileManager.default.createFile(atPath: temporary, contents: Data(bytes), attributes: [.posixPermissions: 0o600]),
      rename(temporary, path) == 0
    else {
      unlink(temporary)
      throw ReportError(path: path, message: "cannot be written: \(String(cString: strerror(errno)))")
    }
  }
}
