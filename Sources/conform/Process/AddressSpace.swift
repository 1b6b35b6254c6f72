// A limit of memory (`ulimit -v`) that leaves too little is told at the start: later no thread could be made, and all would wait for one.

import CPosix
import Glibc

enum AddressSpace {
  /// What a thread reserves, in bytes, most of which it never touches.
  private static let ofThread = 8 << 20
  /// What is worked with, in a run of the shipped pack.
  private static let ofWork = 128 << 20

  /// Before any thread starts: makes do with little where there is a limit, and ends the program where that is too little.
  static func require() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur != rlim_t.max else { return }
    // each pool reserves 64 MiB, and there would be up to eight for each processor
    cposix_limit_memory_pools(2)
    let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    // the tasks' own, the service's, and those that wait for the network and for signals
    let wanted = ofWork + (2 * processors + 6) * ofThread + 2 * (64 << 20)
    guard let place = mmap(nil, wanted, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
      place != MAP_FAILED
    else {
      Output.error(
        "no more than \(limit.rlim_cur >> 20) MiB of memory may be taken, and \(wanted >> 20) MiB more are needed to begin; raise the limit with ulimit -v"
      )
      exit(Status.couldNotRun.rawValue)
    }
    munmap(place, wanted)
  }
}
