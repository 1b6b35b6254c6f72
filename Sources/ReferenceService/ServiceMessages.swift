// Requests and answers as the service sees them, without the wire.

import Conformance

struct ServiceRequest: Sendable {
  var method: String
  var path: String
  /// Without the question mark.
  var query: String
  var headers: [HeaderField]
  var host: String
  /// `nil` once it was found to be larger than allowed.
  var body: [UInt8]? = []

  init(method: String, path: String, query: String, headers: [HeaderField], host: String) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.host = host
  }

  /// The media type in lower case, without parameters.
  var mediaType: String? {
    headers.first("Content-Type")?.split(separator: ";").first.map { $0.lowercased().filter { $0 != " " && $0 != "\t" } }
  }

  var announcedLength: Int? { headers.first("Content-Length").flatMap { Int($0) } }
}

struct ServiceAnswer: Sendable {
  var status: Int
  var headers: [HeaderField] = []
  var body: [UInt8] = []

  init(_ status: Int, headers: [HeaderField] = []) {
    self.status = status
    self.headers = headers
  }

  init(_ status: Int, json: JSON, headers: [HeaderField] = []) {
    self.status = status
    self.headers = [HeaderField("Content-Type", "application/json")] + headers
    body = json.compactBytes
  }

  /// An error that is none of OAuth's.
  static func problem(_ status: Int, _ error: String, _ description: String, headers: [HeaderField] = []) -> ServiceAnswer {
    ServiceAnswer(status, json: ["error": .string(error), "error_description": .string(description)], headers: headers)
  }

  static let notFound = problem(404, "not_found", "there is nothing at this address")

  /// 405 for a method that is known, 501 for one that is not (RFC 9110 sections 15.5.6 and 9.1).
  static func methodNotAllowed(_ method: String, allow: String) -> ServiceAnswer {
    let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"]
    return known.contains(method)
      ? problem(405, "method_not_allowed", "this address takes \(allow)", headers: [HeaderField("Allow", allow)])
      : problem(501, "not_implemented", "this method is not known here")
  }

  /// Nothing that carries a credential may be kept by a cache (RFC 6749 section 5.1).
  static let noStore = [HeaderField("Cache-Control", "no-store"), HeaderField("Pragma", "no-cache")]
}

/// The IMF-fixdate of RFC 9110 section 5.6.7.
enum HTTPDate {
  static func format(_ instant: Instant) -> String {
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let text = Array(instant.description)
    let weekday = Int(((instant.seconds / 86_400) % 7 + 7) % 7)
    let month = Int(String(text[5..<7])).map { months[$0 - 1] } ?? "Jan"
    return "\(days[weekday]), \(String(text[8..<10])) \(month) \(String(text[0..<4])) \(String(text[11..<19])) GMT"
  }
}
