// Templates as text for reports.

import JSONValue

extension Template {
  /// The template as text, with visible control characters, at most 120 characters long.
  public var shown: String { shown(atMost: 120) }

  /// The template as text, with visible control characters, at most `maxLength` characters long.
  public func shown(atMost maxLength: Int) -> String {
    let text = source.unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control || [0x2028, 0x2029].contains(scalar.value)
        ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }.joined()
    return text.count > maxLength ? "\(text.prefix(maxLength))…" : text
  }

  private var source: String {
    switch self {
    case .literal(let json): json.string ?? json.compact
    case .reference(let reference): reference.description
    case .text(let segments):
      segments.map {
        switch $0 {
        case .literal(let literal): literal
        case .reference(let reference): reference.description
        }
      }.joined()
    case .array(let items): "[" + items.map(\.source).joined(separator: ", ") + "]"
    case .object(let members): "{" + members.map { "\"\($0.name)\": \($0.value.source)" }.joined(separator: ", ") + "}"
    }
  }
}
