// What a service says when it refuses a request.

import ConformanceModel
import HTTPModel
import JSONValue
import Redaction

extension InitSession {
  private static let maxBody = 200

  /// The status and the body of an unexpected refusal, in one line. Secrets in it are masked.
  func shown(_ response: WireResponse) -> String {
    let line = ResponseText.line(response)
    guard !ResponseText.isPage(response) else { return line }
    let json = try? JSON(parsing: response.body)
    var secrets = SecretFinder().secrets(headers: [], body: response.body, json: json).map(\.value)
    secrets += ResponseValues(response.body)?.leaves.map(\.text).filter(SecretText.looksRandom) ?? []
    for secret in secrets.prefix(SecretFinder.maxCount) { redactor.register(secret, as: "SECRET") }
    let text = redactor.redact(json?.compact ?? String(decoding: response.body, as: UTF8.self)).trimmed
    guard !text.isEmpty, text != "{}", text != "null" else { return line }
    return "\(line), body \(SafeText.oneLine(text, longest: InitSession.maxBody))"
  }
}
