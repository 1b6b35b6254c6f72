// A regular expression of the target file that takes too much or too little of a value.

import ConformanceModel
import HTTPModel
import JSONValue

/// Compares the text that a regular expression locates with the values of the response.
struct LocatedText {
  let part: MislocatedValue.Part
  let text: String
  let locator: Locator
  /// Where the target file writes the locator: `clients.create: answer`.
  let key: String
  let result: StepResult
  /// The place of the request in the target file.
  let place: Place?

  /// The text has what delimits the value, such as its quotes: it is not the value of this response.
  var excess: TargetFileSlip? {
    guard case .regex = locator else { return nil }
    guard let body = result.body else {
      return text.contains("<") ? slip("the text at \(locator) in this response has markup") : nil
    }
    let leaves = MislocatedValue.leaves(of: body)
    let value = text.trimming { "\" ,:{}[]\t\r\n".unicodeScalars.contains($0) }
    guard value != text, !leaves.contains(where: { $0.text == text }),
      let leaf = leaves.first(where: { $0.text == value })
    else { return nil }
    let place = JSONPointer(tokens: leaf.tokens)
    return slip("the text at \(locator) in this response has more than the value of \(place)")
  }

  /// The text is a part of a value. Some services have a secret inside of a longer text, so this counts only if the text
  /// does not work.
  var fragment: TargetFileSlip? {
    guard case .regex = locator, !text.isEmpty else { return nil }
    guard let body = result.body else {
      return isInsideWord ? slip("the text at \(locator) in the response is a part of a longer word") : nil
    }
    let leaves = MislocatedValue.leaves(of: body)
    // the expression reads the body with its escapes
    let plain = (try? JSON(parsing: Array("\"\(text)\"".utf8)))?.string ?? text
    guard !leaves.contains(where: { $0.text == text || $0.text == plain }),
      let leaf = leaves.first(where: { $0.text.utf8Contains(plain) })
    else { return nil }
    return slip(
      "the text at \(locator) is \(plain.count) of the \(leaf.text.count) characters of "
        + "\(JSONPointer(tokens: leaf.tokens)) in the response")
  }

  /// The items of a list, if each is a part of a value.
  static func fragment(
    of items: [JSON], _ part: MislocatedValue.Part, at locator: Locator, _ key: String, _ result: StepResult,
    _ place: Place?
  ) -> TargetFileSlip? {
    guard case .regex = locator else { return nil }
    let found = items.prefix(maxItems).map { item in
      LocatedText(
        part: part, text: item.plainText, locator: locator, key: key, result: result, place: place
      ).fragment
    }
    return found.allSatisfy { $0 != nil } ? found.first ?? nil : nil
  }

  /// A lifetime that has only some of the digits of a number.
  static func fragment(
    ofLifetime text: String, at locator: Locator, _ result: StepResult, _ place: Place?
  ) -> TargetFileSlip? {
    guard case .regex = locator, let body = result.body else { return nil }
    let numbers = MislocatedValue.leaves(of: body).filter { Int($0.text) != nil }
    guard !numbers.contains(where: { $0.text == text }),
      let leaf = numbers.first(where: { $0.text.utf8Contains(text) })
    else { return nil }
    return TargetFileSlip(
      description: "the text at \(locator) is \(text.count) of the \(leaf.text.count) digits of "
        + "\(JSONPointer(tokens: leaf.tokens)) in the response: correct 'expires-in' in 'token: answer' of the target file",
      place: place)
  }

  /// How many items of a list are compared.
  private static let maxItems = 20

  /// Whether each place of the text is inside of a word of the body.
  private var isInsideWord: Bool {
    let body = String(decoding: result.exchange.response.body, as: UTF8.self)
    let places = body.ranges(of: text)
    return !places.isEmpty
      && places.allSatisfy { place in
        body[..<place.lowerBound].utf8.last.map(LocatedText.isWordByte) == true
          || body[place.upperBound...].utf8.first.map(LocatedText.isWordByte) == true
      }
  }

  /// The characters of tokens (RFC 6750 section 2.1: b64token).
  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "-._~+/".utf8.contains(byte)
    }
  }

  private func slip(_ reason: String) -> TargetFileSlip {
    TargetFileSlip(description: "\(reason): correct '\(part.rawValue)' in '\(key)' of the target file", place: place)
  }
}

extension String {
  fileprivate func trimming(_ isTrimmed: (Unicode.Scalar) -> Bool) -> String {
    var rest = unicodeScalars[...]
    while let first = rest.first, isTrimmed(first) { rest.removeFirst() }
    while let last = rest.last, isTrimmed(last) { rest.removeLast() }
    return String(rest)
  }
}
