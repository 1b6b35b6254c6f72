// Which requests can be sent: invalid ones too, but none that would inject lines or be altered by libcurl.

import ConformanceModel
import HTTPModel

extension WireRequest {
  /// The request has a body, or states an empty one because the method expects a body (RFC 9110 section 8.6).
  var sendsBody: Bool { body != nil || chunked || method == "POST" || method == "PUT" || method == "PATCH" }

  /// libcurl builds the header section of a request in 1 MiB, including the request line and its own fields.
  private static let maxHeader = 1_000_000

  /// Throws a `.request` error that names what cannot be sent, never a header's value.
  func checkSendable() throws(TransportError) {
    guard !method.isEmpty, method.utf8.allSatisfy(\.isTokenCharacter) else {
      throw TransportError(.request, "the method is not a token (RFC 9110 section 5.6.2)")
    }
    try checkURL()
    let size = headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
    guard size < WireRequest.maxHeader else {
      throw TransportError(
        .request, "the header fields of the request have \(size) bytes together; libcurl sends at most 1 MiB")
    }
    for (index, field) in headers.enumerated() {
      // A name that contains line breaks is not shown.
      guard !field.name.isEmpty, !field.name.hasLineBreakOrNUL else {
        throw TransportError(.request, "the name of header field \(index + 1) is empty or contains CR, LF or NUL")
      }
      guard !field.name.utf8.contains(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ";") }) else {
        throw TransportError(.request, "the name of header field \(index + 1) contains “:” or “;”")
      }
      guard !field.value.hasLineBreakOrNUL else {
        throw TransportError(.request, "the value of the header field \(field.name) contains CR, LF or NUL")
      }
    }
  }

  private func checkURL() throws(TransportError) {
    var text = url
    guard let offset = text.withUTF8({ $0.firstIndex { !$0.isURLCharacter } }) else {
      guard url.utf8.starts(withLowercase: "http://") || url.utf8.starts(withLowercase: "https://") else {
        throw TransportError(.request, "the URL does not start with http:// or https://")
      }
      let hasAt = url.hasByte { $0 == UInt8(ascii: "@") }
      guard !hasAt || !Endpoint.authority(of: url).utf8.contains(UInt8(ascii: "@")) else {
        throw TransportError(.request, "the URL contains user information; use an Authorization header instead")
      }
      if let refusal = HostName.refusal(inURL: url) { throw TransportError(.request, "not sent: \(refusal)") }
      return
    }
    if let refusal = HostName.refusal(inURL: url) { throw TransportError(.request, "not sent: \(refusal)") }
    throw TransportError(
      .request, "the URL contains a character at byte \(offset + 1) that must be percent-encoded (RFC 3986 section 2)")
  }
}

extension String {
  fileprivate var hasLineBreakOrNUL: Bool { hasByte(where: \.isLineBreakOrNUL) }
}

extension String.UTF8View {
  /// The case of ASCII letters is one bit; the other characters which that bit changes do not occur in URLs.
  fileprivate func starts(withLowercase text: StaticString) -> Bool {
    text.withUTF8Buffer { text in starts(with: text) { byte, wanted in byte | 0x20 == wanted } }
  }
}

extension UInt8 {
  fileprivate var isLineBreakOrNUL: Bool { self == 0x0D || self == 0x0A || self == 0 }

  private var isLetterOrDigit: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }

  /// Reserved and unreserved characters and `%` of RFC 3986 section 2; the digits after `%` are not checked.
  fileprivate var isURLCharacter: Bool {
    switch self {
    case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"), UInt8(ascii: "^"),
      UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
      false
    default: self > 0x20 && self < 0x7F
    }
  }
}
