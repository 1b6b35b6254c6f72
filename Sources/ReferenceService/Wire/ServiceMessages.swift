// Requests and responses as the endpoints see them.

import ConformanceModel
import HTTPModel
import JSONValue

struct ServiceRequest: Sendable {
  var method: String
  var path: String
  /// Without the question mark.
  var query: String
  var headers: [HeaderField]
  /// The values of all Host fields, which are not among the headers.
  var hosts: [String]
  /// `nil` if it is larger than the limit.
  var body: [UInt8]? = []
  /// Identifies the connection; `nil` without a socket.
  var connection: ObjectIdentifier?
  /// Whether it came over TLS.
  var isSecure = false
  /// The certificate of the client (X.690), if its connection has one.
  var certificate: [UInt8]?

  init(method: String, path: String, query: String, headers: [HeaderField], hosts: [String]) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.hosts = hosts
  }

  /// Host and port of the request.
  var host: String { hosts.first ?? "" }

  /// Scheme and authority of the service's own URLs.
  var base: String { "\(isSecure ? "https" : "http")://\(host)" }

  /// The media type in lower case, without parameters; `nil` if there is not exactly one.
  var mediaType: String? {
    let fields = headers.values("Content-Type")
    guard fields.count == 1 else { return nil }
    let type = fields[0].utf8.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != 0x20 && $0 != 0x09 }
    return String(decoding: type, as: UTF8.self).lowercased()
  }

  /// The content codings in lower case, in the order in which they were applied (RFC 9110 section 8.4).
  var contentCodings: [String] {
    headers.values("Content-Encoding").flatMap { $0.split(separator: ",") }.map {
      $0.lowercased().filter { $0 != " " && $0 != "\t" }
    }
  }

  /// The value of Content-Length in bytes.
  var announcedLength: Int? { headers.first("Content-Length").flatMap { Int($0) } }

  /// Whether the client waits for 100 (Continue) before it sends the body (RFC 9110 section 10.1.1).
  var expectsContinue: Bool { headers.values("Expect").contains { $0.lowercased() == "100-continue" } }
}

struct ServiceResponse: Sendable {
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

  /// An error in the form of OAuth (RFC 6749 section 5.2), which all endpoints use.
  init(_ status: Int, error: String, description: String, headers: [HeaderField] = [], members: [JSON.Member] = []) {
    self.init(
      status,
      json: .object([.init("error", .string(error)), .init("error_description", .string(description))] + members),
      headers: headers)
  }

  init(_ problem: ServiceProblem) {
    var members: [JSON.Member] = []
    if case .mismatch(let mismatch) = problem, let name = mismatch.member {
      members = [JSON.Member("member", .string(name))]
    }
    self.init(
      problem.status, error: problem.code, description: problem.description, headers: problem.headers, members: members)
  }
}
