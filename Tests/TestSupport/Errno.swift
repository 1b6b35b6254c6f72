// Failures of system calls in the test server.

import Glibc

/// The C library's number for what went wrong.
public struct Errno: Error, CustomStringConvertible {
  public var number: Int32
  public var description: String { String(cString: strerror(number)) }

  static var current: Errno { Errno(number: errno) }
}
