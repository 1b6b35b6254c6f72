// Reads how the pages of a list are found.

import ConformanceModel
import JSONValue

extension TargetLoader {
  func pages(_ reader: YAMLReader) -> Target.Pages? {
    guard let fields = reader.fields("pages", TargetKeywords.pages) else { return nil }
    let query = fields["query"].flatMap { $0.text("query") }
    if let next = fields["next"] {
      for name in ["from", "by"] {
        fields[name]?.diagnostic("'\(name)' is for a 'query' that counts; with 'next' the response has the value")
      }
      guard let locator = next.locator("next") else { return nil }
      if case .sent = locator {
        next.diagnostic("'sent' is only for id and secret")
        return nil
      }
      return Target.Pages(query.map { .cursor(locator, query: $0) } ?? .link(locator), place: reader.place)
    }
    guard fields["query"] != nil else {
      reader.diagnostic(
        "expected where the next page is: { next: /links/next }, { next: { header: Link } }, "
          + "{ next: /cursor, query: NAME } or { query: NAME, from: 1 }")
      return nil
    }
    if fields["from"] == nil {
      reader.diagnostic("missing key 'from' in pages: the value of the query parameter for the first page, 0 or 1")
    }
    let from = fields["from"].flatMap { $0.integer("from", in: TargetKeywords.counts) }
    let increment = fields["by"].map(increment) ?? .fixed(1)
    guard let query, let from, let increment else { return nil }
    return Target.Pages(.count(query: query, from: from, by: increment), place: reader.place)
  }

  private func increment(_ reader: YAMLReader) -> Target.Pages.Increment? {
    let value = reader.value("by")
    if value == .string("items") { return .items }
    if case .number = value {
      return reader.integer("by", in: TargetKeywords.increments).map { .fixed($0) }
    }
    reader.diagnostic("by must be a number, or: items")
    return nil
  }
}
