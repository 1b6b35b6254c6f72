// Base64 (RFC 4648 section 4) and the form encoding of RFC 6749 appendix B.

/// Base64 (RFC 4648 section 4).
public enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The Base64 text of some bytes, with padding.
  public static func encode(_ bytes: [UInt8]) -> String { String(decoding: encoded(bytes), as: UTF8.self) }

  /// The Base64 text as ASCII bytes.
  public static func encoded(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: size(of: bytes.count)) { buffer, count in
      count = write(bytes[...], to: buffer, at: 0)
    }
  }

  /// The length of the Base64 text of so many bytes.
  public static func size(of count: Int) -> Int { (count + 2) / 3 * 4 }

  /// Writes the Base64 text of some bytes into a buffer, from an index on.
  ///
  /// - Returns: Its length.
  public static func write(
    _ bytes: ArraySlice<UInt8>, to buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int
  ) -> Int {
    alphabet.withUnsafeBufferPointer { alphabet in
      bytes.withUnsafeBufferPointer { source in
        var index = 0, end = start
        while index < source.count {
          let second = index + 1 < source.count ? Int(source[index + 1]) : 0
          let third = index + 2 < source.count ? Int(source[index + 2]) : 0
          let group = Int(source[index]) << 16 | second << 8 | third
          buffer[end] = alphabet[group >> 18]
          buffer[end + 1] = alphabet[group >> 12 & 63]
          buffer[end + 2] = index + 1 < source.count ? alphabet[group >> 6 & 63] : UInt8(ascii: "=")
          buffer[end + 3] = index + 2 < source.count ? alphabet[group & 63] : UInt8(ascii: "=")
          index += 3
          end += 4
        }
        return end - start
      }
    }
  }

  /// The base64url text of some bytes, without padding (RFC 7515 section 2).
  public static func urlEncode(_ bytes: [UInt8]) -> String {
    let plain = encoded(bytes).lazy.filter { $0 != UInt8(ascii: "=") }.map { byte in
      switch byte {
      case UInt8(ascii: "+"): UInt8(ascii: "-")
      case UInt8(ascii: "/"): UInt8(ascii: "_")
      default: byte
      }
    }
    return String(decoding: Array(plain), as: UTF8.self)
  }

  /// The bytes of a base64url text without padding (RFC 7515 section 2); `nil` for anything else.
  public static func urlDecode(_ text: Substring) -> [UInt8]? {
    let isURLSafe = text.utf8.allSatisfy { !"+/= \t\r\n".utf8.contains($0) }
    return isURLSafe ? decodeAnyAlphabet(String(text)) : nil
  }

  /// The values of the characters; 255 for a byte that is not in the alphabet.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
    return values
  }()

  /// The bytes of a Base64 text. Padding may be missing.
  ///
  /// - Returns: `nil` if a character is not in the alphabet.
  public static func decode(_ text: String) -> [UInt8]? {
    var result: [UInt8] = []
    var buffer: UInt32 = 0
    var bits = 0
    for byte in text.utf8 {
      if byte == UInt8(ascii: "=") { break }
      let value = values[Int(byte)]
      guard value < 64 else { return nil }
      buffer = buffer << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        result.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
      }
    }
    return result
  }

  /// The bytes of a text in Base64 or base64url (RFC 4648 sections 4 and 5). Padding may be missing, and line breaks
  /// and spaces do not count.
  ///
  /// - Returns: `nil` if it is neither: a character is in no alphabet, or the length or the padding is impossible.
  public static func decodeAnyAlphabet(_ text: String) -> [UInt8]? {
    var plain: [UInt8] = []
    plain.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case 0x20, 0x09, 0x0D, 0x0A: continue
      case UInt8(ascii: "-"): plain.append(UInt8(ascii: "+"))
      case UInt8(ascii: "_"): plain.append(UInt8(ascii: "/"))
      default: plain.append(byte)
      }
    }
    let padding = plain.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    let count = plain.count - padding
    guard count % 4 != 1, padding == 0 || padding <= 2 && plain.count % 4 == 0,
      !plain[..<count].contains(UInt8(ascii: "="))
    else { return nil }
    return decode(String(decoding: plain, as: UTF8.self))
  }
}

/// The encodings of forms and URLs.
public enum FormEncoding {
  /// application/x-www-form-urlencoded in UTF-8: letters, digits and `*-._` are kept, a space becomes `+`, the rest
  /// becomes `%XX`.
  public static func encode(_ text: String) -> String {
    let encoded = percentEncode(text) { isKept($0) || $0 == 0x20 }
    return encoded.utf8.contains(0x20)
      ? String(decoding: encoded.utf8.map { $0 == 0x20 ? UInt8(ascii: "+") : $0 }, as: UTF8.self) : encoded
  }

  private static func isKept(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }

  /// Percent-encodes a path segment in UTF-8 (RFC 3986 section 2.1): all except unreserved characters.
  public static func percentEncode(_ text: String) -> String {
    percentEncode(text) { isKept($0) && $0 != 0x2A || $0 == 0x7E }
  }

  private static func percentEncode(_ text: String, except isKept: (UInt8) -> Bool) -> String {
    var text = text
    return text.withUTF8 { bytes in
      // most ids, secrets and tokens are encoded as they are
      if bytes.allSatisfy(isKept) { return String(decoding: bytes, as: UTF8.self) }
      var result: [UInt8] = []
      result.reserveCapacity(bytes.count + 16)
      for byte in bytes {
        if isKept(byte) {
          result.append(byte)
        } else {
          result.append(UInt8(ascii: "%"))
          result += Hex.bytes([byte], uppercase: true)
        }
      }
      return String(decoding: result, as: UTF8.self)
    }
  }

  /// Encoded pairs, joined with `&`.
  public static func encode(_ pairs: [(String, String)]) -> String {
    pairs.map { "\(encode($0.0))=\(encode($0.1))" }.joined(separator: "&")
  }
}

/// Escapes text for HTML.
public enum HTMLEncoding {
  /// Escapes text for element content and quoted attributes.
  ///
  /// Works on scalars, as browsers do: a quote with a combining mark is one `Character`, but still ends an attribute.
  public static func escape(_ text: String) -> String {
    var text = text
    guard text.withUTF8({ $0.contains(where: isSpecial) }) else { return text }
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte == 0x26 || byte == 0x3C || byte == 0x3E || byte == 0x22 || byte == 0x27
  }
}
