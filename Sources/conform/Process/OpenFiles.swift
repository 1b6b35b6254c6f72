// How many files may be open at once, and how many connections that leaves.

import Execution
import Foundation

enum OpenFiles {
  /// Beside connections: the log while it is read, reports, pipes to programs.
  private static let reserve = 16

  /// What the embedded service opens before its first connection: its listener, and three files for each of its threads.
  static var ofReferenceService: Int { 4 + 3 * ProcessInfo.processInfo.processorCount }

  /// How many connections can be open at once. Where the system lets it, the limit is raised for those that are wanted.
  ///
  /// - Parameter hasBothEnds: The service is in this process.
  /// - Throws: `TargetError` where there is room for none.
  static func connections(_ wanted: Int, hasBothEnds: Bool) throws(TargetError) -> Int {
    // while a name is looked up and the addresses of both families are tried, a connection takes four
    let files = hasBothEnds ? 2 : 4
    return try require(files, wanted: wanted * files) / files
  }

  /// - Returns: How many files can be opened beside those that are.
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
        "no more than \(limit.rlim_cur) files may be open at once, and this needs \(taken + least); raise the limit with ulimit -n"
      )
    }
    return room
  }

  /// Files that are open now.
  private static var count: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 32 }
}
