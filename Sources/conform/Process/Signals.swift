// SIGINT, SIGTERM and SIGHUP: the first ends the run in order, the second ends the process at once.

import ConformanceModel
import Glibc

enum Signals {
  private static let names = [SIGINT: "SIGINT", SIGTERM: "SIGTERM", SIGHUP: "SIGHUP"]

  /// Called at the first signal. Static, since signals belong to the process.
  private static let listener = Locked<(@Sendable (String) -> Void)?>(nil)

  /// Called before any thread starts, so that all threads inherit the mask and one thread takes these signals.
  /// Without a listener a signal ends the process at once.
  static func block() {
    signal(SIGPIPE, SIG_IGN)
    // a file at its size limit is a write error, as a full disk is
    signal(SIGXFSZ, SIG_IGN)
    var set = sigset_t()
    sigemptyset(&set)
    // what the caller ignores stays ignored: `nohup`, or a shell for a background job
    for number in names.keys where !isIgnored(number) { sigaddset(&set, number) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    let box = Unmanaged.passRetained(Box(set)).toOpaque()
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Signals.wait(for: Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().set)
      }, box)
    pthread_detach(thread)
  }

  /// Calls `first` at the first signal, with its name; at the second the process ends at once.
  static func listen(_ first: @escaping @Sendable (String) -> Void) {
    listener.withLock { $0 = first }
  }

  private static func wait(for signals: sigset_t) -> Never {
    var set = signals
    while true {
      var number: Int32 = 0
      guard sigwait(&set, &number) == 0 else { continue }
      let first = listener.withLock { listener in
        defer { listener = nil }
        return listener
      }
      guard let first else { _exit(ExitStatus.interrupted.rawValue) }
      first(names[number] ?? "a signal")
    }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    // SIG_IGN is a macro with a cast
    return sigaction(number, nil, &action) == 0
      && unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
  }

  private final class Box: Sendable {
    let set: sigset_t
    init(_ set: sigset_t) { self.set = set }
  }
}
