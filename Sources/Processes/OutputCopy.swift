// Copies what a program prints into a file, with its secrets masked.

import CPosix
import ConformanceModel
import Dispatch
import Glibc
import SystemPackage

/// Reads a pipe to its end, even if the file cannot be written, so that the program never blocks for that reason.
final class OutputCopy: Sendable {
  private let pipe: Descriptor
  private let file: Descriptor
  private let filter: @Sendable ([UInt8]) -> [UInt8]
  private let isCancelled = Locked(false)
  private let ended = DispatchSemaphore(value: 0)

  /// Starts to copy, on a thread of its own.
  init(from pipe: Descriptor, to file: Descriptor, filter: @escaping @Sendable ([UInt8]) -> [UInt8]) {
    self.pipe = pipe
    self.file = file
    self.filter = filter
    // The program can print this much while a line is masked.
    _ = cposix_set_pipe_capacity(pipe.file.rawValue, 1 << 20)
    DispatchQueue.global().async { self.run() }
  }

  private func run() {
    var lines = LineFilter(filter)
    withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer in
      while !isCancelled.withLock({ $0 }) {
        var waiting = pollfd(fd: pipe.file.rawValue, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 200) > 0 else { continue }
        let count = pipe.read(into: buffer)
        guard count > 0 else { break }
        write(lines.add(buffer.prefix(count)))
      }
    }
    write(lines.finish())
    ended.signal()
  }

  private func write(_ bytes: [UInt8]) {
    if !bytes.isEmpty { _ = try? file.file.writeAll(bytes) }
  }

  /// Waits until everything was copied, for at most `seconds`: a process that left the group may keep the pipe open.
  /// Blocks.
  func waitForEnd(seconds: Double) {
    // Signalled again for the next caller.
    if ended.wait(timeout: .now() + seconds) == .success { ended.signal() }
  }

  /// Stops copying.
  func cancel() { isCancelled.withLock { $0 = true } }
}
