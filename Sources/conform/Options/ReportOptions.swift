// Which reports are written, and where: the arguments that run, resume and render share.

import ArgumentParser
import ConformanceModel
import FoundationEssentials
import Glibc
import Reporting
import RunEvents

/// One `--report NAME[=PATH]`.
struct ReportOption: ExpressibleByArgument, Sendable {
  var format: ReportFormat
  /// The file; by default the report has its own name in the folder of the reports.
  var path: String?

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let format = parts.first.flatMap({ ReportFormat(rawValue: String($0)) }), parts.count == 1 || parts[1] != ""
    else { return nil }
    self.format = format
    path = parts.count == 2 ? String(parts[1]) : nil
    // under any of its names the standard output is for the report alone
    if let path, ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].contains(path) { self.path = "-" }
  }

  init(_ format: ReportFormat) { self.format = format }

  static var allValueStrings: [String] { ReportFormat.allCases.map(\.rawValue) }

  func path(in folder: String) -> String { path ?? (format.fileName == "-" ? "-" : "\(folder)/\(format.fileName)") }
}

struct ReportOptions: ParsableArguments {
  @Option(
    name: .customLong("report"),
    help: ArgumentHelp(
      """
      Write only the named reports: \(ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")); may be given \
      several times. Default: \(ReportFormat.standard.map(\.rawValue).joined(separator: ", ")).
      """,
      discussion: """
        Without =PATH a report goes into the folder of the reports. With =- it goes to the standard output, and the \
        console to standard error.
        """,
      valueName: "name[=path]"))
  var requests: [ReportOption] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A folder with a small result of each run, to show new failures and flaky cases.",
      discussion: "run adds its result; render only reads. The last \(History.window) runs of the same target count.",
      valueName: "folder"))
  var history: String?

  private var wanted: [ReportOption] { requests.isEmpty ? ReportFormat.standard.map { ReportOption($0) } : requests }

  /// A report goes to the standard output, so nothing else may.
  var takesOutput: Bool { wanted.contains { $0.format != .github && $0.path(in: "") == "-" } }

  /// Refuses a report, with a path of its own or behind a symbolic link, in place of a file that the run reads.
  ///
  /// - Parameters:
  ///   - folder: The folder of the reports without a path.
  ///   - others: Further files in it that are written.
  ///   - inputs: The files that are read; only found out if they can be overwritten at all.
  func check(in folder: String, _ others: [String] = [], against inputs: () -> [String]) throws {
    let reports = wanted.filter { $0.path != nil }.map { ("--report \($0.format.rawValue)", $0.path(in: folder)) }
    let links = (wanted.filter { $0.path == nil }.map { $0.path(in: folder) } + others).filter(ReportOptions.isLink)
    let written = reports.filter { $1 != "-" } + links.map { ($0, $0) }
    guard !written.isEmpty else { return }
    let inputs = KeptFiles(inputs())
    for (name, path) in written { try inputs.check(path, name) }
  }

  private static func isLink(_ path: String) -> Bool {
    var info = stat()
    return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFLNK
  }

  /// Refuses two reports in one file, and a report in place of a file that is needed.
  ///
  /// - Parameters:
  ///   - folder: The folder of reports without a path; it need not exist yet.
  ///   - kept: The files that no report may overwrite.
  func check(in folder: String, keeping kept: [String]) throws {
    let paths = wanted.map { $0.path(in: folder) }
    if let path = ResolvedPath.firstRepeated(paths) {
      throw ValidationError("two --report options name the same file: \(path)")
    }
    let kept = KeptFiles(kept)
    for (request, path) in zip(wanted, paths) {
      if let file = kept.overwritten(by: path) {
        throw ValidationError("--report \(request.format.rawValue) would overwrite \(file); name another file")
      }
      guard let named = request.path, named != "-" else { continue }
      let parent = Path.folder(of: named)
      var info = stat()
      guard
        stat(parent, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR || ResolvedPath(parent) == ResolvedPath(folder)
      else {
        throw ValidationError(
          "--report \(request.format.rawValue)=\(named) cannot be written: the folder \(parent) does not exist")
      }
    }
  }

  /// Writes all reports in one pass over the log. One that cannot be written does not prevent the others.
  ///
  /// - Returns: The files that were written, and the errors of the others.
  func write(_ log: RunLog, history: History?, in folder: String) -> (files: [String], failures: [ReportError]) {
    let requests = requests(in: folder)
    return ReportOptions.result(of: ReportPass(requests, of: log, history: history).commit(), requests)
  }

  private func requests(in folder: String) -> [ReportRequest] {
    wanted.map { ReportRequest($0.format, path: $0.path(in: folder)) }
  }

  private static func result(
    of failures: [ReportError?], _ requests: [ReportRequest]
  ) -> (files: [String], failures: [ReportError]) {
    let written = zip(requests, failures).filter { $1 == nil && $0.path != "-" }
    return (written.map(\.0.path), failures.compactMap(\.self))
  }

  /// The reports of a run before it is certain that it has ended; `nil` if they cannot be taken back, or depend on more
  /// than the log.
  func draft(_ log: RunLog, in folder: String) -> ReportPass? {
    let requests = requests(in: folder)
    guard history == nil, !requests.contains(where: { ReportFile.isStream($0.path) }) else { return nil }
    return ReportPass(requests, of: log)
  }

  /// Writes the reports, annotations and a summary for GitHub Actions, and the run's entry in the history.
  ///
  /// - Parameter draft: The same reports, if they were made already.
  /// - Returns: The history as the reports show it, the files that were written, and the errors of the others.
  func publish(
    _ log: RunLog, in folder: String, draft: ReportPass? = nil
  ) -> (history: History?, files: [String], failures: [ReportError]) {
    var failures: [ReportError] = []
    var history: History?
    var run: RecordedRun?
    do throws(ReportError) {
      run = try recorded(log)
      if let run { history = try pastRuns(upTo: run) }
    } catch {
      failures.append(error)
    }
    let (files, unwritten) =
      if let draft { ReportOptions.result(of: draft.commit(), requests(in: folder)) } else {
        write(log, history: history, in: folder)
      }
    failures += unwritten
    do throws(ReportError) { try annotateGitHub(log, history: history) } catch { failures.append(error) }
    do throws(ReportError) { try addToHistory(run) } catch { failures.append(error) }
    return (history, files, failures)
  }

  /// Annotations and the summary of the step, if the run is a step of GitHub Actions.
  private func annotateGitHub(_ log: RunLog, history: History?) throws(ReportError) {
    let environment = ProcessInfo.processInfo.environment
    if environment["GITHUB_ACTIONS"] == "true", !takesOutput, !wanted.contains(where: { $0.format == .github }) {
      try ReportFormat.github.write(log, to: "-")
    }
    if let path = environment["GITHUB_STEP_SUMMARY"], !path.isEmpty {
      try Summary(log, history: history).append(to: path)
    }
  }

  /// The runs up to this one, if a history is kept; prints which files of its folder cannot be used.
  func readHistory(_ log: RunLog) throws(ReportError) -> History? {
    guard let run = try recorded(log) else { return nil }
    return try pastRuns(upTo: run)
  }

  /// The result of the run, if a history is kept.
  private func recorded(_ log: RunLog) throws(ReportError) -> RecordedRun? {
    history == nil ? nil : try RecordedRun(log)
  }

  private func pastRuns(upTo run: RecordedRun) throws(ReportError) -> History? {
    guard let history else { return nil }
    let (found, notes) = try HistoryFolder(history).history(upTo: run)
    for note in notes.prefix(5) { Output.error("note: \(SafeText.forConsole(note))") }
    if notes.count > 5 { Output.error("note: … and \(notes.count - 5) more files in \(history) ignored") }
    return found
  }

  /// Adds the result of a run, if a history is kept and any case has ended.
  private func addToHistory(_ run: RecordedRun?) throws(ReportError) {
    guard let history, let run, !run.cases.isEmpty else { return }
    try ReportFolder.make(history)
    try HistoryFolder(history).add(run)
  }
}
