// Recognises that a list has another page, although the target file does not say how pages are found.

import ConformanceModel
import HTTPModel
import JSONValue

enum VisibleNextPage {
  /// The line of the target file that would read the next page; `nil` if the response names none.
  ///
  /// - Parameter list: Where the items of the list are.
  static func binding(in result: StepResult, list: Locator) -> String? {
    if result.exchange.response.headers.link("next") != nil { return "pages: { next: { header: Link } }" }
    guard case .json(let pointer) = list, let body = result.body else { return nil }
    let prefix = pointer.tokens.prefix(pointer.tokens.firstIndex(of: "*") ?? pointer.tokens.count)
    // the objects around the list, the innermost first
    for count in stride(from: prefix.count, through: 0, by: -1) {
      let tokens = Array(prefix.prefix(count))
      guard let around = JSONPointer(tokens: tokens).value(in: body) else { continue }
      if let found = next(in: around, at: tokens, depth: 0) { return found }
    }
    return nil
  }

  private static let maxDepth = 3

  private static func next(in json: JSON, at tokens: [String], depth: Int) -> String? {
    guard let members = json.object, depth <= maxDepth else { return nil }
    for member in members where names.contains(member.name.lowercased().filter(\.isLetter)) {
      if let found = binding(member.value, at: tokens + [member.name]) { return found }
    }
    for member in members {
      if let found = next(in: member.value, at: tokens + [member.name], depth: depth + 1) { return found }
    }
    return nil
  }

  private static func binding(_ value: JSON, at tokens: [String]) -> String? {
    let pointer = JSONPointer(tokens: tokens)
    switch value {
    case .string(let text) where text.contains("/") || text.contains("?"): return "pages: { next: \(pointer) }"
    case .string(let text) where !text.isEmpty: return "pages: { next: \(pointer), query: NAME }"
    case .number: return "pages: { next: \(pointer), query: NAME }"
    // an object of a link, as in HAL and JSON:API
    case .object(let members):
      return members.first { $0.name == "href" && $0.value.string?.isEmpty == false }
        .map { "pages: { next: \(JSONPointer(tokens: tokens + [$0.name])) }" }
    default: return nil
    }
  }

  /// In lower case, letters alone.
  private static let names: Set<String> = [
    "next", "nextpage", "nextlink", "nexturl", "nexturi", "nexthref", "nextpageurl", "nextpagelink", "nextcursor",
    "nextpagetoken", "nexttoken", "nextmarker", "odatanextlink", "continuationtoken",
  ]
}
