// The syntax of the lines of a response's header section. libcurl accepts lines that response smuggling relies on.

import ConformanceModel
import HTTPModel

enum HeaderSyntax {
  /// `HTTP/1.1 200`, then nothing or a space and a reason phrase (RFC 9112 section 4). Statuses start at 100.
  static func isStatusLine(_ line: UnsafeRawBufferPointer, isVersion1: Bool) -> Bool {
    var rest = line[...]
    guard rest.starts(with: "HTTP/".utf8) else { return false }
    rest = rest.dropFirst(5)
    guard let version = rest.popFirst(), isDigit(version),
      !isVersion1 || (version == UInt8(ascii: "1") && rest.first == UInt8(ascii: "."))
    else {
      return false
    }
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      guard rest.popFirst().map(isDigit) == true else { return false }
    }
    guard rest.popFirst() == UInt8(ascii: " "), rest.count >= 3, rest.prefix(3).allSatisfy(isDigit),
      rest.first != UInt8(ascii: "0")
    else { return false }
    let next = rest.dropFirst(3).first
    return next == nil || next == UInt8(ascii: " ") || next == UInt8(ascii: "\r") || next == UInt8(ascii: "\n")
  }

  /// A name that is a token, a colon, and a value without NUL and lone CR (RFC 9112 section 5); or a folded line,
  /// except as the first line.
  static func isField(_ line: UnsafeRawBufferPointer, first: Bool) -> Bool {
    // each line of each response passes here
    var end = line.count
    if end > 0, line[end - 1] == UInt8(ascii: "\n") { end -= 1 }
    if end > 0, line[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    var index = 0
    while index < end, line[index].isTokenCharacter { index += 1 }
    let isNamed = index > 0 && index < end && line[index] == UInt8(ascii: ":")
    let isFolded = end > 0 && (line[0] == UInt8(ascii: " ") || line[0] == UInt8(ascii: "\t"))
    guard isNamed || isFolded && !first else { return false }
    while index < end {
      if line[index] == 0 || line[index] == UInt8(ascii: "\r") { return false }
      index += 1
    }
    return true
  }

  /// The numbers of a list, nearly always one; `nil` if something else is in it.
  fileprivate static func numbers(_ list: String) -> [Int]? {
    if list.utf8.allSatisfy(isDigit) { return Int(list).map { [$0] } }
    var numbers: [Int] = []
    for part in list.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      let digits = part.split(separator: UInt8(ascii: " "))
      guard digits.count == 1, digits[0].allSatisfy(isDigit), let number = Int(Substring(digits[0])) else { return nil }
      numbers.append(number)
    }
    return numbers
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension ReceivedHead {
  /// Why the end of the body is ambiguous, as the rest of a sentence about the response; `nil` if it is not.
  ///
  /// An ambiguous end allows response smuggling (RFC 9112 sections 6.1 and 6.3).
  var framingError: String? {
    // HTTP/2 has frames.
    guard version.utf8.first == UInt8(ascii: "1") else { return nil }
    /// Those that differ.
    var lengths: [Int] = []
    var codings = 0
    for field in fields {
      switch field.name.utf8.count {
      case 14 where field.name.lowercased() == "content-length":
        guard let numbers = HeaderSyntax.numbers(field.value) else {
          return "has a Content-Length that is not a number of bytes"
        }
        for number in numbers where !lengths.contains(number) { lengths.append(number) }
      case 17 where field.name.lowercased() == "transfer-encoding":
        codings += 1
        guard field.value.lowercased() == "chunked", codings == 1 else {
          return "has a Transfer-Encoding other than chunked, the only one the request allows"
        }
      default: break
      }
    }
    if codings > 0, version == "1.0" {
      return "has a Transfer-Encoding, which HTTP/1.0 does not have (RFC 9112 section 6.1)"
    }
    if lengths.count > 1 { return "has several Content-Length values, which contradict each other" }
    if codings > 0, !lengths.isEmpty {
      return "has both a Content-Length and a Transfer-Encoding, which contradict each other"
    }
    return nil
  }
}
