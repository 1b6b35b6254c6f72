// HTTP Basic credentials of a token request.

import ConformanceModel

/// User and password of RFC 7617, each form-encoded (RFC 6749 section 2.3.1).
struct BasicCredentials: Equatable {
  let id: String
  let secret: String

  /// Reads the value of an Authorization field; `nil` for another scheme and for anything malformed.
  init?(_ field: String) {
    let words = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard words.count == 2, words[0].lowercased() == "basic" else { return nil }
    let encoded = words[1].drop { $0 == " " }
    guard BasicCredentials.isBase64(encoded), let bytes = Base64.decode(String(encoded)),
      // before the form decoding: either part may contain a colon as %3A
      let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
      let id = Form.decode(bytes[..<colon]), let secret = Form.decode(bytes[(colon + 1)...]), !id.isEmpty
    else { return nil }
    self.id = id
    self.secret = secret
  }

  /// With all its padding, and nothing after it (RFC 4648 section 4).
  private static func isBase64(_ text: Substring) -> Bool {
    let padding = text.utf8.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    return !text.isEmpty && text.utf8.count % 4 == 0 && padding <= 2
      && !text.utf8.dropLast(padding).contains(UInt8(ascii: "="))
  }
}
