// Limits the number of nodes before parsing: an element of four bytes takes hundreds of bytes in a tree.

enum XMLExtent {
  static let maxNodes = 100_000
  /// libxml2 compares each attribute of an element with all previous ones.
  static let maxAttributes = 1000

  /// Counts `<`, and `=` followed by a quote between two `<`: in a well-formed document a tag ends before the next `<`.
  ///
  /// - Throws: `XMLError` if there are more than `maxNodes` elements and attributes, or more than `maxAttributes`
  ///   attributes of one element.
  static func check(_ bytes: [UInt8]) throws(XMLError) {
    try checkEncoding(bytes)
    var total = 0
    var attributes = 0
    var isAfterEquals = false
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "<"):
        total += 1
        attributes = 0
        isAfterEquals = false
      case UInt8(ascii: "="): isAfterEquals = true
      // the other byte of a character in UTF-16
      case 0, UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        if isAfterEquals {
          total += 1
          attributes += 1
        }
        isAfterEquals = false
      default: isAfterEquals = false
      }
      if attributes > maxAttributes { throw .undecided("an element with more than \(maxAttributes) attributes") }
      if total > maxNodes { throw .undecided("more than \(maxNodes) elements and attributes") }
    }
  }

  /// Encodings in which markup has the counted bytes.
  private static let encodings = ["utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-", "iso-10646-ucs-", "windows-125"]

  private static func checkEncoding(_ bytes: [UInt8]) throws(XMLError) {
    let start = String(decoding: bytes.prefix(400).filter { $0 != 0 }, as: UTF8.self).lowercased()
    guard !bytes.starts(with: [0x4C, 0x6F, 0xA7, 0x94]) else {
      throw XMLError("unsupported encoding: EBCDIC")
    }
    guard let declaration = start.firstRange(of: "?>").map({ start[..<$0.lowerBound] }),
      let word = declaration.firstRange(of: "encoding")
    else { return }
    let name = declaration[word.upperBound...].split { " =\"'\t\r\n".contains($0) }.first ?? ""
    guard encodings.contains(where: { name.hasPrefix($0) }) else {
      throw XMLError("unsupported encoding: \(name.prefix(40))")
    }
  }
}
