// application/x-www-form-urlencoded, parsed strictly (RFC 6749 appendix B).

/// The parameters of a form in their order.
struct Form: Sendable {
  var parameters: [(name: String, value: String)] = []

  /// - Returns: `nil` for broken percent-encoding, text that is not UTF-8, and NUL.
  init?(_ bytes: [UInt8]) {
    for pair in bytes.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Form.decode(parts[0]), let value = Form.decode(parts.count > 1 ? parts[1] : []) else {
        return nil
      }
      parameters.append((name, value))
    }
  }

  /// Whether a name occurs more than once, which RFC 6749 section 3.2 forbids.
  var hasRepeated: Bool { Set(parameters.map(\.name)).count < parameters.count }

  /// Whether the name occurs, with or without a value.
  func contains(_ name: String) -> Bool { parameters.contains { $0.name == name } }

  /// A parameter without a value counts as absent (RFC 6749 section 3.2).
  subscript(name: String) -> String? {
    parameters.first { $0.name == name && !$0.value.isEmpty }?.value
  }

  /// Decodes one name or value: `+` is a space, `%XX` a byte.
  static func decode(_ bytes: some Collection<UInt8>) -> String? {
    var result: [UInt8] = []
    var iterator = bytes.makeIterator()
    while let byte = iterator.next() {
      switch byte {
      case UInt8(ascii: "+"): result.append(0x20)
      case UInt8(ascii: "%"):
        guard let high = iterator.next().flatMap(digit), let low = iterator.next().flatMap(digit) else { return nil }
        result.append(high << 4 | low)
      default: result.append(byte)
      }
    }
    guard !result.contains(0) else { return nil }
    return String(validating: result, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
  }
}
