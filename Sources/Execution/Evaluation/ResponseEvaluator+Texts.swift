// The texts in a body, as values: what a name is does not depend on how the body writes it.

import ConformanceModel
import HTTPModel
import JSONValue
import XML

extension ResponseEvaluator {
  /// Whether one of the texts in the body matches; with `not`, whether none does.
  func someText(_ matcher: Matcher) throws -> [Mismatch] {
    var texts = try result.earlierPages.flatMap(ResponseEvaluator.texts)
    if case .success(let json) = result.json {
      texts += ResponseEvaluator.strings(in: json)
    } else {
      texts += try ResponseEvaluator.texts(of: response.body)
    }
    if case .not(let inner) = matcher {
      guard let found = try texts.first(where: { try matching.holds(inner, .string($0)) }) else {
        return []
      }
      return [Mismatch(.unexpected, expected: try matching.describe(matcher), actual: Matching.shown(found))]
    }
    if try texts.contains(where: { try matching.holds(matcher, .string($0)) }) { return [] }
    let expected = "a text that is \(try matching.describe(matcher))"
    guard let near = try nearest(matcher, texts) else {
      return [Mismatch(.missing, expected: expected, actual: "none of \(texts.count.counted("text"))")]
    }
    return [Mismatch(expected: expected, actual: "none; the nearest is \(Matching.shown(near))")]
  }

  /// The strings of JSON, or the texts and attributes of XML, without their escapes; or the body, if it is neither.
  ///
  /// - Throws: `UnresolvedReference` if it is XML beyond a limit.
  static func texts(of body: [UInt8]) throws(UnresolvedReference) -> [String] {
    if let json = try? JSON(parsing: body) { return strings(in: json) }
    do throws(XMLError) {
      let document = try XMLDocument(parsing: body)
      // a union of both would compare each node with all others
      return try document.text(xpath: "//text()") + document.text(xpath: "//@*")
    } catch {
      if error.isUndecided { throw .xpath("//text()", error.message) }
      return [String(decoding: body, as: UTF8.self)]
    }
  }

  private static func strings(in json: JSON) -> [String] {
    switch json {
    case .string(let text), .number(let text): [text]
    case .array(let items): items.flatMap(strings)
    case .object(let members): members.flatMap { strings(in: $0.value) }
    case .bool, .null: []
    }
  }

  /// The text that begins and ends most like the one that is looked for; `nil` if none is like it.
  private func nearest(_ matcher: Matcher, _ texts: [String]) throws -> String? {
    let template: Template
    switch matcher {
    case .equals(let text), .contains(.equals(let text)): template = text
    default: return nil
    }
    let wanted = Array(try scope.fill(template).plainText.unicodeScalars)
    var best: (text: String, count: Int)?
    for text in texts where text.utf8.count <= Matching.maxShown {
      let scalars = Array(text.unicodeScalars)
      let start = zip(wanted, scalars).prefix { $0 == $1 }.count
      let end = zip(wanted.reversed(), scalars.reversed()).prefix { $0 == $1 }.count
      if start + end > best?.count ?? 0 { best = (text, start + end) }
    }
    return best.flatMap { $0.count * 3 >= wanted.count ? $0.text : nil }
  }
}
