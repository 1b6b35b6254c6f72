// The wording of one problem, for every report.

import ConformanceModel
import HTTPModel
public import RunEvents

public enum FindingText {
  /// What was expected, what was there, and how to see it again, in a few lines.
  public static func lines(_ finding: Finding) -> [String] {
    var lines = marked("", finding.message.isEmpty ? finding.verdict.rawValue : finding.message)
    if !finding.requirements.isEmpty {
      lines.append(
        "requirement: " + finding.requirements.map { "\($0.id) (\($0.level.rawValue))" }.joined(separator: ", "))
    }
    if let place = finding.place { lines.append("  at \(place.file):\(place.line)") }
    if let step = finding.step { lines.append("step: \(step)") }
    if let expected = finding.expected { lines += marked("- expected: ", expected) }
    if let actual = finding.actual { lines += marked("+ actual:   ", actual) }
    let times = [finding.simulated.map { "simulated time \($0)" }, finding.wall.map { "wall time \($0)" }].compactMap {
      $0
    }
    if !times.isEmpty { lines.append(times.joined(separator: ", ")) }
    if let exchange = finding.exchange {
      lines += self.lines(exchange)
      if let curl = Curl.command(for: exchange) { lines.append("again: \(curl)") }
    }
    return lines
  }

  /// An exchange as it went over the wire.
  public static func lines(_ exchange: ExchangeRecord) -> [String] {
    var lines = ["> \(exchange.method) \(exchange.url)"]
    lines += headers(exchange.requestHeaders, "> ")
    lines += body(exchange.requestBody, "> ")
    if exchange.isHTTP { lines.append("< HTTP/\(exchange.version) \(exchange.status)") }
    lines += headers(exchange.responseHeaders, "< ")
    lines += body(exchange.responseBody, "< ")
    if exchange.responseBody.isCut {
      lines.append("< (cut after \(exchange.responseBody.size) bytes: the answer was larger than the harness takes)")
    }
    return lines
  }

  // What a failure needs fits on a screen; the log has the rest.
  private static let maxHeaders = 10
  private static let maxLines = 8
  private static let maxText = 2000

  private static func headers(_ headers: [HeaderField], _ mark: String) -> [String] {
    var lines = headers.prefix(maxHeaders).map { mark + SafeText.oneLine("\($0.name): \($0.value)", longest: maxText) }
    if headers.count > maxHeaders { lines.append("\(mark)… (\(headers.count) header fields in all)") }
    return lines
  }

  private static func body(_ body: BodyRecord, _ mark: String) -> [String] {
    guard body.size > 0 else { return [] }
    if body.isBase64 { return ["\(mark)(\(body.size) bytes that are not UTF-8)"] }
    let (lines, isWhole) = start(of: body.text)
    return lines.map { mark + $0 } + (isWhole && body.omitted == 0 ? [] : ["\(mark)… (\(body.size) bytes in all)"])
  }

  /// A text of several lines below its mark.
  private static func marked(_ mark: String, _ text: String) -> [String] {
    let (lines, isWhole) = start(of: text)
    let below = mark.isEmpty ? "" : mark.prefix(1) + String(repeating: " ", count: mark.count - 1)
    let shown = lines.enumerated().map { ($0.offset == 0 ? mark : below) + $0.element }
    return shown + (isWhole ? [] : ["\(below)… (\(text.utf8.count) bytes in all)"])
  }

  private static func start(of text: String) -> (lines: [Substring], isWhole: Bool) {
    let shown = SafeText.start(of: text, longest: maxText)
    let lines = shown.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return (Array(lines.prefix(maxLines)), shown.utf8.count == text.utf8.count && lines.count <= maxLines)
  }
}
