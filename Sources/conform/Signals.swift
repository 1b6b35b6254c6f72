// SIGINT and SIGTERM: the first ends the run in order, the second at once.

import Glibc

enum Signals {
  private static var handled: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    return set
  }

  /// Before any thread starts: all threads inherit that these signals wait for `listen`.
  static func block() {
    var set = handled
    pthread_sigmask(SIG_BLOCK, &set, nil)
    signal(SIGPIPE, SIG_IGN)
  }

  /// Calls `first` at the first signal, with its name; at the second the process ends at once.
  static func listen(_ first: @escaping @Sendable (String) -> Void) {
    let box = Unmanaged.passRetained(Box(first)).toOpaque()
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let box = Unmanaged<Box>.fromOpaque(argument).takeUnretainedValue()
        var set = Signals.handled
        var number: Int32 = 0
        sigwait(&set, &number)
        box.first(number == SIGTERM ? "SIGTERM" : "SIGINT")
        sigwait(&set, &number)
        _exit(Status.interrupted.rawValue)
      }, box)
    pthread_detach(thread)
  }

  private final class Box: Sendable {
    let first: @Sendable (String) -> Void
    init(_ first: @escaping @Sendable (String) -> Void) { self.first = first }
  }
}
