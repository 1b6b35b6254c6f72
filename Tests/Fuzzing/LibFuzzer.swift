// The same readers under libFuzzer, which knows what code an input reached: `Tests/Fuzzing/libfuzzer READER`.

#if LIBFUZZER
  import Foundation

  @_silgen_name("LLVMFuzzerRunDriver")
  private func runDriver(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
  ) -> CInt

  enum LibFuzzer {
    /// A C function has no context: the one reader of the process.
    nonisolated(unsafe) private static var reader: (any Reader)?

    /// Takes the arguments after `--` in FUZZ_ARGUMENTS, one a line, and does not come back.
    static func run(_ reader: any Reader) -> Never {
      self.reader = reader
      let words = ["fuzzing"] + (ProcessInfo.processInfo.environment["FUZZ_ARGUMENTS"] ?? "").split(separator: "\n").map(String.init)
      let vector = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: words.count + 1)
      for (index, word) in words.enumerated() { vector[index] = strdup(word) }
      vector[words.count] = nil
      var count = CInt(words.count)
      var arguments = vector
      exit(
        runDriver(&count, &arguments) { bytes, size in
          do { try LibFuzzer.reader?.check(Array(UnsafeBufferPointer(start: bytes, count: size))) } catch {
            fatalError("FINDING: \((error as? Finding)?.message ?? "\(error)")")
          }
          return 0
        })
    }
  }
#endif
