// Recognises one file under several paths, such as `a.yaml` and `./a.yaml`.

import BuiltInPack
import Glibc

/// Identifies a file by device and inode, or by its path in the built-in pack.
enum FileIdentity: Hashable {
  case onDisk(device: dev_t, number: ino_t)
  case builtIn(String)

  /// `nil` if there is no file at the path.
  init?(_ path: String) {
    if BuiltInPack.contains(path) {
      guard FileEntry(path) != nil else { return nil }
      self = .builtIn(path.hasSuffix("/") ? String(path.dropLast()) : path)
      return
    }
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    self = .onDisk(device: info.st_dev, number: info.st_ino)
  }
}

/// Maps each file to the first path under which it was seen.
struct Spellings {
  private var first: [FileIdentity: String] = [:]

  /// The first path of the file at `path`.
  mutating func first(of path: String) -> String {
    guard let identity = FileIdentity(path) else { return path }
    if let known = first[identity] { return known }
    first[identity] = path
    return path
  }
}
