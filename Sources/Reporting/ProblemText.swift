// The wording of one problem, for every report.

public import Conformance

public enum ProblemText {
  /// What was expected, what was there, and how to see it again, in a few lines.
  public static func lines(_ problem: Problem) -> [String] {
    var lines = marked("", problem.message.isEmpty ? problem.verdict.rawValue : problem.message)
    if !problem.requirements.isEmpty {
      lines.append("requirement: " + problem.requirements.map { "\($0.id) (\($0.level.rawValue))" }.joined(separator: ", "))
    }
    if let place = problem.place { lines.append("  at \(place.file):\(place.line)") }
    if let step = problem.step { lines.append("step: \(step)") }
    if let expected = problem.expected { lines += marked("- expected: ", expected) }
    if let actual = problem.actual { lines += marked("+ actual:   ", actual) }
    let times = [problem.simulated.map { "simulated time \($0)" }, problem.wall.map { "wall time \($0)" }].compactMap { $0 }
    if !times.isEmpty { lines.append(times.joined(separator: ", ")) }
    if let exchange = problem.exchange {
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
    if exchange.responseBody.isCut { lines.append("< (cut after \(exchange.responseBody.size) bytes: the answer was larger than the harness takes)") }
    return lines
  }

  // What a failure needs fits on a screen; the log has the rest.
  private static let mostHeaders = 10
  private static let mostLines = 8
  private static let longestText = 2000

  private static func headers(_ headers: [HeaderField], _ mark: String) -> [String] {
    var lines = headers.prefix(mostHeaders).map { mark + SafeText.oneLine("\($0.name): \($0.value)", longest: longestText) }
    if headers.count > mostHeaders { lines.append("\(mark)… (\(headers.count) header fields in all)") }
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
    let shown = SafeText.start(of: text, longest: longestText)
    let lines = shown.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return (Array(lines.prefix(mostLines)), shown.utf8.count == text.utf8.count && lines.count <= mostLines)
  }
}
