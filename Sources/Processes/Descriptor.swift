// File descriptors that close themselves and that no child inherits.

import CPosix
import Glibc

/// Owns a descriptor. A class, so that it is closed once, when nobody holds it any more.
final class Descriptor: Sendable {
  let number: Int32

  init(_ number: Int32) { self.number = number }

  deinit { close(number) }

  static func open(_ path: String, _ flags: Int32) throws(ProcessError) -> Descriptor {
    // above the standard streams: a child's are copied over those
    let number = Glibc.open(path, flags | O_CLOEXEC, 0o644)
    guard number >= 0 else { throw ProcessError("\(path) cannot be opened", errno: errno) }
    return Descriptor(number)
  }

  static func pipe() throws(ProcessError) -> (reading: Descriptor, writing: Descriptor) {
    var ends: [Int32] = [-1, -1]
    guard cposix_pipe(&ends, O_CLOEXEC) == 0 else { throw ProcessError("no pipe for a program", errno: errno) }
    return (Descriptor(ends[0]), Descriptor(ends[1]))
  }
}
