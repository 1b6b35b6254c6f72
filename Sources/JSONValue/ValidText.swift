// Text of bytes that have to be UTF-8.

import Glibc

extension String {
  /// The text of bytes in UTF-8; `nil` if they are not UTF-8.
  ///
  /// Much faster than `String(validating:)`: a text that had to be repaired differs from the bytes.
  public init?(valid bytes: UnsafeBufferPointer<UInt8>) {
    var text = String(decoding: bytes, as: UTF8.self)
    let isWhole = text.withUTF8 { text in
      guard let start = text.baseAddress, let wanted = bytes.baseAddress else { return text.count == bytes.count }
      return text.count == bytes.count && memcmp(start, wanted, text.count) == 0
    }
    guard isWhole else { return nil }
    self = text
  }

  /// The same for an array.
  public init?(valid bytes: [UInt8]) {
    guard let text = bytes.withUnsafeBufferPointer({ String(valid: $0) }) else { return nil }
    self = text
  }
}
