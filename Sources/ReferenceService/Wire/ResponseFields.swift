// The header fields of responses as they are sent.

import HTTPModel
import HTTPTypes

extension Service {
  /// The fields of a response with those that its framing needs; the date of the service's clock comes on top.
  func fields(of response: ServiceResponse, to request: ServiceRequest, isLast: Bool) -> HTTPFields {
    var fields = HTTPFields()
    for field in response.headers {
      guard let name = HTTPField.Name(field.name) else { continue }
      fields.append(HTTPField(name: name, value: field.value))
    }
    // RFC 9110 section 8.6: none with 204; with HEAD the one that GET would have
    if response.status != 204 { fields[.contentLength] = "\(policy.contentLength(request, response.body.count))" }
    if isLast { fields[.connection] = "close" }
    return fields
  }

  /// The fields of a response to bytes that are not a request, after which the connection ends.
  func fields(ofError response: ServiceResponse) -> HTTPFields {
    [
      .date: HTTPDate.format(now), .contentType: "application/json", .contentLength: "\(response.body.count)",
      .connection: "close",
    ]
  }

  /// Whether the connection ends after the response to a request.
  func endsConnection(after request: ServiceRequest, isRefused: Bool) -> Bool {
    // a client that waits for 100 (Continue) may never send its body, so nothing can follow on this connection
    (isRefused && request.expectsContinue) || policy.closes(request)
  }
}
