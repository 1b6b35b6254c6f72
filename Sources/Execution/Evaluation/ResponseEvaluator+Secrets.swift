// Does this response show a secret?

import ConformanceModel
import HTTPModel
import JSONValue
import Redaction

/// A secret in a body with a content coding cannot be found.
struct UnsearchedBody: Error, CustomStringConvertible {
  let codings: [String]

  var description: String {
    "secrets: not evaluated: the body has Content-Encoding: \(Matching.start(of: codings.joined(separator: ", "))), "
      + "which was not requested (RFC 9110 section 12.5.3)"
  }
}

extension ResponseEvaluator {
  /// The same, if the whole response can be searched.
  ///
  /// - Throws: `UnsearchedBody`.
  func searchedSecrets() throws(UnsearchedBody) -> [Mismatch] {
    let found = shownSecrets()
    guard found.isEmpty, !codings.isEmpty, !result.exchange.response.body.isEmpty else { return found }
    throw UnsearchedBody(codings: codings)
  }

  /// The first secret or token of the run, in any encoding, that the response shows in a header field or in its body.
  /// Secrets that this response is meant to issue are ignored in its body.
  func shownSecrets() -> [Mismatch] {
    let redactor = scope.session.redactor
    let response = result.exchange.response
    if let found = redactor.leak(in: response.otherSections) {
      return [shown("interim responses and trailers", response.otherSections, found, redactor)]
    }
    for field in response.headers {
      let name = Array(field.name.utf8)
      if let found = redactor.leak(in: name) { return [shown("the name of a header field", name, found, redactor)] }
      let value = Array(field.value.utf8)
      if let found = redactor.leak(in: value) { return [shown("header \(field.name)", value, found, redactor)] }
    }
    let disclosed = result.disclosedSecrets.map { Array($0.utf8) }
    let body = disclosed.reduce(
      disclosed.isEmpty ? response.body : ResponseEvaluator.without(disclosed, escapedIn: response.body)
    ) { ResponseEvaluator.without($1, in: $0) }
    return redactor.leak(in: body).map { [shown("body", body, $0, redactor)] } ?? []
  }

  private func shown(
    _ subject: String, _ text: [UInt8], _ found: (offset: Int, label: String), _ redactor: SecretRedactor
  ) -> Mismatch {
    let before = redactor.redact(Array(text[max(0, found.offset - 40)..<found.offset]))
    return Mismatch(
      .secretShown, subject: subject, expected: "no secret and no token that was issued before",
      actual: "…\(String(decoding: before, as: UTF8.self))\(found.label)…")
  }

  /// The disclosed secrets may have escapes in the text, as `\/` for `/`: strings with escapes are decoded, freed of
  /// the secrets and encoded again.
  private static func without(_ parts: [[UInt8]], escapedIn text: [UInt8]) -> [UInt8] {
    guard text.contains(UInt8(ascii: "\\")) else { return text }
    var result: [UInt8] = []
    var index = 0
    while let start = text[index...].firstIndex(of: UInt8(ascii: "\"")) {
      let end = min(JSONStringRange.end(from: start + 1, in: text) + 1, text.count)
      let string = text[start..<end]
      result += text[index..<start]
      if string.contains(UInt8(ascii: "\\")), case .string(let plain)? = try? JSON(parsing: Array(string)) {
        let rest = parts.reduce(Array(plain.utf8)) { without($1, in: $0) }
        result += JSON.string(String(decoding: rest, as: UTF8.self)).compact.utf8
      } else {
        result += string
      }
      index = end
    }
    return result + text[index...]
  }

  private static func without(_ part: [UInt8], in text: [UInt8]) -> [UInt8] {
    guard part.count >= 8, let first = part.first else { return text }
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      if text[index] == first, text[index...].starts(with: part) {
        index += part.count
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }
}
