// Does this answer show what it must not?

import ConformanceModel
import HTTPModel
import JSONValue
import Redaction

extension ResponseEvaluator {
  /// Secrets and tokens of the whole run, in any of their encodings, in the header fields or the body. What the answer is there
  /// to hand out may stand in its body.
  func leaks() -> [Mismatch] {
    let redactor = scope.session.redactor
    let response = answer.exchange.response
    for field in response.headers {
      let value = Array(field.value.utf8)
      if let found = redactor.leak(in: value) { return [leak(" header \(field.name)", value, found, redactor)] }
    }
    let handedOut = answer.disclosedSecrets.map { Array($0.utf8) }
    let body = handedOut.reduce(
      handedOut.isEmpty ? response.body : ResponseEvaluator.without(handedOut, escapedIn: response.body)
    ) { ResponseEvaluator.without($1, in: $0) }
    return redactor.leak(in: body).map { [leak(" body", body, $0, redactor)] } ?? []
  }

  private func leak(_ path: String, _ text: [UInt8], _ found: (offset: Int, label: String), _ redactor: SecretRedactor)
    -> Mismatch
  {
    let before = redactor.redact(Array(text[max(0, found.offset - 40)..<found.offset]))
    return Mismatch(
      path: path, expected: "no secret and no token that was handed out before",
      actual: "…\(String(decoding: before, as: UTF8.self))\(found.label)…")
  }

  /// What is handed out may be written with escapes, as `\/` for `/`. Strings of a JSON text that have any are written anew, without it.
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
