// File descriptors that close themselves and that no child inherits.

import Glibc
import SystemPackage

/// Owns a descriptor. A class, so that it is closed exactly once, with its last reference.
final class Descriptor: Sendable {
  let file: FileDescriptor

  init(_ file: FileDescriptor) { self.file = file }

  deinit { try? file.close() }

  /// Opens a file; `options` with `.create` makes one that its owner may write and everybody may read.
  static func open(
    _ path: String, _ mode: FileDescriptor.AccessMode, _ options: FileDescriptor.OpenOptions = []
  ) throws(ProcessError) -> Descriptor {
    do {
      let permissions: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
      return Descriptor(
        try FileDescriptor.open(
          FilePath(path), mode, options: options.union(.closeOnExec), permissions: permissions))
    } catch {
      throw ProcessError("\(path) cannot be opened", error)
    }
  }

  static func pipe() throws(ProcessError) -> (reading: Descriptor, writing: Descriptor) {
    do {
      let (readEnd, writeEnd) = try FileDescriptor.pipe(options: .closeOnExec)
      return (Descriptor(readEnd), Descriptor(writeEnd))
    } catch {
      throw ProcessError("a pipe for a program cannot be made", error)
    }
  }

  /// Reads once, into `buffer`; 0 at the end of the file and after an error.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int { (try? file.read(into: buffer)) ?? 0 }

  /// Makes operations fail with `EAGAIN` instead of blocking.
  func setNonBlocking() { _ = fcntl(file.rawValue, F_SETFL, O_NONBLOCK) }
}
