// Does this answer show what it must not?

import Conformance

extension Judging {
  /// Secrets and tokens of the whole run, in any of their encodings, in the header fields or the body. What the answer is there
  /// to hand out may stand in its body.
  func leaks() -> [Mismatch] {
    let redactor = scope.session.redactor
    let response = answer.exchange.response
    for field in response.headers {
      let value = Array(field.value.utf8)
      let clean = redactor.redactLong(value)
      if clean != value { return [leak(" header \(field.name)", value, clean)] }
    }
    let body = answer.handsOut.reduce(response.body) { Judging.without(Array($1.utf8), in: $0) }
    let clean = redactor.redactLong(body)
    return clean == body ? [] : [leak(" body", body, clean)]
  }

  private func leak(_ path: String, _ original: [UInt8], _ clean: [UInt8]) -> Mismatch {
    let start = zip(original, clean).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? 0
    let around = clean[max(0, start - 30)..<min(clean.count, start + 60)]
    return Mismatch(path: path, expected: "no secret and no token that was handed out before", actual: String(decoding: around, as: UTF8.self))
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
