// The errors that OAuth does not define: status, code and description.

import ConformanceModel
import HTTPModel

enum ServiceProblem: Error {
  case notFound
  /// The method is known but not allowed here (RFC 9110 section 15.5.6).
  case methodNotAllowed(allow: String)
  /// The method is unknown (RFC 9110 section 9.1).
  case notImplemented
  case managerKeyNeeded
  /// Not exactly one Host field with a host and an optional port (RFC 9112 section 3.2).
  case invalidHost
  /// A Host field with an unknown name.
  case untrustedHost
  /// A request of a web page of another origin.
  case foreignOrigin
  /// A form that was not sent by a page of this session.
  case foreignForm
  case bodyTooLarge
  case malformedBody(String)
  case nameNeeded
  case backwardClock(now: SimulatedInstant)
  case tooLargePayload(limit: Int)
  case unsupportedCoding([ContentCoding])
  case malformedCoding(ContentCoding)
  case unsupportedMediaType([String])
  case blankPayload
  case malformedPayload(String)
  case mismatch(Entity.Mismatch)

  var status: Int {
    switch self {
    case .invalidHost, .malformedBody, .malformedCoding, .malformedPayload: 400
    case .managerKeyNeeded: 401
    case .untrustedHost, .foreignOrigin, .foreignForm: 403
    case .notFound: 404
    case .methodNotAllowed: 405
    case .backwardClock: 409
    case .bodyTooLarge, .tooLargePayload: 413
    case .unsupportedCoding, .unsupportedMediaType: 415
    case .nameNeeded, .blankPayload, .mismatch: 422
    case .notImplemented: 501
    }
  }

  var code: String {
    switch self {
    case .notFound: "not_found"
    case .methodNotAllowed: "method_not_allowed"
    case .notImplemented: "not_implemented"
    case .managerKeyNeeded: "unauthorized"
    case .invalidHost: "invalid_host"
    case .untrustedHost: "untrusted_host"
    case .foreignOrigin: "foreign_origin"
    case .foreignForm: "foreign_form"
    case .bodyTooLarge: "body_too_large"
    case .malformedBody: "malformed"
    case .nameNeeded: "name_missing"
    case .backwardClock: "backward"
    case .tooLargePayload: "payload_too_large"
    case .unsupportedCoding: "unsupported_coding"
    case .malformedCoding: "malformed_coding"
    case .unsupportedMediaType: "unsupported_media_type"
    case .blankPayload: "blank_payload"
    case .malformedPayload: "malformed_payload"
    case .mismatch: "wrong_entity"
    }
  }

  var description: String {
    switch self {
    case .notFound: "there is no resource at this URL"
    case .methodNotAllowed(let allow): "the methods of this URL are \(allow)"
    case .notImplemented: "this method is not supported"
    case .managerKeyNeeded: "the manager key is required as a bearer token"
    case .invalidHost: "a request must have exactly one valid Host field"
    case .untrustedHost: "this path is not available by this host name; conform serve --allow-host NAME allows it"
    case .foreignOrigin: "this path is not available to web pages of other origins"
    case .foreignForm: "this form was not sent by a page of this session; reload the page and send it again"
    case .bodyTooLarge: "the body is too large"
    case .malformedBody(let description), .malformedPayload(let description): description
    case .nameNeeded: "the name of a client must have from 1 to 100 characters"
    case .backwardClock(let now):
      "the clock is at \(now) and can only be advanced, up to the year 9999; POST /control/reset sets it back"
    case .tooLargePayload(let limit): "a payload can have at most \(limit) bytes"
    case .unsupportedCoding([]): "the payload must not have a content coding"
    case .unsupportedCoding(let known):
      "the payload may have the content coding \(known.map(\.rawValue).joined(separator: " or ")), or none"
    case .malformedCoding(let coding): "the payload does not have the content coding \(coding.rawValue)"
    case .unsupportedMediaType(let accepted): "the payload must be \(accepted.joined(separator: " or "))"
    case .blankPayload: "the payload is blank"
    case .mismatch(let mismatch): mismatch.description
    }
  }

  var headers: [HeaderField] {
    switch self {
    case .methodNotAllowed(let allow): [HeaderField("Allow", allow)]
    case .managerKeyNeeded: [HeaderField("WWW-Authenticate", "Bearer realm=\"authentication tab\"")]
    case .unsupportedCoding(let known):
      [HeaderField("Accept-Encoding", (known.map(\.rawValue) + ["identity"]).joined(separator: ", "))]
    default: []
    }
  }

  /// 405 for a known method, 501 for an unknown one.
  static func method(_ method: String, allow: String) -> ServiceProblem {
    let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"]
    return known.contains(method) ? .methodNotAllowed(allow: allow) : .notImplemented
  }
}
