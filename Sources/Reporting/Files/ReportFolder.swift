// Creates the folders of reports.

import ConformanceModel
import Glibc
public import RunEvents

public enum ReportFolder {
  /// Creates a folder and its missing parents.
  ///
  /// - Throws: `ReportError` with the part of the path that cannot be created.
  public static func make(_ path: String) throws(ReportError) {
    guard !path.isEmpty, mkdir(path, 0o777) != 0 else { return }
    let number = errno
    if number == ENOENT, case let parent = Path.folder(of: path), parent != path {
      try make(parent)
      if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
      throw .system("cannot be created", path)
    }
    var info = stat()
    // for an existing folder, a read-only file system may report another error than EEXIST
    if stat(path, &info) == 0 {
      if info.st_mode & S_IFMT == S_IFDIR { return }
      throw ReportError(path: path, message: "is not a folder")
    }
    throw .system("cannot be created", path, number: number)
  }
}
