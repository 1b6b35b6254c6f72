// The report formats by name: one list for the command line, the documentation and the tests.

public import RunEvents

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
    let failures = ReportPass([ReportRequest(self, path: path)], of: log, history: history).commit()
    if let failure = failures.first ?? nil { throw failure }
  }

  func renderer(_ log: RunLog, _ history: History?, _ draft: ReportDraft, _ sink: ReportSink) -> any ReportRenderer {
    switch self {
    case .junit: JUnitReport(log, draft)
    case .junitExtended: JUnitReport(log, draft, isExtended: true)
    case .html: HTMLReport(log, history, draft, sink)
    case .summary: Summary(log, history: history, sink)
    case .tap: TAP(log, sink)
    case .ctrf: CTRF(log, sink)
    case .gitlab: GitLabCodeQuality(log, sink)
    case .github: GitHubAnnotations(log, sink)
    }
  }
}
