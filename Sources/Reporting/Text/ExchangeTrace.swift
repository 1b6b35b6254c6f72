// An exchange in one line, for those who watch a run.

import ConformanceModel
import HTTPModel
import JSONValue
public import RunEvents

public enum ExchangeTrace {
  private static let maxURL = 300
  private static let maxBody = 160
  private static let maxID = 120

  /// `token-refused/auth=basic: POST http://127.0.0.1:18471/token -> 401 in 2.4 ms {"error":"invalid_client"}`
  ///
  /// - Parameters:
  ///   - id: The id of the case.
  ///   - step: The step as the log has it, without secrets.
  /// - Returns: `nil` if the step sent nothing.
  public static func line(_ id: String, _ step: StepRecord) -> String? {
    guard let exchange = step.exchange else { return nil }
    let request = "\(exchange.method) \(SafeText.oneLine(exchange.url, longest: maxURL))"
    let attempt = exchange.attempt > 1 ? " (attempt \(exchange.attempt))" : ""
    let text = "\(SafeText.oneLine(id, longest: maxID)): \(request)\(attempt) -> \(result(exchange))"
    return SafeText.forConsole(text)
  }

  private static func result(_ exchange: ExchangeRecord) -> String {
    let duration = "in \((exchange.timings.total * 1000).plain(decimals: 1)) ms"
    if let failure = exchange.failure {
      return "no response \(duration): \(SafeText.oneLine(failure, longest: maxBody))"
    }
    return "\(exchange.status) \(duration)\(start(of: exchange.responseBody))"
  }

  private static func start(of body: BodyRecord) -> String {
    if body.size == 0 { return "" }
    if body.isBase64 { return " (\(body.size) bytes that are not UTF-8)" }
    let text = FindingText.shortened(SafeText.oneLine(body.text, longest: 4 * maxBody))
    let start = SafeText.oneLine(text, longest: maxBody)
    return start.utf8.count < body.size ? " \(start) (\(body.size) bytes)" : " \(start)"
  }
}
