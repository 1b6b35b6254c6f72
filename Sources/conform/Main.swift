// The start of the program: what has to be set up before any other thread exists, and its end.

import CPosix
import Cryptography
import Dispatch
import Glibc
import HTTPTransport

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
    if CommandLine.arguments.dropFirst().first == "run" { prepareLibraries() }
    Task.detached {
      await Conform.main()
      exit(ExitStatus.conforms.rawValue)
    }
    // not dispatchMain(): its thread would take signals that are blocked everywhere else
    DispatchSemaphore(value: 0).wait()
  }

  private static let preparation = DispatchGroup()

  /// Ends the program at once: everything that it wrote is written, and libraries would only free their memory.
  static func exit(_ status: Int32) -> Never {
    #if DEBUG
      // the sanitizers report at the end; what a library that is being loaded uses must not be freed before
      preparation.wait()
      Glibc.exit(status)
    #else
      _exit(status)
    #endif
  }

  /// Loads what most runs need, beside the reading of the arguments and the pack.
  private static func prepareLibraries() {
    DispatchQueue.global().async(group: preparation) {
      HTTPClient.prepare()
      SigningKey.prepare()
    }
  }
}
