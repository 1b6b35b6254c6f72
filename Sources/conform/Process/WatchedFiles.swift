// `--watch`: the files of a run, and when one of them changes.

import ConformanceModel
import Glibc
import ScenarioFiles

/// The state of the files that a run reads: scenarios, requirements, invariants, and what the target file names.
struct WatchedFiles: Sendable {
  private struct Version: Equatable {
    var inode: UInt
    var size: Int
    var seconds: Int
    var nanoseconds: Int
  }

  private let versions: [String: Version]

  /// - Parameters:
  ///   - pack: Scenario files or folders.
  ///   - target: The target file.
  init(pack: [String], target: String) {
    var versions: [String: Version] = [:]
    for path in Library.inputFiles(pack) + Target.inputFiles(target) {
      var info = stat()
      guard stat(path, &info) == 0 else { continue }
      versions[path] = Version(
        inode: UInt(info.st_ino), size: Int(info.st_size), seconds: info.st_mtim.tv_sec,
        nanoseconds: info.st_mtim.tv_nsec)
    }
    self.versions = versions
  }

  var count: Int { versions.count }

  private static let interval = Duration.milliseconds(200)

  /// Waits until a file is written, added or removed, and all of them then stay as they are for a moment: an editor may
  /// still be writing.
  ///
  /// - Parameter read: Reads the state again.
  /// - Returns: One of the files.
  func nextChange(_ read: () -> WatchedFiles) async throws -> String {
    var last = self
    var changed: String?
    while true {
      try await Task.sleep(for: WatchedFiles.interval)
      let now = read()
      if let file = now.difference(from: last) {
        changed = changed ?? file
        last = now
      } else if let changed {
        return changed
      }
    }
  }

  /// The first file, by its name, that differs.
  private func difference(from other: WatchedFiles) -> String? {
    Set(versions.keys).union(other.versions.keys).filter { versions[$0] != other.versions[$0] }.min()
  }
}
