// A case of a run as the reports see it.

import ConformanceModel
import RunEvents

/// A case, read from the log once for all reports, with the texts that several of them show.
final class CaseView {
  let record: CaseRecord
  /// Its line in the log; `nil` if the line does not say the same as the record, such as that of a case that never
  /// ended.
  let line: [UInt8]?
  private let route: CurlRoute

  init(_ record: CaseRecord, line: [UInt8]? = nil, route: CurlRoute) {
    self.record = record
    self.line = line
    self.route = route
  }

  /// - Parameter route: The same for all cases of a log.
  convenience init(_ number: Int, in log: RunLog, route: CurlRoute) throws(ReportError) {
    let (record, line) = try log.line(number)
    self.init(record, line: line, route: route)
  }

  var planned: PlannedCase { record.planned }
  var verdict: Verdict { record.verdict }

  /// The finding that decided the verdict, or the reason why the case was not run, in one sentence.
  private(set) lazy var headline = FindingText.headline(record)
  /// All findings, those that decided the verdict first, one text for each.
  private(set) lazy var findings = FindingText.caseLines(record, route)
  /// Steps that were not run, a repetition and notes; one text, or none.
  private(set) lazy var extras = FindingText.extras(record)
  /// The findings and what else to know, as one text.
  private(set) lazy var details = (findings + extras).joined(separator: "\n\n")
}
