// A form of a value that is the same in every process, to compare values of two runs by a hash.

import ConformanceModel
import JSONValue

/// The bytes of a value, by reflection, so that a new property is included without further code.
///
/// Places in files are left out: comments and moved lines do not change what a scenario or a target means. Texts have
/// their length in front, so that different values never have the same form.
struct CanonicalForm {
  private(set) var bytes: [UInt8] = []

  init(_ values: Any...) {
    for value in values { append(value) }
  }

  /// SHA-256 (FIPS 180-4) in hexadecimal digits.
  var fingerprint: String { Hex.digits(SHA256.hash(bytes)) }

  private mutating func append(_ value: Any) {
    switch value {
    case is Place: return
    case let text as String: append(text: text)
    case let json as JSON: append(text: json.compact)
    default: append(parts: Mirror(reflecting: value), of: value)
    }
  }

  private mutating func append(parts mirror: Mirror, of value: Any) {
    switch mirror.displayStyle {
    case .dictionary?, .set?:
      // their order differs from process to process
      append(list: mirror.children.map { CanonicalForm($0.value).bytes }.sorted { $0.lexicographicallyPrecedes($1) })
    case .collection?: append(list: mirror.children.map { CanonicalForm($0.value).bytes })
    case .enum?:
      guard let child = mirror.children.first else { return append(text: "\(value)") }
      append(text: child.label ?? "")
      append(child.value)
    case .optional? where mirror.children.isEmpty: bytes.append(UInt8(ascii: "~"))
    default:
      guard !mirror.children.isEmpty else { return append(text: "\(value)") }
      for child in mirror.children { append(child.value) }
    }
  }

  private mutating func append(text: String) {
    bytes += "\(text.utf8.count):".utf8
    bytes += text.utf8
  }

  private mutating func append(list: [[UInt8]]) {
    bytes += "[\(list.count):".utf8
    for element in list { bytes += element }
  }
}
