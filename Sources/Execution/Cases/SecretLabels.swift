// The labels of values that a scenario derives from secrets.

import ConformanceModel
import JSONValue

extension CaseScope {
  /// `erp_secret_swap-case` for `${erp.secret|swap-case}`, and `token_reverse` for `${token.value|reverse}`.
  static func words(of reference: Reference) -> String {
    (reference.path.filter { $0 != "value" } + reference.filters.map(\.description)).joined(separator: "_")
  }

  /// Words that describe the value of a template: `space_erp_secret` for ` ${erp.secret}`.
  static func words(of template: Template) -> String {
    switch template {
    case .literal(let json): words(ofLiteral: json.plainText)
    case .reference(let reference): words(of: reference)
    case .text(let segments):
      segments.map { segment in
        switch segment {
        case .literal(let text): words(ofLiteral: text)
        case .reference(let reference): words(of: reference)
        }
      }.joined(separator: "_")
    case .array, .object: "other"
    }
  }

  private static func words(ofLiteral text: String) -> String {
    let names: [Character: String] = [" ": "space", "%": "percent", "=": "equals", "\t": "tab", "\n": "newline"]
    return text.isEmpty ? "empty" : text.prefix(20).map { names[$0] ?? String($0) }.joined()
  }
}
