// Why a program could not be run.

import Glibc
import SystemPackage

/// Why a program could not be started, did not end in time, or printed too much.
public struct ProcessError: Error, Sendable, CustomStringConvertible {
  public var description: String

  init(_ description: String) { self.description = description }

  /// With the system's description of an error number.
  init(_ description: String, _ errno: Errno) { self.description = "\(description): \(errno)" }

  /// With the system's description of the error that an operation threw.
  init(_ description: String, _ error: any Error) { self.description = "\(description): \(error)" }

  /// With the system's description of the last error of this thread.
  static func withLastErrno(_ description: String) -> ProcessError { ProcessError(description, Errno.last) }
}

extension Errno {
  /// The last error of this thread.
  static var last: Errno { Errno(rawValue: errno) }
}
