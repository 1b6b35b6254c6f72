// Reads a list that comes in pages.

import ConformanceModel
import HTTPModel
import JSONValue

/// Reads a list to its end. Each page is an exchange of its own; the last one is the result, with the items of all.
struct PageReader {
  /// The maximum number of pages of a list.
  static let maxPages = 1000
  /// The maximum size of a list with more than one page, in bytes.
  static let maxBytes = 64 << 20

  let template: Target.RequestTemplate
  let part: MislocatedValue.Part
  /// Where the target file has the request: `clients.list`.
  let key: String
  let patterns: PatternCache

  /// The items of all pages; `nil` if a page has no such list, or no success.
  typealias List = (result: StepResult, items: [JSON]?)

  func read(_ first: WireRequest, send: Send) async throws -> List {
    guard let locator = template.answer[part.rawValue] else { return (try await send(first), nil) }
    var request = first
    var position = 0
    if case .count(let query, let from, _) = template.pages?.way {
      position = from
      request.setQuery(query, "\(from)")
    }
    var list = PagesSoFar()
    while true {
      var result = try await send(request)
      list.numbers[request.url] = list.count + 1
      result.successStatuses = template.statuses
      result.earlierPages = list.bodies
      if isBeyondLast(result, list) {
        result.successStatuses = [404]
        return (result, list.items)
      }
      let found = try result.list(part, at: locator, of: "\(key): answer", patterns, place: template.place)
      guard let items = found, !result.exchange.response.isCut else { return (result, nil) }
      guard result.statusMeansSuccess else { return (result, list.count == 0 ? items : nil) }
      if let slip = repetition(result, items, list) { throw slip }
      list.add(result, items)
      guard let next = try nextRequest(after: result, items, from: request, &position) else {
        result.unread = unread(result, locator, list)
        return (result, list.items)
      }
      if let slip = excess(next, list) { throw slip }
      request = next
    }
  }

  private var counts: Bool { if case .count = template.pages?.way { true } else { false } }

  /// Some services respond with 404 to the number after that of the last page.
  private func isBeyondLast(_ result: StepResult, _ list: PagesSoFar) -> Bool {
    counts && list.count > 0 && result.exchange.response.status == 404
  }

  /// The request for the next page; `nil` after the last one.
  private func nextRequest(
    after result: StepResult, _ items: [JSON], from request: WireRequest, _ position: inout Int
  ) throws -> WireRequest? {
    var next = request
    switch template.pages?.way {
    case nil: return nil
    case .link(let locator):
      guard let link = try text(at: locator, result) else { return nil }
      next.url = URLReference.resolve(link, against: request.url)
    case .cursor(let locator, let query):
      guard let cursor = try text(at: locator, result) else { return nil }
      next.setQuery(query, cursor)
    case .count(let query, _, let increment):
      guard !items.isEmpty else { return nil }
      switch increment {
      case .fixed(let step): position += step
      case .items: position += items.count
      }
      next.setQuery(query, "\(position)")
    }
    return next
  }

  /// The text of a locator; `nil` if there is none.
  private func text(at locator: Locator, _ result: StepResult) throws -> String? {
    if case .header(let name) = locator, name.lowercased() == "link" {
      return result.exchange.response.headers.link("next")
    }
    switch try result.value(at: locator, patterns) {
    case nil, .null: return nil
    case .string(let text), .number(let text): return text.isEmpty ? nil : text
    // an API may use it in place of null
    case .bool(false): return nil
    default: throw slip("the value at \(locator) is neither text nor a number")
    }
  }

  /// - Returns: Why the page cannot be one of the list.
  private func repetition(_ result: StepResult, _ items: [JSON], _ list: PagesSoFar) -> TargetFileSlip? {
    guard let last = list.last, !(counts && items.isEmpty) else { return nil }
    let isSame = last.body == result.exchange.response.body || part == .ids && !items.isEmpty && last.items == items
    return isSame
      ? slip("page \(list.count + 1) of the list repeats page \(list.count): the target may ignore how it is asked for")
      : nil
  }

  /// - Returns: Why the list has no end.
  private func excess(_ next: WireRequest, _ list: PagesSoFar) -> TargetFileSlip? {
    if let number = list.numbers[next.url] {
      let page = number == list.count ? "itself" : "page \(number)"
      return slip("page \(list.count) of the list names \(page) as the next page")
    }
    if list.count == PageReader.maxPages { return slip("the list does not end within \(PageReader.maxPages) pages") }
    if list.size > PageReader.maxBytes {
      return slip("the pages of the list have more than \(PageReader.maxBytes >> 20) MiB together")
    }
    return nil
  }

  /// The page that the target file does not read.
  private func unread(_ result: StepResult, _ locator: Locator, _ list: PagesSoFar) -> TargetFileSlip? {
    guard !counts, let binding = VisibleNextPage.binding(in: result, list: locator) else { return nil }
    return TargetFileSlip(
      description:
        "this list has another page, which was not read: write '\(binding)' in '\(key)' of the target file",
      place: template.pages?.place ?? template.place)
  }

  private func slip(_ reason: String) -> TargetFileSlip {
    TargetFileSlip(
      description: "\(reason); correct 'pages' in '\(key)' of the target file",
      place: template.pages?.place ?? template.place)
  }
}

/// What was read of a list.
private struct PagesSoFar {
  var items: [JSON] = []
  var count = 0
  /// The numbers of the pages, from 1, by their URLs.
  var numbers: [String: Int] = [:]
  var last: (body: [UInt8], items: [JSON])?
  /// The bodies of all pages.
  var bodies: [[UInt8]] = []
  /// Of all bodies together, in bytes.
  var size = 0

  mutating func add(_ result: StepResult, _ items: [JSON]) {
    let body = result.exchange.response.body
    count += 1
    self.items += items
    last = (body, items)
    bodies.append(body)
    size += body.count
  }
}
