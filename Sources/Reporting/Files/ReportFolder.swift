// Makes the folders that are written into.

import ConformanceModel
import Glibc
public import RunEvents

public enum ReportFolder {
  /// Makes a folder, and those above it, where they are not there.
  ///
  /// - Throws: `ReportError` with the part of the path that cannot be made.
  public static func make(_ path: String) throws(ReportError) {
    guard !path.isEmpty, mkdir(path, 0o777) != 0 else { return }
    let number = errno
    if number == ENOENT, case let above = Path.folder(of: path), above != path {
      try make(above)
      if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
      throw .system("cannot be made", path)
    }
    var info = stat()
    // one that is there may answer otherwise than by EEXIST: on a file system that cannot be written to
    if stat(path, &info) == 0 {
      if info.st_mode & S_IFMT == S_IFDIR { return }
      throw ReportError(path: path, message: "is no folder")
    }
    throw .system("cannot be made", path, number: number)
  }
}
