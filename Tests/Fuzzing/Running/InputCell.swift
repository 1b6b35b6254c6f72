// The current input, in a file that outlives the process.

import Foundation
import Glibc
import RunEvents

/// A mapped file. After the process dies, its parent reads the input from the file.
final class InputCell {
  static let capacity = 16 << 20
  private static let head = 4096

  private let memory: UnsafeMutableRawPointer
  private let size = InputCell.head + InputCell.capacity

  /// - Parameter path: The file; it is created if missing.
  init(_ path: String) throws {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FuzzFinding("\(path) cannot be opened: \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    guard ftruncate(descriptor, off_t(size)) == 0,
      let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
    else {
      throw FuzzFinding("\(path) cannot be mapped: \(String(cString: strerror(errno)))")
    }
    self.memory = memory
  }

  deinit { munmap(memory, size) }

  /// The count of started inputs: it shows that the process makes progress.
  var turn: Int { number(0) }

  /// The number of the input.
  var number: Int { number(1) }

  var input: [UInt8] {
    Array(UnsafeRawBufferPointer(start: memory + InputCell.head, count: min(max(0, number(2)), InputCell.capacity)))
  }

  func begin(_ number: Int, _ input: [UInt8]) {
    set(1, number)
    set(2, min(input.count, InputCell.capacity))
    input.withUnsafeBytes { raw in
      if let base = raw.baseAddress { memcpy(memory + InputCell.head, base, min(raw.count, InputCell.capacity)) }
    }
    set(0, turn + 1)
  }

  private func number(_ place: Int) -> Int { memory.load(fromByteOffset: 8 * place, as: Int.self) }

  private func set(_ place: Int, _ value: Int) { memory.storeBytes(of: value, toByteOffset: 8 * place, as: Int.self) }
}
