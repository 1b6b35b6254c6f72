// The report formats by name: one list for the command line, the documentation and the tests.

import Glibc
public import RunEvents
import XML

/// A report that can be rendered from a run log at any time.
public enum ReportFormat: String, Sendable, CaseIterable {
  case junit
  case junitExtended = "junit-extended"
  case html
  case summary
  case tap
  case ctrf
  case gitlab
  case github

  /// The default reports of a run.
  public static let standard: [ReportFormat] = [.junit, .html, .summary]

  /// The default file name. `-` is the standard output.
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

  /// Renders to a file; `-` is the standard output. An existing file is replaced once the new one is complete.
  ///
  /// - Parameter history: Earlier runs, for the reports that show them.
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
