// Parses the header section of a response: version, reason phrase and fields, as they were received.

import ConformanceModel
import HTTPModel

/// Bytes that are not UTF-8 become U+FFFD. Order, duplicates and the spelling of names are kept; white space around a
/// value is not.
struct ReceivedHead {
  private(set) var version = ""
  private(set) var reason = ""
  private(set) var fields: [HeaderField] = []

  init(_ bytes: [UInt8]) {
    fields.reserveCapacity(16)
    var isFirst = true
    bytes.withUnsafeBufferPointer { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
        let line = rest[..<end].trimmingSuffix { $0 == UInt8(ascii: "\r") }
        rest = rest[min(end + 1, rest.endIndex)...]
        if isFirst {
          takeStatusLine(line)
        } else if !line.isEmpty {
          takeField(line)
        }
        isFirst = false
      }
    }
  }

  private typealias Line = Slice<UnsafeBufferPointer<UInt8>>

  private mutating func takeStatusLine(_ line: Line) {
    let name = line.prefix { $0 != UInt8(ascii: " ") }
    guard let slash = name.firstIndex(of: UInt8(ascii: "/")) else { return }
    version = String(decoding: name[(slash + 1)...], as: UTF8.self)
    let status = line[name.endIndex...].dropFirst().prefix { !isBlank($0) }
    reason = String(decoding: trimmed(line[status.endIndex...]), as: UTF8.self)
  }

  private mutating func takeField(_ line: Line) {
    if line.first.map(isBlank) == true, let last = fields.indices.last {
      // A folded line continues the value before it (RFC 9112 section 5.2).
      fields[last].value += " " + String(decoding: trimmed(line), as: UTF8.self)
      return
    }
    let name = line.prefix { $0 != UInt8(ascii: ":") }
    let value = trimmed(line[name.endIndex...].dropFirst())
    fields.append(HeaderField(text(name), text(value)))
  }

  private func text(_ bytes: Line) -> String { String(decoding: UnsafeBufferPointer(rebasing: bytes), as: UTF8.self) }

  private func trimmed(_ line: Line) -> Line { line.drop(while: isBlank).trimmingSuffix(isBlank) }

  private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}

extension Slice where Base == UnsafeBufferPointer<UInt8> {
  fileprivate func trimmingSuffix(_ isDropped: (UInt8) -> Bool) -> Self {
    var end = endIndex
    while end > startIndex, isDropped(self[end - 1]) { end -= 1 }
    return self[startIndex..<end]
  }
}
