// A folder for the time of a run: a launched target's data and its clock.

import Execution
import Foundation

/// Removed when the run ends; one that a killed run left is removed by the next that launches a target.
final class LaunchFolder: Sendable {
  let path: String
  /// Held by a lock of the kernel as long as the run goes on, however that ends.
  private let descriptor: Int32

  private static let prefix = "conform-launch-"

  init() throws(TargetError) {
    let place = FileManager.default.temporaryDirectory.path
    LaunchFolder.removeAbandoned(in: place)
    var template = Array("\(place)/\(LaunchFolder.prefix)XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else {
      throw TargetError("no folder for the launched target: \(String(cString: strerror(errno)))")
    }
    path = String(cString: made)
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // without it, it is only not known to be in use once it is an hour old
    if descriptor >= 0 { flock(descriptor, LOCK_EX | LOCK_NB) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// Those of this user that are an hour old and that nobody holds; a younger one may not be held yet.
  private static func removeAbandoned(in place: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? [] where name.hasPrefix(prefix) {
      let path = "\(place)/\(name)"
      let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      var info = stat()
      guard fstat(descriptor, &info) == 0, info.st_uid == geteuid(), time(nil) - info.st_mtim.tv_sec > 3600,
        flock(descriptor, LOCK_EX | LOCK_NB) == 0
      else { continue }
      try? FileManager.default.removeItem(atPath: path)
    }
  }
}
