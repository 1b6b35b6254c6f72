// An exchange and other texts of several lines, cut to what fits on a screen. The log has the rest.

import ConformanceModel
import HTTPModel
import RunEvents

extension FindingText {
  private static let maxHeaders = 10
  private static let maxLines = 8
  private static let maxText = 2000

  /// An exchange as it was sent and received.
  static func lines(_ exchange: ExchangeRecord) -> [String] {
    var lines = ["> \(exchange.method) \(exchange.url)"]
    lines += headers(exchange.requestHeaders, "> ")
    lines += body(exchange.requestBody, "> ")
    return lines + responseLines(exchange)
  }

  /// What was received.
  static func responseLines(_ exchange: ExchangeRecord) -> [String] {
    var lines: [String] = []
    if exchange.isHTTP { lines.append("< HTTP/\(exchange.version) \(exchange.status)") }
    lines += headers(exchange.responseHeaders, "< ")
    lines += body(exchange.responseBody, "< ")
    if exchange.responseBody.isCut {
      lines.append("< (truncated after \(exchange.responseBody.size) bytes: the response exceeds the size limit)")
    }
    return lines
  }

  private static func headers(_ headers: [HeaderField], _ mark: String) -> [String] {
    var lines = headers.prefix(maxHeaders).map { mark + SafeText.oneLine("\($0.name): \($0.value)", longest: maxText) }
    if headers.count > maxHeaders { lines.append("\(mark)… (\(headers.count) header fields in total)") }
    return lines
  }

  private static func body(_ body: BodyRecord, _ mark: String) -> [String] {
    guard body.size > 0 else { return [] }
    if body.isBase64 { return ["\(mark)(\(body.size) bytes that are not UTF-8)"] }
    let (lines, isWhole) = start(of: body.text)
    return lines.map { mark + $0 } + (isWhole && body.omitted == 0 ? [] : ["\(mark)… (\(body.size) bytes in total)"])
  }

  /// A text of several lines, the mark before the first and indentation before the others.
  static func marked(_ mark: String, _ text: String) -> [String] {
    let (lines, isWhole) = start(of: text)
    let indentation = mark.isEmpty ? "" : mark.prefix(1) + String(repeating: " ", count: mark.count - 1)
    let shown = lines.enumerated().map { ($0.offset == 0 ? mark : indentation) + $0.element }
    return shown + (isWhole ? [] : ["\(indentation)… (\(text.utf8.count) bytes in total)"])
  }

  /// A run of more spaces is shown by its length: a payload that was padded to a size would fill a screen.
  private static let maxSpaces = 40

  /// The text with each long run of spaces as `… 4,000 spaces …`.
  static func shortened(_ text: String) -> String {
    let space = UInt8(ascii: " ")
    var result: [UInt8] = []
    var spaces = 0
    func endRun() {
      if spaces > maxSpaces {
        result += "… \(grouped(spaces)) spaces …".utf8
      } else {
        result += [UInt8](repeating: space, count: spaces)
      }
      spaces = 0
    }
    for byte in text.utf8 {
      if byte == space {
        spaces += 1
        continue
      }
      endRun()
      result.append(byte)
    }
    endRun()
    return String(decoding: result, as: UTF8.self)
  }

  /// A number with a comma after each three digits.
  static func grouped(_ number: Int) -> String {
    let digits = String(number)
    return digits.enumerated().map { index, digit in
      index > 0 && (digits.count - index) % 3 == 0 ? ",\(digit)" : "\(digit)"
    }.joined()
  }

  private static func start(of text: String) -> (lines: [Substring], isWhole: Bool) {
    let text = shortened(text)
    let shown = SafeText.start(of: text, longest: maxText)
    let lines = shown.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return (Array(lines.prefix(maxLines)), shown.utf8.count == text.utf8.count && lines.count <= maxLines)
  }
}
