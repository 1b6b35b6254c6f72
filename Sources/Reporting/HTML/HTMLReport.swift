// report.html: a run as one self-contained page, without network or server.

import ConformanceModel
import JSONValue
import RunEvents

/// The page of a run. Without JavaScript it is a readable table with the failures above it; with JavaScript it can be
/// searched, and shows each step, its exchange and both clocks.
///
/// All text from the wire or from a log is hostile: the page contains it escaped, or as JSON that the script writes by
/// `textContent` alone. A Content-Security-Policy allows only the style and the script of the page, by their hashes,
/// and no requests.
struct HTMLReport: ReportRenderer {
  private let sink: ReportSink
  private let page: Page
  /// The cases on the page; `nil` if these are all.
  private let shown: Set<Int>?
  private var groups: FindingGroups
  private var table: CaseTable
  private var matrix: RequirementMatrix
  private var lines: PageLines

  init(_ log: RunLog, _ history: History?, _ draft: ReportDraft, _ sink: ReportSink) {
    self.sink = sink
    let numbers = CaseTable.numbers(log)
    shown = numbers.count < log.caseCount ? Set(numbers) : nil
    page = Page(log: log, history: history, unlisted: log.caseCount - numbers.count)
    groups = FindingGroups(log)
    table = CaseTable(history, folder: draft.folder)
    matrix = RequirementMatrix(log)
    lines = PageLines(log, numbers, folder: draft.folder)
  }

  mutating func handle(_ view: CaseView) throws(ReportError) {
    matrix.add(view.record)
    guard shown?.contains(view.planned.number) != false else { return }
    groups.add(view)
    table.add(view)
    lines.add(view)
  }

  func finish() throws(ReportError) {
    let style = HTMLReport.text(PackageResources.report_css), script = HTMLReport.script
    try write(page.head(style: style, script: script))
    try write(page.header)
    try write("<main id=\"main\" tabindex=\"-1\">\n<section id=\"case\" data-view=\"case\" hidden></section>\n")
    try write(page.failures(groups))
    try write(page.tableStart)
    try table.write(to: sink)
    try write(page.tableEnd(omitted: lines.omitted))
    try write(page.timeline)
    try write(page.requirements(matrix))
    try write(page.environment)
    try write(page.coverage)
    try write(
      """
      </main>
      <div id="announcement" class="sr" aria-live="polite"></div>
      <script type="application/x-ndjson" id="data">
      """)
    try lines.write(to: sink)
    try write("</script>\n<script>\(Markup(resource: script))</script>\n</body>\n</html>\n")
  }

  private func write(_ markup: Markup) throws(ReportError) { try sink.write(markup.bytes) }

  /// All parts of the script, in one function scope.
  private static let script: String = {
    let parts = [
      PackageResources.report_text_js, PackageResources.report_data_js, PackageResources.report_body_js,
      PackageResources.report_curl_js, PackageResources.report_diff_js, PackageResources.report_exchange_js,
      PackageResources.report_axis_js, PackageResources.report_timeline_js, PackageResources.report_case_js,
      PackageResources.report_results_js, PackageResources.report_requirements_js, PackageResources.report_page_js,
    ]
    return "(() => {\n'use strict';\n" + parts.map(text).joined(separator: "\n") + "\n})();"
  }()

  private static func text(_ resource: [UInt8]) -> String { String(decoding: resource, as: UTF8.self) }
}
