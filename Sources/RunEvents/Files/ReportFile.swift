// Reports are written to a temporary file and renamed: a reader finds the former report or the complete new one.

import Glibc

/// Writes the files of reports.
public enum ReportFile {
  package static let standardOutput = "-"

  /// Lets `write` make a temporary file in the same folder, then renames it.
  ///
  /// - Throws: `ReportError`; the former report is then unchanged, and no other file is left.
  package static func replace(_ path: String, _ write: (_ temporary: String) throws -> Void) throws(ReportError) {
    let files = try place(path)
    do {
      try write(files.temporary)
      guard chmod(files.temporary, 0o644) == 0, rename(files.temporary, files.place) == 0 else {
        throw ReportError.system("cannot be written", path)
      }
    } catch {
      unlink(files.temporary)
      throw error as? ReportError ?? ReportError(path: path, message: "\(error)")
    }
  }

  /// The file that a report replaces, and a new name beside it.
  ///
  /// - Throws: `ReportError` if the report cannot be a file, before the work is done.
  static func place(_ path: String) throws(ReportError) -> (temporary: String, place: String) {
    let place = linkedFile(path)
    var info = stat()
    if stat(place, &info) == 0, info.st_mode & S_IFMT == S_IFDIR {
      throw .system("cannot be written", path, number: EISDIR)
    }
    return ("\(place).\(getpid())-\(UInt32.random(in: 0 ... .max)).tmp", place)
  }

  /// Whether it is the standard output, a device or a pipe, which no file may replace; `/dev/fd/1` is only a link to an
  /// open file.
  public static func isStream(_ path: String) -> Bool {
    if path == standardOutput { return true }
    if ["/dev/fd/", "/dev/std", "/proc/"].contains(where: path.hasPrefix) { return true }
    var info = stat()
    return stat(path, &info) == 0 && ![S_IFREG, S_IFDIR].contains(info.st_mode & S_IFMT)
  }

  static func openForBytes(_ path: String) throws(ReportError) -> Int32 {
    // a pipe without a reader is an error, not a wait without end
    let descriptor = open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENXIO
        ? ReportError(path: path, message: "cannot be written: the pipe has no reader")
        : .system("cannot be written", path)
    }
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
    return descriptor
  }

  /// The file that a symbolic link points to: it is replaced, and the link kept.
  private static func linkedFile(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// Removes temporary files of processes that were killed while they wrote a report: older than an hour, and of no
  /// process that still runs.
  package static func removeAbandoned(in folder: String) {
    guard let stream = opendir(folder) else { return }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      let path = "\(folder)/\(name)"
      var info = stat()
      // a regular expression takes a millisecond of the start
      guard name.hasSuffix(".tmp"), let match = name.wholeMatch(of: /.+\.([0-9]+)-[0-9]+\.tmp/),
        let process = pid_t(match.1), process > 0,
        kill(process, 0) != 0, errno == ESRCH,
        lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG, time(nil) - info.st_mtim.tv_sec > 3600
      else { continue }
      unlink(path)
    }
  }

  /// Replaces a file by a text in one step, or writes the text to the standard output.
  ///
  /// - Throws: `ReportError`; a former file is then unchanged.
  public static func write(_ text: String, to path: String) throws(ReportError) {
    let draft = try ReportDraft(path)
    try fill(draft.descriptor, draft.name, text)
    try draft.commit()
  }

  /// Appends a text to a file that other programs write to as well.
  package static func append(_ text: String, to path: String) throws(ReportError) {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system("cannot be written", path) }
    defer { close(descriptor) }
    try fill(descriptor, path, text)
  }

  private static func fill(_ descriptor: Int32, _ path: String, _ text: String) throws(ReportError) {
    let sink = ReportSink(descriptor, path)
    try sink.write(text)
    try sink.flush()
  }
}
