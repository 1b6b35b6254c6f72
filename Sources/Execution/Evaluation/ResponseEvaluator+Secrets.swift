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
  /// - Throws: `UnsearchedBody`; `TargetFileSlip` if the target file may locate something else as a secret.
  func searchedSecrets() throws -> [Mismatch] {
    let found = shownSecrets()
    if !found.isEmpty, let slip = scope.session.doubtedSecrets.withLock({ $0 }) { throw slip }
    guard found.isEmpty, !codings.isEmpty, !result.exchange.response.body.isEmpty else { return found }
    throw UnsearchedBody(codings: codings)
  }

  /// The first secret or token of the run, in any encoding, that the response shows in a header field or in its body.
  /// Secrets that this response is meant to issue are ignored in its body.
  func shownSecrets() -> [Mismatch] {
    let redactor = scope.session.redactor
    let others = response.otherSections
    if !others.isEmpty {
      // a folded line may begin in the middle of a secret
      for text in [others, others.filter { !HeaderField.isBlank($0) }] {
        guard let found = redactor.leak(in: text) else { continue }
        return [shown("interim responses and trailers", text, found, redactor)]
      }
    }
    if response.reason.utf8.count >= 8 {
      let reason = Array(response.reason.utf8)
      if let found = redactor.leak(in: reason) { return [shown("reason phrase", reason, found, redactor)] }
    }
    if let found = shownInFields(redactor) { return [found] }
    // the longest first: one can be a part of another, whose rest would be found
    let disclosed = result.disclosedSecrets.map { Array($0.utf8) }.sorted { $0.count > $1.count }
    let text = SecretFinder.narrow(response.body)
    let body = disclosed.reduce(
      disclosed.isEmpty ? text : ResponseEvaluator.without(disclosed, escapedIn: text)
    ) { ResponseEvaluator.without($1, in: $0) }
    return redactor.leak(in: body).map { [shown("body", body, $0, redactor)] } ?? []
  }

  /// All fields are searched as one text, names included.
  private func shownInFields(_ redactor: SecretRedactor) -> Mismatch? {
    let fields = response.headers
    var text: [UInt8] = []
    for field in fields {
      text += field.name.utf8
      text.append(UInt8(ascii: ":"))
      text += field.value.utf8
      text.append(UInt8(ascii: "\n"))
    }
    guard let found = redactor.leak(in: text) else { return nil }
    var start = 0
    for field in fields {
      let name = Array(field.name.utf8), value = Array(field.value.utf8)
      let offset = found.offset - start
      if offset < name.count { return shown("name of a header field", name, (offset, found.label), redactor) }
      let inValue = max(0, offset - name.count - 1)
      if inValue < value.count { return shown("header \(field.name)", value, (inValue, found.label), redactor) }
      start += name.count + value.count + 2
    }
    return nil
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
