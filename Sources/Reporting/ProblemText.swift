// The wording of one problem, for every report.

public import Conformance

public enum ProblemText {
  /// What was expected, what was there, and how to see it again, in a few lines.
  public static func lines(_ problem: Problem) -> [String] {
    var lines = [problem.message]
    if !problem.requirements.isEmpty {
      lines.append("requirement: " + problem.requirements.map { "\($0.id) (\($0.level.rawValue))" }.joined(separator: ", "))
    }
    if let place = problem.place { lines.append("  at \(place.file):\(place.line)") }
    if let step = problem.step { lines.append("step: \(step)") }
    if let expected = problem.expected, let actual = problem.actual {
      lines += ["- expected: \(expected)", "+ actual:   \(actual)"]
    }
    if let simulated = problem.simulated, let wall = problem.wall {
      lines.append("simulated time \(simulated), wall time \(wall)")
    }
    if let exchange = problem.exchange {
      lines += self.lines(exchange)
      lines.append("again: \(Curl.command(for: exchange))")
    }
    return lines
  }

  /// An exchange as it went over the wire.
  public static func lines(_ exchange: ExchangeRecord) -> [String] {
    var lines = ["> \(exchange.method) \(exchange.url)"]
    lines += exchange.requestHeaders.map { "> \($0.name): \($0.value)" }
    lines += body(exchange.requestBody, "> ")
    lines.append("< HTTP/\(exchange.version) \(exchange.status)")
    lines += exchange.responseHeaders.map { "< \($0.name): \($0.value)" }
    lines += body(exchange.responseBody, "< ")
    if exchange.responseBody.isCut { lines.append("< (cut after \(exchange.responseBody.size) bytes: the answer was larger than the harness takes)") }
    return lines
  }

  /// At most so many characters of a body stand in a text report; the log has more.
  private static let longestBody = 2000

  private static func body(_ body: BodyRecord, _ mark: String) -> [String] {
    guard body.size > 0 else { return [] }
    if body.isBase64 { return ["\(mark)(\(body.size) bytes that are not UTF-8)"] }
    let shown = body.text.prefix(longestBody)
    var lines = shown.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).prefix(40).map { mark + $0 }
    if shown.count < body.text.count || body.omitted > 0 { lines.append("\(mark)… (\(body.size) bytes in all)") }
    return lines
  }
}
