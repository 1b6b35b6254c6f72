// A temporary folder of a run, for a launched target's data and its clock.

import Execution
import FoundationEssentials
import Glibc

/// Removed when the run ends. The folder of a killed run is removed by a later run that launches a target.
final class LaunchFolder: Sendable {
  let path: String
  /// Holds a lock of the kernel until the process ends, even if it is killed.
  private let descriptor: Int32

  private static let prefix = "conform-launch-"

  init() throws(TargetError) {
    let place = FileManager.default.temporaryDirectory.path
    LaunchFolder.removeAbandoned(in: place)
    var template = Array("\(place)/\(LaunchFolder.prefix)XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else {
      let reason = String(cString: strerror(errno))
      throw TargetError("cannot create a folder for the launched target in \(place): \(reason)")
    }
    path = String(cString: made)
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // without the lock the folder counts as abandoned once it is an hour old
    if descriptor >= 0 { flock(descriptor, LOCK_EX | LOCK_NB) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// Removes folders of this user that are an hour old and not locked; a younger one may not be locked yet.
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
