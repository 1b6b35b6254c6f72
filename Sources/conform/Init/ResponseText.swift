// What came back, in one line, and why it cannot be the response of an endpoint.

import ConformanceModel
import HTTPModel
import JSONValue

enum ResponseText {
  /// The status, the error code, and the challenge.
  static func line(_ response: WireResponse) -> String {
    var parts = ["HTTP \(response.status)"]
    if let location = location(of: response) { parts.append("a redirect to \(location)") }
    if let error = error(in: response) { parts.append("error \(error)") }
    if let challenge = response.headers.first("WWW-Authenticate") {
      parts.append("challenge \(SafeText.oneLine(challenge, longest: 80))")
    }
    if isPage(response) { parts.append("an HTML page") }
    return parts.joined(separator: ", ")
  }

  /// The error code of a token endpoint (RFC 6749 section 5.2).
  static func error(in response: WireResponse) -> String? {
    (try? JSON(parsing: response.body))?["error"]?.string.map { SafeText.oneLine($0, longest: 80) }
  }

  /// Where a redirect leads (RFC 9110 section 15.4).
  static func location(of response: WireResponse) -> String? {
    guard (300...399).contains(response.status) else { return nil }
    return response.headers.first("Location").map { SafeText.oneLine($0, longest: 200) } ?? "nowhere, without Location"
  }

  static func isPage(_ response: WireResponse) -> Bool {
    let type = response.headers.first("Content-Type")?.lowercased() ?? ""
    let start = String(decoding: response.body.prefix(100), as: UTF8.self).trimmed.lowercased()
    return type.hasPrefix("text/html") || start.hasPrefix("<!doctype html") || start.hasPrefix("<html")
  }

  /// Why this cannot be the endpoint, whatever the request lacked; `nil` if it can be.
  static func refutation(_ response: WireResponse) -> String? {
    switch response.status {
    case 300...399: "redirects to \(location(of: response) ?? "nowhere"); give the URL to which it leads"
    case 500...: "fails with HTTP \(response.status); see the log of the service"
    case 200...299 where isPage(response): "responds with an HTML page; give the URL of the endpoint, not of a page"
    default: nil
    }
  }

  /// Why this is probably not the endpoint, unless a further request shows that it is.
  static func doubt(_ response: WireResponse) -> String? {
    switch response.status {
    case 404, 410: "does not exist (HTTP \(response.status))"
    case 405, 501:
      "does not accept POST (HTTP \(response.status)"
        + (response.headers.first("Allow").map { "; Allow: \(SafeText.oneLine($0, longest: 60))" } ?? "") + ")"
    case _ where isPage(response): "responds with an HTML page (HTTP \(response.status))"
    default: nil
    }
  }

  /// Line and column of a mistake in JSON, and the mistake.
  static func place(of error: JSONError, in text: [UInt8]) -> String {
    let before = text.prefix(error.offset)
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
    return "line \(line), column \(column): \(error.message)"
  }
}
