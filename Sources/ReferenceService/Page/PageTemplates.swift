// The templates of the page, and the responses that show them.

import ConformanceModel
import HTTPModel
import Mustache

enum PageTemplate: String, CaseIterable {
  case signIn = "sign-in"
  case tab
  case create
  case credentials
  case replace
  case delete
  case problem

  fileprivate var source: [UInt8] {
    switch self {
    case .signIn: PackageResources.sign_in_html_mustache
    case .tab: PackageResources.tab_html_mustache
    case .create: PackageResources.create_html_mustache
    case .credentials: PackageResources.credentials_html_mustache
    case .replace: PackageResources.replace_html_mustache
    case .delete: PackageResources.delete_html_mustache
    case .problem: PackageResources.problem_html_mustache
    }
  }

  /// All templates with their layout.
  private static let library = Result {
    MustacheContentTypes.register(EscapedHTML(), named: EscapedHTML.name)
    var library = MustacheLibrary()
    try library.register(EscapedHTML.template(PackageResources.layout_html_mustache), named: "layout")
    for template in PageTemplate.allCases {
      try library.register(EscapedHTML.template(template.source), named: template.rawValue)
    }
    return library
  }

  /// A response with the page. The template escapes all texts of the view.
  func render(_ status: Int, _ view: PageView, headers: [HeaderField]) -> ServiceResponse {
    do {
      guard let text = try PageTemplate.library.get().render(view, withTemplate: rawValue) else {
        return PageTemplate.broken("\(rawValue) is missing")
      }
      var response = ServiceResponse(
        status, headers: [HeaderField("Content-Type", "text/html; charset=utf-8")] + PageTemplate.protection + headers)
      response.body = Array(text.utf8)
      return response
    } catch {
      return PageTemplate.broken("\(error)")
    }
  }

  private static func broken(_ reason: String) -> ServiceResponse {
    ServiceResponse(500, error: "server_error", description: "a template of the page cannot be read: \(reason)")
  }

  /// A browser loads and runs nothing from elsewhere, and does not show the page inside another one.
  static let protection = [
    HeaderField(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; form-action 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'"
    ),
    HeaderField("X-Content-Type-Options", "nosniff"),
    // with no-referrer, forms would send the origin `null`
    HeaderField("Referrer-Policy", "same-origin"),
  ]
}

/// The template engine itself escapes by `Character`: it does not escape a quote with a combining mark, which is markup
/// to browsers.
private struct EscapedHTML: MustacheContentType {
  static let name = "ESCAPED_HTML"

  static func template(_ source: [UInt8]) -> String {
    "{{% CONTENT_TYPE: \(name)}}" + String(decoding: source, as: UTF8.self)
  }

  func escapeText(_ text: String) -> String { HTMLEncoding.escape(text) }
}
