// Recognises one file under several paths, such as `a.yaml` and `./a.yaml`.

import Glibc

/// Identifies a file by device and inode.
struct FileIdentity: Hashable {
  private let device: dev_t
  private let number: ino_t

  /// `nil` if there is no file at the path.
  init?(_ path: String) {
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    device = info.st_dev
    number = info.st_ino
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
