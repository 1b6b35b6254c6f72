// Every report by its name: one list for the command line, the documentation and the tests.

import Glibc
public import RunEvents
import XML

/// A report that can be made from a run log, at any time and as often as wanted.
public enum ReportFormat: String, Sendable, CaseIterable {
  case junit
  case junitExtended = "junit-extended"
  case html
  case summary
  case tap
  case ctrf
  case gitlab
  case github

  /// What a run writes where nothing else was asked for.
  public static let standard: [ReportFormat] = [.junit, .html, .summary]

  /// Its file, where no other is named. `-` is the standard output.
  public var fileName: String {
    switch self {
    case .junit: "junit.xml"
    case .junitExtended: "junit-extended.xml"
    case .html: "report.html"
    case .summary: "summary.md"
    case .tap: "report.tap"
    case .ctrf: "ctrf.json"
    case .gitlab: "gl-code-quality.json"
    case .github: "-"
    }
  }

  /// Renders it into a file, or to the standard output where `path` is `-`. A former file stays until the new one is whole.
  ///
  /// - Parameter history: What came before, for the reports that show it.
  public func write(_ log: RunLog, history: History? = nil, to path: String) throws(ReportError) {
    switch self {
    case .junit: try JUnitReport(log).write(to: path)
    case .junitExtended: try JUnitReport(log, isExtended: true).write(to: path)
    case .html: try ReportFile.write(try HTMLReport(log, history: history).render(), to: path)
    case .summary: try ReportFile.write(try Summary(log, history: history).markdown(), to: path)
    case .tap: try ReportFile.stream(to: path) { sink throws(ReportError) in try TAP.render(log, to: sink) }
    case .ctrf: try ReportFile.stream(to: path) { sink throws(ReportError) in try CTRF.render(log, to: sink) }
    case .gitlab:
      try ReportFile.stream(to: path) { sink throws(ReportError) in try GitLabCodeQuality.render(log, to: sink) }
    case .github: try ReportFile.write(try GitHubAnnotations.render(log), to: path)
    }
  }
}
