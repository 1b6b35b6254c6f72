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

  /// Ends the program at once: everything that it wrote is written, and libraries would only free their memory, of which
  /// some may still be in use, since one of them may be being loaded.
  static func exit(_ status: Int32) -> Never { _exit(status) }

  /// Loads what most runs need, beside the reading of the arguments and the pack.
  private static func prepareLibraries() {
    DispatchQueue.global().async {
      HTTPClient.prepare()
      SigningKey.prepare()
    }
  }
}
