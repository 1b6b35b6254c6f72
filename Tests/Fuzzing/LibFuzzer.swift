// The readers under libFuzzer, which has its own main function and measures coverage: `Tests/Fuzzing/libfuzzer READER`.

import RunEvents

#if LIBFUZZER
  import Foundation

  /// The reader of the process, named in FUZZING_READER: a C function has no context.
  private enum Chosen {
    nonisolated(unsafe) static let reader: any Reader = {
      let name = ProcessInfo.processInfo.environment["FUZZING_READER"] ?? ""
      guard let entry = Readers.all.first(where: { $0.name == name }) else {
        fatalError("unknown reader '\(name)'")
      }
      do { return entry.make(try Workplace()) } catch { fatalError("\(error)") }
    }()
  }

  @_cdecl("LLVMFuzzerTestOneInput")
  public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do { try Chosen.reader.check(Array(UnsafeBufferPointer(start: bytes, count: count))) } catch {
      fatalError("FINDING \((error as? FuzzFinding)?.message ?? "\(error)")")
    }
    return 0
  }
#endif
