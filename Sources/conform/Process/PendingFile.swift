// Where pending cases wait, with the secrets that they need: beside the run log, for the owner's eyes only.

import ConformanceModel
import Execution
import Foundation
import JSONValue
import Reporting
import RunEvents

/// `pending.jsonl`: one line for each pending case. The run log holds no secrets and can be shown to anyone; this file cannot,
/// which is why it is one of its own (mode 0600). It goes where the log goes if the rest is to be played on another machine.
///
/// The lock protects the states; cases park on several threads.
final class PendingFile: Sendable {
  let path: String
  private let states = Locked<[PendingState]>([])

  init(beside log: String) {
    path = Path.join(Path.folder(of: log), "pending.jsonl")
  }

  func add(_ state: PendingState) { states.withLock { $0.append(state) } }

  func remove() { unlink(path) }

  var exists: Bool { access(path, F_OK) == 0 }

  /// Reads the states that a former run left.
  func read() throws(ReportError) -> [PendingState] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ReportError(
        path: path,
        message: "cannot be read: it holds the pending cases with their secrets, and has to lie beside the run log")
    }
    var states: [PendingState] = []
    for (index, line) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let json = try? JSON(parsing: Array(line)), let state = PendingState(json) else {
        throw ReportError(path: path, message: "line \(index + 1): is no pending case")
      }
      states.append(state)
    }
    return states
  }

  /// Writes the states, or takes the file away where there are none. A former file stays until the new one is whole.
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
