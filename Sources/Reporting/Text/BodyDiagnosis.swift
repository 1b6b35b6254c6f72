// Why the body of a response is not JSON, in words that name the cause.

import ConformanceModel
import JSONValue
import RunEvents

enum BodyDiagnosis {
  /// The cause, if the start of the body shows it: `it begins with a byte order mark`.
  static func cause(_ body: BodyRecord) -> String? {
    guard body.size > 0 else { return "the body is empty" }
    if body.isCut { return "the response is truncated after \(body.size) bytes" }
    let bytes = start(of: body)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      return "it begins with a byte order mark (RFC 8259 section 8.1)"
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || hasZeroBytes(bytes) {
      return "it is UTF-16 or UTF-32, not UTF-8 (RFC 8259 section 8.1)"
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if text.allSatisfy(\.isWhitespace) { return "it is only white space" }
    let tag = text.drop(while: \.isWhitespace).prefix(200).lowercased()
    if tag.hasPrefix("<!doctype html") || tag.hasPrefix("<html") { return "it is an HTML page\(title(text))" }
    if tag.hasPrefix("<") { return "it is XML" }
    return body.isBase64 ? "it is not UTF-8" : nil
  }

  /// The cause, or else where the text stops being JSON; `nil` if it is JSON, or if the record has only parts of it.
  static func reason(_ body: BodyRecord) -> String? {
    if let cause = cause(body) { return cause }
    guard body.omitted == 0 else { return nil }
    do throws(JSONError) {
      _ = try JSON(parsing: body.text)
      return nil
    } catch {
      return error.offset >= body.size
        ? "it ends early, after \(body.size.counted("byte"))" : "\(error.message) at byte \(error.offset)"
    }
  }

  private static let maxStart = 4096

  private static func start(of body: BodyRecord) -> [UInt8] {
    guard body.isBase64 else { return Array(body.text.utf8.prefix(maxStart)) }
    // a multiple of four characters
    return Base64.decode(String(body.text.prefix(maxStart))) ?? []
  }

  /// ASCII text in UTF-16 or UTF-32 has a zero byte in each character.
  private static func hasZeroBytes(_ bytes: [UInt8]) -> Bool {
    let start = bytes.prefix(4)
    return start.count >= 2 && start.contains(0) && start.contains { $0 != 0 }
  }

  private static func title(_ text: String) -> String {
    guard let open = text.firstRange(of: "<title>"), let close = text[open.upperBound...].firstRange(of: "</title>")
    else { return "" }
    let title = SafeText.oneLine(String(text[open.upperBound..<close.lowerBound]), longest: 80)
    return title.isEmpty ? "" : " ('\(title)')"
  }
}
