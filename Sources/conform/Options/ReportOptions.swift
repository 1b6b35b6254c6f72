// Which reports are written, and where: the words that run, resume and render share.

import ArgumentParser
import ConformanceModel
import Foundation
import Reporting
import RunEvents

/// One `--report NAME[=PATH]`.
struct ReportOption: ExpressibleByArgument, Sendable {
  var format: ReportFormat
  /// Where it goes, if not into the folder of the reports under its own name.
  var path: String?

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let format = parts.first.flatMap({ ReportFormat(rawValue: String($0)) }), parts.count == 1 || parts[1] != ""
    else { return nil }
    self.format = format
    path = parts.count == 2 ? String(parts[1]) : nil
    // by whichever name, nothing else may stand there then
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
      "Write this report, and only those named: \(ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")); may be given several times. Default: \(ReportFormat.standard.map(\.rawValue).joined(separator: ", ")).",
      discussion:
        "Without =PATH into the folder of the reports; '-' is the standard output, and the console goes to standard error then.",
      valueName: "name[=path]"))
  var requests: [ReportOption] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A folder that keeps a small result of each run: what fails anew, what is flaky.",
      discussion: "run adds its own; render only reads. The last \(History.window) runs of the same target count.",
      valueName: "folder"))
  var history: String?

  private var wanted: [ReportOption] { requests.isEmpty ? ReportFormat.standard.map { ReportOption($0) } : requests }

  /// A report takes the standard output: nothing else may stand there.
  var takesOutput: Bool { wanted.contains { $0.format != .github && $0.path(in: "") == "-" } }

  /// Two reports in one file would leave only the last, and one in place of a log would take with it what all are made from.
  ///
  /// - Parameters:
  ///   - folder: Where those go that name no path; it need not be there yet.
  ///   - kept: The files that no report may be written over.
  func check(in folder: String, keeping kept: [String]) throws {
    let paths = wanted.map { $0.path(in: folder) }
    if let path = ResolvedPath.firstRepeated(paths) {
      throw ValidationError("two --report would be written to the same place: \(path)")
    }
    for (request, path) in zip(wanted, paths) {
      if let file = kept.first(where: { ResolvedPath($0) == ResolvedPath(path) }) {
        throw ValidationError("--report \(request.format.rawValue) would be written over \(file); name another file")
      }
      guard let named = request.path, named != "-" else { continue }
      let parent = Path.folder(of: named)
      var isFolder: ObjCBool = false
      guard
        FileManager.default.fileExists(atPath: parent, isDirectory: &isFolder) && isFolder.boolValue
          || ResolvedPath(parent) == ResolvedPath(folder)
      else {
        throw ValidationError(
          "--report \(request.format.rawValue)=\(named) cannot be written: there is no folder \(parent); make it first")
      }
    }
  }

  /// Renders them all. One that cannot be written keeps none of the others from it.
  ///
  /// - Returns: The files, and why others are not among them.
  func write(_ log: RunLog, history: History?, in folder: String) -> (files: [String], failures: [ReportError]) {
    var files: [String] = []
    var failures: [ReportError] = []
    for request in wanted {
      let path = request.path(in: folder)
      do throws(ReportError) {
        try request.format.write(log, history: history, to: path)
        if path != "-" { files.append(path) }
      } catch {
        failures.append(error)
      }
    }
    return (files, failures)
  }

  /// What a run leaves to others: the reports, word to GitHub Actions, and its place in the history.
  ///
  /// - Returns: The history as the reports show it, the files, and why others are not among them.
  func publish(_ log: RunLog, in folder: String) -> (history: History?, files: [String], failures: [ReportError]) {
    var failures: [ReportError] = []
    var history: History?
    do throws(ReportError) { history = try readHistory(log) } catch { failures.append(error) }
    let (files, unwritten) = write(log, history: history, in: folder)
    failures += unwritten
    do throws(ReportError) { try tellGitHub(log, history: history) } catch { failures.append(error) }
    do throws(ReportError) { try addToHistory(log) } catch { failures.append(error) }
    return (history, files, failures)
  }

  /// Tells GitHub Actions, where the run is one of its steps: annotations, and the summary of the step.
  private func tellGitHub(_ log: RunLog, history: History?) throws(ReportError) {
    let environment = ProcessInfo.processInfo.environment
    if environment["GITHUB_ACTIONS"] == "true", !takesOutput, !wanted.contains(where: { $0.format == .github }) {
      try ReportFormat.github.write(log, to: "-")
    }
    if let path = environment["GITHUB_STEP_SUMMARY"], !path.isEmpty {
      try Summary(log, history: history).append(to: path)
    }
  }

  /// The runs before this one and itself, where a history is kept; tells of files there that cannot be used.
  func readHistory(_ log: RunLog) throws(ReportError) -> History? {
    guard let history else { return nil }
    let (found, notes) = try HistoryFolder(history).history(upTo: try RecordedRun(log))
    for note in notes.prefix(5) { Output.error("note: \(SafeText.forConsole(note))") }
    if notes.count > 5 { Output.error("note: … and \(notes.count - 5) more files in \(history) passed over") }
    return found
  }

  /// Keeps the result of a run, where a history is kept and any case has ended.
  private func addToHistory(_ log: RunLog) throws(ReportError) {
    guard let history else { return }
    let run = try RecordedRun(log)
    guard !run.cases.isEmpty else { return }
    try ReportFolder.make(history)
    try HistoryFolder(history).add(run)
  }
}
