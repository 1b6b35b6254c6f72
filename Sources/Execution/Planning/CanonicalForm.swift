// A form of a value that is the same in every process, to compare values of two runs by a hash.

import ConformanceModel
import Cryptography
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
    case let template as Template: append(template)
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

  /// The same as by reflection, which takes most of the time for the many templates of a target.
  private mutating func append(_ template: Template) {
    switch template {
    case .literal(let json):
      append(text: "literal")
      append(text: json.compact)
    case .reference(let reference):
      append(text: "reference")
      append(reference)
    case .text(let segments):
      append(text: "text")
      append(list: segments.map { segment in CanonicalForm { $0.append(segment) } })
    case .array(let items):
      append(text: "array")
      append(list: items.map { item in CanonicalForm { $0.append(item) } })
    case .object(let members):
      append(text: "object")
      append(
        list: members.map { member in
          CanonicalForm {
            $0.append(text: member.name)
            $0.append(member.value)
          }
        })
    }
  }

  private mutating func append(_ segment: Template.Segment) {
    switch segment {
    case .literal(let text):
      append(text: "literal")
      append(text: text)
    case .reference(let reference):
      append(text: "reference")
      append(reference)
    }
  }

  private mutating func append(_ reference: Reference) {
    append(list: reference.path.map { name in CanonicalForm { $0.append(text: name) } })
    append(list: reference.filters.map { CanonicalForm($0).bytes })
  }

  /// The bytes that `body` appends.
  private init(_ body: (inout CanonicalForm) -> Void) {
    self.init()
    body(&self)
  }

  private mutating func append(list: [CanonicalForm]) { append(list: list.map(\.bytes)) }

  private mutating func append(text: String) {
    bytes += "\(text.utf8.count):".utf8
    bytes += text.utf8
  }

  private mutating func append(list: [[UInt8]]) {
    bytes += "[\(list.count):".utf8
    for element in list { bytes += element }
  }
}
