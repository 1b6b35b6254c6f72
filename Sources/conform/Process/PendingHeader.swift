// The first line of a file of pending cases: the run that it belongs to.

import ConformanceModel
import Execution
import JSONValue
import RunEvents

/// Which run the pending cases belong to, and how they are encrypted.
struct PendingHeader: Sendable {
  private static let format = 3

  var runID: String?
  var startedAt: SimulatedInstant
  /// The fingerprint of the target's bindings.
  var target: String
  /// `nil` if the cases are not encrypted.
  var salt: [UInt8]?
  /// The line as it is in the file, which the encryption authenticates.
  private(set) var line: [UInt8]

  init(_ run: RunDescription, target: String, isEncrypted: Bool) {
    runID = run.runID
    startedAt = run.startedAt
    self.target = target
    salt = isEncrypted ? PendingKey.randomSalt : nil
    var members: [JSON.Member] = [
      .init("pending", .int(PendingHeader.format)), .init("started-at", .int(run.startedAt.milliseconds)),
      .init("target", .string(target)),
    ]
    if let runID { members.append(.init("run-id", .string(runID))) }
    if let salt {
      members.append(.init("encryption", .string(PendingKey.algorithm)))
      members.append(.init("salt", .string(Base64.encode(salt))))
    }
    line = JSON.object(members).compactBytes
  }

  /// - Returns: `nil` if the line is not such a header.
  init?(line: [UInt8]) {
    guard let json = try? JSON(parsing: line), json["pending"]?.int == PendingHeader.format,
      let startedAt = json["started-at"]?.int, let target = json["target"]?.string
    else { return nil }
    runID = json["run-id"]?.string
    self.startedAt = SimulatedInstant(milliseconds: Int64(startedAt))
    self.target = target
    if let text = json["salt"]?.string {
      guard let bytes = Base64.decode(text) else { return nil }
      salt = bytes
    }
    self.line = line
  }
}

/// What a file of pending cases contains.
struct PendingContents: Sendable {
  var header: PendingHeader
  /// The states by the numbers of the cases; the last of each counts.
  var states: [Int: PendingState] = [:]
}
