// How many files may be open at once, and how many connections that leaves.

import Execution
import FoundationEssentials
import Glibc

enum OpenFiles {
  /// Files other than connections: the log while it is read, reports, pipes to programs.
  private static let reserve = 16

  /// What the embedded service opens before its first connection: a listener, and three files for each thread.
  static var ofReferenceService: Int { 4 + 3 * ProcessInfo.processInfo.processorCount }

  /// How many connections can be open at once. The soft limit is raised as far as needed and permitted.
  ///
  /// - Parameter hasBothEnds: The service runs in this process.
  /// - Throws: `TargetError` if the limit permits no connection.
  static func connections(_ wanted: Int, hasBothEnds: Bool) throws(TargetError) -> Int {
    // a connection takes four files while a name is resolved and the addresses of both families are tried
    let files = hasBothEnds ? 2 : 4
    return try require(files, wanted: wanted * files) / files
  }

  /// - Returns: How many more files can be opened.
  @discardableResult
  static func require(_ least: Int, wanted: Int = 0) throws(TargetError) -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return max(least, wanted) }
    let taken = count + reserve
    let needed = rlim_t(taken + max(least, wanted))
    if limit.rlim_cur < needed {
      let former = limit.rlim_cur
      limit.rlim_cur = min(limit.rlim_max, needed)
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 { limit.rlim_cur = former }
    }
    let room = Int(clamping: limit.rlim_cur) - taken
    guard room >= least else {
      throw TargetError(
        "the limit of \(limit.rlim_cur) open files is too low: \(taken + least) are needed; raise it with ulimit -n"
      )
    }
    return room
  }

  /// How many files are open now.
  private static var count: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 32 }
}
