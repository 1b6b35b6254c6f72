// The file of a baseline, which only a run without a regression replaces.

import ConformanceModel
import Files
import Glibc
import RunEvents

/// A run with a regression must not become the baseline of the next one: the regression would then be forgotten.
///
/// If the baseline is the log that the run replaces, it is kept as `baseline.jsonl` in the same folder until a run
/// without a regression; the next run with the same arguments reads it there.
struct BaselineFile {
  /// The file to compare with.
  let path: String
  private let log: String
  /// The place of a baseline that this run replaces; `nil` for a file of its own.
  private let kept: String?

  /// - Parameters:
  ///   - argument: The argument of `--baseline`.
  ///   - log: The log of the run.
  init(_ argument: String, log: String) {
    self.log = log
    let isLog = ResolvedPath(argument) == ResolvedPath(log)
    kept = isLog ? Path.join(Path.folder(of: log), "baseline.jsonl") : nil
    path = kept.flatMap { access($0, F_OK) == 0 ? $0 : nil } ?? argument
  }

  /// Whether it is a run log in which a case was judged: no other may hold the place of the baseline.
  private var isJudged: Bool {
    guard let log = try? RunLog(path: path) else { return false }
    return [Verdict.passed, .warned, .failed].contains { log.count($0) > 0 }
  }

  /// Keeps the baseline before the log is replaced.
  func keep() throws(ReportError) {
    guard let kept, path != kept, access(path, F_OK) == 0, isJudged else { return }
    try copy(path, to: kept)
    // what is open can still be read
    unlink(ResolvedPath(path).path)
  }

  /// Makes the log of this run the baseline of the next one.
  func promote() throws(ReportError) {
    if let kept {
      unlink(kept)
    } else {
      try copy(log, to: path)
    }
  }

  private func copy(_ source: String, to destination: String) throws(ReportError) {
    let place = ResolvedPath(destination).path
    let temporary = "\(place).new"
    unlink(temporary)
    do throws(FileError) {
      try RegularFile.copy(source, to: temporary)
    } catch {
      throw ReportError(path: destination, message: "the baseline cannot be written: \(error)")
    }
    guard rename(temporary, place) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(temporary)
      throw ReportError(path: destination, message: "the baseline cannot be written: \(reason)")
    }
  }
}
