// Walks over a JSON text without building its values: the index of a log needs a few members of each line.

import Glibc

/// The places of values in a JSON text. Nothing is decoded, so texts inside strings are not checked to be UTF-8.
struct JSONWalker {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var index = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Calls `body` for each member of the object that is the whole text, with its name and its value as they are written.
  ///
  /// - Returns: Whether the text is an object; if not, `body` may have been called for its start.
  mutating func members(
    _ body: (_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) -> Void
  ) -> Bool {
    skipSpace()
    guard take("{") else { return false }
    skipSpace()
    if take("}") { return isAtEnd }
    repeat {
      skipSpace()
      let name = index
      guard skipString() else { return false }
      let nameEnd = index
      skipSpace()
      guard take(":") else { return false }
      skipSpace()
      let value = index
      guard skipValue(depth: 1) else { return false }
      body(
        UnsafeBufferPointer(rebasing: bytes[name + 1..<nameEnd - 1]),
        UnsafeBufferPointer(rebasing: bytes[value..<index]))
      skipSpace()
    } while take(",")
    return take("}") && isAtEnd
  }

  private var isAtEnd: Bool { index == bytes.count }

  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard index < bytes.count, bytes[index] == UInt8(ascii: byte) else { return false }
    index += 1
    return true
  }

  private mutating func skipSpace() {
    while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 || bytes[index] == 0x0D { index += 1 }
  }

  private mutating func skipValue(depth: Int) -> Bool {
    guard index < bytes.count, depth < maxDepth else { return false }
    switch bytes[index] {
    case UInt8(ascii: "\""): return skipString()
    case UInt8(ascii: "{"): return skipItems(until: "}", depth: depth, hasNames: true)
    case UInt8(ascii: "["): return skipItems(until: "]", depth: depth, hasNames: false)
    default: return skipWord()
    }
  }

  /// Far more than a line of a log has; deeper ones are decoded as a whole.
  private var maxDepth: Int { 64 }

  private mutating func skipItems(until end: Unicode.Scalar, depth: Int, hasNames: Bool) -> Bool {
    index += 1
    skipSpace()
    if take(end) { return true }
    repeat {
      skipSpace()
      if hasNames {
        guard skipString() else { return false }
        skipSpace()
        guard take(":") else { return false }
        skipSpace()
      }
      guard skipValue(depth: depth + 1) else { return false }
      skipSpace()
    } while take(",")
    return take(end)
  }

  private mutating func skipString() -> Bool {
    guard take("\"") else { return false }
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        index += 1
        return true
      // what follows the backslash is not the end
      case UInt8(ascii: "\\"): index += 2
      case 0..<0x20: return false
      default: index += 1
      }
    }
    return false
  }

  /// A number, `true`, `false` or `null`: the characters that these have.
  private mutating func skipWord() -> Bool {
    let start = index
    while index < bytes.count {
      switch bytes[index] {
      case 0x30...0x39, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "E"):
        index += 1
      default: return index > start
      }
    }
    return index > start
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether these are the bytes of a text.
  func isSame(as text: StaticString) -> Bool {
    guard let baseAddress, count == text.utf8CodeUnitCount else { return false }
    return memcmp(baseAddress, text.utf8Start, count) == 0
  }
}
