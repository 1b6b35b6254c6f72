// A hash of what a file says: comments and formatting do not change it.

import ConformanceModel
import Cryptography
import Glibc
import YAML

enum NodeDigest {
  /// SHA-256 of a value in hexadecimal digits. Texts have their length in front, so that no two values are alike.
  ///
  /// - Parameter capacity: About how many bytes the value has, so that the buffer seldom grows.
  static func of(_ node: Node, capacity: Int = 4096) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(capacity)
    append(node, to: &bytes)
    return Hex.digits(SHA256.hash(bytes))
  }

  /// SHA-256 of a mapping, whatever the order of its keys, without some of them.
  static func ofMembers(_ reader: YAMLReader, except keys: Set<String>) -> String {
    var bytes: [UInt8] = []
    appendSorted(reader, except: keys, to: &bytes)
    return Hex.digits(SHA256.hash(bytes))
  }

  private static func appendSorted(_ reader: YAMLReader, except keys: Set<String> = [], to bytes: inout [UInt8]) {
    switch reader.node.kind {
    case .scalar: append(reader.node, to: &bytes)
    case .mapping:
      bytes.append(UInt8(ascii: "{"))
      let members = reader.layeredMembers.filter { !keys.contains($0.key.node.text ?? "") }.map { key, value in
        let name = key.node.text ?? ""
        var member = Array("\(name.utf8.count):\(name)".utf8)
        appendSorted(value, to: &member)
        return member
      }
      for member in members.sorted(by: precedes) { bytes += member }
      bytes.append(UInt8(ascii: "}"))
    case .sequence:
      bytes.append(UInt8(ascii: "["))
      for item in reader.node.items { appendSorted(reader.inner(item), to: &bytes) }
      bytes.append(UInt8(ascii: "]"))
    }
  }

  private static func precedes(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    let order = memcmp(one, other, min(one.count, other.count))
    return order == 0 ? one.count < other.count : order < 0
  }

  private static func append(_ node: Node, to bytes: inout [UInt8]) {
    switch node.kind {
    case .scalar:
      // only a plain scalar can be a number, a boolean or null
      bytes.append(node.isPlain ? UInt8(ascii: "p") : UInt8(ascii: "t"))
      let text = (node.text ?? "").utf8
      append(decimal: text.count, to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      bytes.append(contentsOf: text)
    case .mapping:
      bytes.append(UInt8(ascii: "{"))
      for (key, value) in node.members {
        append(key, to: &bytes)
        append(value, to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    case .sequence:
      bytes.append(UInt8(ascii: "["))
      for item in node.items { append(item, to: &bytes) }
      bytes.append(UInt8(ascii: "]"))
    }
  }

  private static func append(decimal number: Int, to bytes: inout [UInt8]) {
    if number >= 10 { append(decimal: number / 10, to: &bytes) }
    bytes.append(UInt8(ascii: "0") + UInt8(number % 10))
  }
}
