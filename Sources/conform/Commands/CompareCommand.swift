// conform compare: compares two runs.

import ArgumentParser
import ConformanceModel
import Reporting
import RunEvents

/// One `--format NAME[=PATH]`.
struct ComparisonRequest: ExpressibleByArgument, Sendable {
  var format: ComparisonFormat
  var path: String

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let format = parts.first.flatMap({ ComparisonFormat(rawValue: String($0)) }),
      parts.count == 1 || parts[1] != ""
    else { return nil }
    self.format = format
    path = parts.count == 2 ? String(parts[1]) : "-"
  }

  init(_ format: ComparisonFormat, path: String = "-") {
    self.format = format
    self.path = path
  }

  static var allValueStrings: [String] { ComparisonFormat.allCases.map(\.rawValue) }
}

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compares two runs: regressed, fixed, new, missing and slower cases, and changed responses.",
    discussion: """
      Each run is a run log, or JUnit files of this or another tool: a file, a folder, or a pattern in quotes such as \
      '**/surefire-reports/*.xml'. Several files of a run are given by --new: 'conform compare before/*.xml --new \
      after/*.xml'. Cases of logs are matched by id, those of JUnit files by suite, class and name. Exit status: 0 nothing regressed; 1 a case fails or errors that did not before, a case \
      fails that could not be judged before, or all cases are skipped now; 2 a file cannot be used, or no case is in \
      both.
      """)

  @Argument(help: ArgumentHelp("The former run, then the later one, unless --new names that.", valueName: "runs"))
  var runs: [String]

  @Option(
    name: .customLong("new"), parsing: .upToNextOption,
    help: ArgumentHelp("The files of the later run; all other files are those of the former one.", valueName: "files"))
  var later: [String] = []

  private var old: [String] { later.isEmpty ? Array(runs.prefix(1)) : runs }
  private var new: [String] { later.isEmpty ? Array(runs.dropFirst()) : later }

  @Option(
    name: .customLong("format"),
    help: ArgumentHelp(
      "text, markdown, json or html; may be given several times. Default: text.",
      discussion: "Without =PATH it goes to the standard output.", valueName: "name[=path]"))
  var requests: [ComparisonRequest] = []

  @Option(name: .shortAndLong, help: "The file for a format without =PATH.")
  var output: String?

  @Flag(help: "New failing cases, new warnings, and cases that are no longer judged also give status 1.")
  var strict = false

  @Option(name: .customLong("slower"), help: "The factor from which on a case counts as slower.")
  var factor = Slowness.defaultFactor

  private var wanted: [ComparisonRequest] {
    (requests.isEmpty ? [ComparisonRequest(.text)] : requests).map {
      $0.path == "-" ? ComparisonRequest($0.format, path: output ?? "-") : $0
    }
  }

  func validate() throws {
    guard !later.isEmpty || runs.count == 2 else {
      throw ValidationError(
        runs.count < 2
          ? "expected two runs, the former one first"
          : "expected two runs, and got \(runs.count) files; name those of the later run by --new")
    }
    guard factor >= 1.1, factor.isFinite else { throw ValidationError("--slower must be 1.1 or more") }
    let paths = wanted.map(\.path)
    if let path = ResolvedPath.firstRepeated(paths) {
      throw ValidationError("two --format options name the same file: \(path)")
    }
    let inputs = KeptFiles(runs + later)
    for path in paths { try inputs.check(path, "the comparison") }
    if output != nil, !requests.isEmpty, requests.allSatisfy({ $0.path != "-" }) {
      throw ValidationError("--output applies to a --format without =PATH, and there is none")
    }
  }

  func run() throws {
    let comparison: Comparison
    do throws(ReportError) {
      comparison = try Comparison(try ComparedRun(paths: old), try ComparedRun(paths: new), slowerBy: factor)
    } catch {
      Output.error(SafeText.forConsole(error.description))
      throw ExitStatus.usageError.exitCode
    }
    do throws(ReportError) {
      for request in wanted {
        try request.format.write(comparison, to: request.path)
        if request.path != "-" { Output.error("report: \(request.path)") }
      }
    } catch {
      Output.error(error.description)
      throw ExitStatus.couldNotRun.exitCode
    }
    if comparison.fails(isStrict: strict) {
      RegressionGate.explainStrictness(comparison)
      throw ExitStatus.failed.exitCode
    }
  }
}
