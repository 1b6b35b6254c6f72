// The limits of one input. The kernel enforces them, so that neither a loop nor a crash evades them.

import Glibc
import RunEvents

enum Limits {
  /// Seconds of processor time, which do not depend on other processes.
  static let processorTime = 10
  /// Bytes of data of the whole process.
  static let memory = 1 << 30
  /// Bytes by which the process may grow during one input.
  static let growth = 384 << 20
  /// Seconds without a new input after which a process counts as stuck.
  static let waiting = 300

  /// Limits the memory of the process; it dies if it needs more.
  static func limitMemory() {
    // a sanitizer maps terabytes for its own use, which would count too
    if !isSanitized {
      var limit = rlimit(rlim_cur: rlim_t(memory), rlim_max: rlim_t(memory))
      setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit)
    }
    // no core file for each finding
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
  }

  /// Whether the runtime of a sanitizer is part of the process.
  private static var isSanitized: Bool {
    dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil
  }

  /// Starts the timer. SIGPROF ends the process when it expires.
  static func startTime() {
    var timer = itimerval(
      it_interval: timeval(tv_sec: 0, tv_usec: 0), it_value: timeval(tv_sec: processorTime, tv_usec: 0))
    setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
  }

  static func stopTime() {
    var timer = itimerval()
    setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
  }

  /// The maximum memory of the process so far, in bytes.
  static var peak: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss << 10
  }
}
