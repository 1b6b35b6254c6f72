// Why a program could not be run.

import Glibc

public struct ProcessError: Error, Sendable, CustomStringConvertible {
  public var description: String

  init(_ description: String) { self.description = description }

  /// With the system's words for an error number.
  init(_ description: String, errno code: Int32) {
    self.description = "\(description): \(String(cString: strerror(code)))"
  }
}
