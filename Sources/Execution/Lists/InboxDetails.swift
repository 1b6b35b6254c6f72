// What an inbox shows of payloads besides their bytes.

import ConformanceModel
import HTTPModel
import JSONValue

/// Reads the details of the payloads in the responses of an inbox.
struct InboxDetails {
  /// The pages of the inbox, one response each.
  private let pages: [StepResult]
  private let inbox: Target.Inbox
  /// How many payloads there are.
  private let count: Int
  private let patterns: PatternCache

  init(_ result: StepResult, _ inbox: Target.Inbox, count: Int, _ patterns: PatternCache) {
    let earlier = result.earlierPages.map { body in
      StepResult(Exchange(request: result.exchange.request, response: WireResponse(status: 200, body: body)))
    }
    pages = earlier + [result]
    self.inbox = inbox
    self.count = count
    self.patterns = patterns
  }

  /// A detail of each payload, in their order: the essence of a media type (RFC 9110 section 8.3.1), and seconds since
  /// 1970; `nil` for a payload without it.
  ///
  /// - Throws: `TargetFileSlip` if the values are not those of the payloads, or no such details.
  func values(_ detail: Target.InboxDetail) throws -> [JSON?] {
    guard let (payloads, locator) = locators(detail) else { return Array(repeating: nil, count: count) }
    let found = try pages.flatMap { try InboxDetails.values(at: locator, besides: payloads, in: $0, patterns) }
    guard found.count == count else {
      throw slip(detail, "has \(found.count.counted("value")) for \(count.counted("payload"))")
    }
    return try found.map { value in
      guard let value, value != .null else { return nil }
      switch detail {
      case .mediaType:
        guard let text = value.string, let type = MediaType(text) else {
          throw slip(detail, "has '\(value.plainText.prefix(60))', which is no media type (RFC 9110 section 8.3.1)")
        }
        return .string(type.essence)
      case .receivedAt:
        guard let time = TargetTime.instant(value) else {
          throw slip(
            detail,
            "has '\(value.plainText.prefix(60))'; expected RFC 3339, seconds since 1970 or an HTTP date")
        }
        return .int(time.seconds)
      }
    }
  }

  private func locators(_ detail: Target.InboxDetail) -> (payloads: Locator, detail: Locator)? {
    guard let read = inbox.read else {
      return (InboxProgram.locator, .json(JSONPointer(tokens: [detail.rawValue, "*"])))
    }
    guard let payloads = read.answer["payloads"], let locator = read.answer[detail.rawValue] else { return nil }
    return (payloads, locator)
  }

  private func slip(_ detail: Target.InboxDetail, _ reason: String) -> TargetFileSlip {
    TargetFileSlip(
      description: inbox.read == nil
        ? "'\(detail.rawValue)' in the output of the command that reads the inbox \(reason)"
        : "'\(detail.rawValue)' in 'inbox.read: answer' of the target file \(reason)",
      place: inbox.place)
  }

  /// The values of a page. If payloads and details are members of the same items, an item may lack its detail.
  private static func values(
    at locator: Locator, besides payloads: Locator, in page: StepResult, _ patterns: PatternCache
  ) throws(UnresolvedReference) -> [JSON?] {
    guard case .json(let payload) = payloads, case .json(let detail) = locator, let body = page.body,
      let last = payload.tokens.lastIndex(of: "*"), detail.tokens.count > last,
      detail.tokens[...last] == payload.tokens[...last], last + 1 < payload.tokens.count
    else { return try page.values(at: locator, patterns) }
    let ofPayload = JSONPointer(tokens: Array(payload.tokens[(last + 1)...]))
    let ofDetail = JSONPointer(tokens: Array(detail.tokens[(last + 1)...]))
    return JSONPointer(tokens: Array(payload.tokens[...last])).values(in: body).flatMap { item -> [JSON?] in
      ofPayload.values(in: item).map { _ in ofDetail.value(in: item) }
    }
  }
}
