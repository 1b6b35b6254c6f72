// report.html: a run as one page that needs no other file, neither a network nor a server.

import ConformanceModel
import JSONValue
import Mustache
import RunEvents

/// A run for people. Without JavaScript it is a readable table with every problem below its heading; with it, it can be
/// searched, and shows each step, its exchange and both clocks.
///
/// Everything that came over the wire or from a log is hostile text: it stands in the page escaped, or as JSON that the script
/// writes by `textContent` alone. A policy in the page allows the one style and the one script that it was made with, by their
/// hashes, and no request to anywhere.
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

  /// All parts in one scope of their own.
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

  /// For a Content-Security-Policy: of the exact text between the tags.
  private static func hash(_ text: String) -> String { "sha256-\(Base64.encode(SHA256.hash(Array(text.utf8))))" }
}
