// What one input may cost. The kernel watches, so that neither a loop nor a crash gets around it.

import Glibc
import RunEvents

enum Limits {
  /// Seconds of processor time: another program on the same machine uses none of it up.
  static let processorTime = 10
  /// Bytes of data of the whole process.
  static let memory = 1 << 30
  /// Bytes by which the process may have grown after one input.
  static let growth = 384 << 20
  /// Seconds until a process that begins no new input is taken to wait for something that never comes.
  static let waiting = 300

  /// From here on the process dies where it takes more memory.
  static func holdMemory() {
    var limit = rlimit(rlim_cur: rlim_t(memory), rlim_max: rlim_t(memory))
    setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit)
    // no core file for each finding
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
  }

  /// The time begins anew. SIGPROF ends the process when it is over.
  static func startTime() {
    var timer = itimerval(
      it_interval: timeval(tv_sec: 0, tv_usec: 0), it_value: timeval(tv_sec: processorTime, tv_usec: 0))
    setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
  }

  static func stopTime() {
    var timer = itimerval()
    setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
  }

  /// The most memory that the process ever had, in bytes.
  static var peak: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss << 10
  }
}
