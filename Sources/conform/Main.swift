// The start of the program: what has to be set up before any other thread exists.

import CPosix
import Dispatch
import Glibc

@main
enum Main {
  /// Not async: signals have to be blocked on the first thread, before any other is made.
  static func main() {
    AddressSpace.require()
    Signals.block()
    // nested JSON and XML take more than a small limit of the stack allows
    cposix_require_stacks(2 << 20)
    // the memory of this process holds secrets in clear text
    _ = cposix_hide_memory()
    // memory that is returned to the kernel after each case is requested again by the next one
    cposix_keep_memory(64 << 20)
    Task.detached {
      await Conform.main()
      Glibc.exit(ExitStatus.conforms.rawValue)
    }
    // not dispatchMain(): its thread would take signals that are blocked everywhere else
    DispatchSemaphore(value: 0).wait()
  }
}
