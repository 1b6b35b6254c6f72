// Checks at the start whether the limit of memory (`ulimit -v`) suffices: later no thread could be created, and all
// tasks would wait for one.

import CPosix
import Glibc

enum AddressSpace {
  /// What a thread reserves, in bytes; it never touches most of it.
  private static let threadBytes = 8 << 20
  /// What a run of the shipped pack uses, in bytes.
  private static let workBytes = 128 << 20

  /// Called before any thread starts: limits the memory pools, and ends the program if the limit is too low.
  static func require() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur != rlim_t.max else { return }
    // each pool reserves 64 MiB, and there would be up to eight for each processor
    cposix_limit_memory_pools(2)
    let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    // the threads of tasks and of the embedded service, and those that wait for the network and for signals
    let wanted = workBytes + (2 * processors + 6) * threadBytes + 2 * (64 << 20)
    guard let place = mmap(nil, wanted, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
      place != MAP_FAILED
    else {
      Output.error(
        "the memory limit of \(limit.rlim_cur >> 20) MiB is too low: \(wanted >> 20) MiB more are needed to start; "
          + "raise it with ulimit -v"
      )
      exit(ExitStatus.couldNotRun.rawValue)
    }
    munmap(place, wanted)
  }
}
