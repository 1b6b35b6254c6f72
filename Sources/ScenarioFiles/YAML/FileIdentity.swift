// One file may have several spellings, as `a.yaml` and `./a.yaml`.

import Glibc

/// Which file a path leads to, whatever it is called there.
struct FileIdentity: Hashable {
  private let device: dev_t
  private let number: ino_t

  /// `nil` where there is nothing.
  init?(_ path: String) {
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    device = info.st_dev
    number = info.st_ino
  }
}

/// Files by the spelling that came first.
struct Spellings {
  private var first: [FileIdentity: String] = [:]

  /// The first spelling of the file that this path leads to.
  mutating func first(of path: String) -> String {
    guard let identity = FileIdentity(path) else { return path }
    if let known = first[identity] { return known }
    first[identity] = path
    return path
  }
}
