// A hash of what a file says: comments and formatting do not change it.

import ConformanceModel
import Yams

enum NodeDigest {
  /// SHA-256 of a value in hexadecimal digits. Texts have their length in front, so that no two values are alike.
  static func of(_ node: Node) -> String {
    var bytes: [UInt8] = []
    append(node, to: &bytes)
    return Hex.digits(SHA256.hash(bytes))
  }

  private static func append(_ node: Node, to bytes: inout [UInt8]) {
    switch node {
    case .scalar(let scalar):
      // only a plain scalar can be a number, a boolean or null
      bytes.append(scalar.style == .plain ? UInt8(ascii: "p") : UInt8(ascii: "t"))
      bytes += "\(scalar.string.utf8.count):".utf8
      bytes += scalar.string.utf8
    case .mapping(let mapping):
      bytes.append(UInt8(ascii: "{"))
      for (key, value) in mapping {
        append(key, to: &bytes)
        append(value, to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    case .sequence(let sequence):
      bytes.append(UInt8(ascii: "["))
      for item in sequence { append(item, to: &bytes) }
      bytes.append(UInt8(ascii: "]"))
    case .alias: bytes.append(UInt8(ascii: "*"))
    }
  }
}
