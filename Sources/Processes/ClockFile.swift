// The file through which a simulated clock is advanced.

import ConformanceModel
import Glibc
import SystemPackage

/// The file that every process of a target maps: three cells of eight bytes, `conform_clock_cells` of ClockShim.h.
/// Neither the helper nor the library that read it is linked here.
///
/// One caller at a time writes the cells: the timeline advances its clock once and waits for it.
final class ClockFile: Sendable {
  let path: String
  private let cells: SendableCells
  private let standsStill: Bool

  /// A pointer to the mapping. `@unchecked Sendable` is sound: each cell is written whole, and by this process alone.
  private struct SendableCells: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Int64>
  }

  /// The positions of the cells.
  private enum Cell {
    static let magic = 0, offset = 1, stopped = 2
    static let size = 24
  }

  /// "conform1"
  private static let magic: Int64 = 0x316D_726F_666E_6F63

  /// - Throws: `ProcessError` if the folder is missing, or the start is beyond what the cells can hold.
  init(folder: String, start: SimulatedInstant, standsStill: Bool) throws(ProcessError) {
    path = "\(folder)/clock"
    self.standsStill = standsStill
    let descriptor = try Descriptor.open(path, .readWrite, [.create, .truncate])
    // A server may run as another user, also in a container. The folder is private, and the time is no secret.
    guard fchmod(descriptor.file.rawValue, 0o644) == 0 else { throw .withLastErrno("\(path) cannot be made readable") }
    let size = Cell.size
    do { try descriptor.file.resize(to: Int64(size)) } catch { throw ProcessError("\(path) cannot be written", error) }
    guard let map = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.file.rawValue, 0), map != MAP_FAILED
    else { throw .withLastErrno("\(path) cannot be mapped") }
    cells = SendableCells(pointer: map.bindMemory(to: Int64.self, capacity: 3))
    try set(start)
    cells.pointer[Cell.magic] = ClockFile.magic
  }

  deinit { munmap(cells.pointer, Cell.size) }

  /// The time that the programs see.
  var now: SimulatedInstant {
    let stopped = cells.pointer[Cell.stopped]
    let time = stopped != 0 ? stopped : WallClock.nanoseconds + cells.pointer[Cell.offset]
    return SimulatedInstant(milliseconds: time / 1_000_000)
  }

  /// - Throws: `ProcessError` if the instant is after 2262, where nanoseconds no longer fit into 64 bits.
  func set(_ instant: SimulatedInstant) throws(ProcessError) {
    let (time, overflows) = instant.milliseconds.multipliedReportingOverflow(by: 1_000_000)
    guard !overflows, time > 0 else {
      throw ProcessError("the simulated time \(instant) is not between 1970 and 2262")
    }
    if standsStill {
      cells.pointer[Cell.stopped] = time
    } else {
      cells.pointer[Cell.offset] = time - WallClock.nanoseconds
    }
  }
}
