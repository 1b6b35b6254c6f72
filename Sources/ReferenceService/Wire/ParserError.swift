// What the parser of HTTP/1.1 refuses before there is a request.

enum ParserError: Error {
  case unknownMethod
  case headerTooLarge
  /// Bytes that are not HTTP.
  case malformed
}

extension ServiceResponse {
  init(_ error: ParserError) {
    switch error {
    case .unknownMethod: self.init(.notImplemented)
    case .headerTooLarge: self.init(431, error: "header_too_large", description: "the header fields are too large")
    case .malformed: self.init(400, error: "malformed", description: "this is not an HTTP request")
    }
  }
}
