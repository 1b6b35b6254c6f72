// The header fields of responses as they are sent.

import ConformanceModel
import HTTPModel
import HTTPTypes

extension ServiceResponse {
  /// The fields of the response and those of its framing, without `Date`.
  func fields(to request: ServiceRequest, _ policy: Policy, isLast: Bool) -> HTTPFields {
    var fields = HTTPFields()
    for field in headers {
      guard let name = HTTPField.Name(field.name) else { continue }
      fields.append(HTTPField(name: name, value: field.value))
    }
    // RFC 9110 section 8.6: none with 204; with HEAD the length that GET would have
    if status != 204 { fields[.contentLength] = "\(policy.contentLength(request, body.count))" }
    if isLast { fields[.connection] = "close" }
    return fields
  }

  /// The fields of a response to bytes that are not a request, after which the connection ends.
  func fieldsOfLast(at now: SimulatedInstant) -> HTTPFields {
    [
      .date: now.httpDate, .contentType: "application/json", .contentLength: "\(body.count)", .connection: "close",
    ]
  }
}

extension Policy {
  /// Whether the connection ends after the response to a request.
  func endsConnection(after request: ServiceRequest, isRefused: Bool) -> Bool {
    // a client that waits for 100 (Continue) may never send its body, so nothing can follow on this connection
    (isRefused && request.expectsContinue) || closes(request)
  }
}
