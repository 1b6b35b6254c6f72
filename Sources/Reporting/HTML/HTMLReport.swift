// report.html: a run as one self-contained page, without network or server.

import ConformanceModel
import JSONValue
import Mustache
import RunEvents

/// The page of a run. Without JavaScript it is a readable table with the failures above it; with JavaScript it can be
/// searched, and shows each step, its exchange and both clocks.
///
/// All text from the wire or from a log is hostile: the page contains it escaped, or as JSON that the script writes by
/// `textContent` alone. A Content-Security-Policy allows only the style and the script of the page, by their hashes,
/// and no requests.
struct HTMLReport {
  let log: RunLog
  let history: History?

  init(_ log: RunLog, history: History? = nil) {
    self.log = log
    self.history = history
  }

  func render() throws(ReportError) -> String {
    let style = HTMLReport.text(PackageResources.report_css)
    let script = HTMLReport.script
    do {
      var model = try PageModel(log, history).values
      model["style"] = style
      model["script"] = script
      model["styleHash"] = HTMLReport.hash(style)
      model["scriptHash"] = HTMLReport.hash(script)
      let data = try PageData(log)
      model["data"] = String(decoding: data.json, as: UTF8.self)
      if data.omitted > 0 { model["omitted"] = data.omitted }
      let page = try MustacheTemplate(string: HTMLReport.text(PackageResources.report_html_mustache))
      let finding = try MustacheTemplate(string: HTMLReport.text(PackageResources.report_case_html_mustache))
      return MustacheLibrary(templates: ["page": page, "case": finding]).render(model, withTemplate: "page") ?? ""
    } catch {
      throw error as? ReportError ?? ReportError(path: log.path, message: "the page could not be made: \(error)")
    }
  }

  /// All parts of the script, in one function scope.
  private static let script: String = {
    let parts = [
      PackageResources.report_text_js, PackageResources.report_body_js, PackageResources.report_diff_js,
      PackageResources.report_exchange_js,
      PackageResources.report_axis_js, PackageResources.report_timeline_js, PackageResources.report_case_js,
      PackageResources.report_results_js,
      PackageResources.report_page_js,
    ]
    return "(() => {\n'use strict';\n" + parts.map(text).joined(separator: "\n") + "\n})();"
  }()

  private static func text(_ resource: [UInt8]) -> String { String(decoding: resource, as: UTF8.self) }

  /// The source expression of a Content-Security-Policy: the hash of the exact text between the tags.
  private static func hash(_ text: String) -> String { "sha256-\(Base64.encode(SHA256.hash(Array(text.utf8))))" }
}
