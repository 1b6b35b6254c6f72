// The body of a request as options of curl.

import ConformanceModel
import HTTPModel
import RunEvents

/// How curl gets a body: as an argument, from standard input, or from a file.
struct RequestData {
  private(set) var options: [String] = []
  /// A command before curl that prints the body, with its pipe.
  private(set) var input = ""
  private(set) var notes: [String] = []

  /// No body.
  init() {}

  init(_ exchange: ExchangeRecord) {
    let body = exchange.requestBody
    if let encoded = RequestData.base64(body) {
      input = "base64 -d <<< '\(encoded)' | "
      options = ["--data-binary", "@-"]
    } else if RequestData.needsFile(body) {
      options = ["--data-binary", "@BODY"]
      notes = ["put the \(body.size) bytes of the body into the file BODY"]
    } else {
      options = RequestData.form(exchange) ?? RequestData.text(body.text)
    }
  }

  /// The longest body that a command contains, in bytes.
  private static let maxText = 8 << 10

  private static func text(_ text: String) -> [String] {
    // --data-binary reads a file if the text starts with @
    [text.utf8.first == UInt8(ascii: "@") ? "--data-raw" : "--data-binary", Shell.quote(text)]
  }

  /// Incomplete, too long, or binary with masked secrets.
  private static func needsFile(_ body: BodyRecord) -> Bool {
    body.isBase64 || body.omitted > 0 || body.isCut || body.text.utf8.count > maxText || body.text.utf8.contains(0)
  }

  /// The Base64 of a body that is not UTF-8 or contains NUL, which no argument can; `nil` if it is not whole.
  private static func base64(_ body: BodyRecord) -> String? {
    guard body.omitted == 0, !body.isCut, body.text.utf8.count <= maxText else { return nil }
    if body.isBase64 { return Base64.decode(body.text)?.count == body.size ? body.text : nil }
    return body.text.utf8.contains(0) && body.text.utf8.count == body.size ? Base64.encode(Array(body.text.utf8)) : nil
  }

  /// A form with masked secrets: curl encodes their values, which the variables contain as they are.
  private static func form(_ exchange: ExchangeRecord) -> [String]? {
    let type = exchange.requestHeaders.first("Content-Type")?.lowercased() ?? ""
    guard type.hasPrefix("application/x-www-form-urlencoded") else { return nil }
    var options: [String] = []
    var plain: [Substring] = []
    func end() {
      if !plain.isEmpty { options += ["--data-raw", Shell.quote(plain.joined(separator: "&"))] }
      plain = []
    }
    for pair in exchange.requestBody.text.split(separator: "&", omittingEmptySubsequences: false) {
      guard Shell.parts(of: String(pair)).contains(where: { if case .variable = $0 { true } else { false } }) else {
        plain.append(pair)
        continue
      }
      guard let equals = pair.firstIndex(of: "="), let value = decoded(pair[pair.index(after: equals)...]),
        !pair[..<equals].contains("$")
      else { return nil }
      end()
      options += ["--data-urlencode", Shell.quote([.literal(String(pair[...equals]))] + value)]
    }
    end()
    return options.contains("--data-urlencode") ? options : nil
  }

  /// The parts of a form-encoded value, decoded; `nil` for broken percent-encoding.
  private static func decoded(_ value: Substring) -> [Shell.Part]? {
    var parts: [Shell.Part] = []
    for part in Shell.parts(of: String(value)) {
      guard case .literal(let text) = part else {
        parts.append(part)
        continue
      }
      guard let text = decode(text), !text.utf8.contains(0) else { return nil }
      parts.append(.literal(text))
    }
    return parts
  }

  private static func decode(_ text: String) -> String? {
    var result: [UInt8] = []
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      switch byte {
      case UInt8(ascii: "+"): result.append(0x20)
      case UInt8(ascii: "%"):
        let digits = [bytes.next(), bytes.next()].compactMap { $0 }
        // `UInt8` would read a sign as well
        guard digits.count == 2, !digits.contains(UInt8(ascii: "+")), !digits.contains(UInt8(ascii: "-")),
          let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
        else { return nil }
        result.append(value)
      default: result.append(byte)
      }
    }
    return String(validating: result, as: UTF8.self)
  }
}
