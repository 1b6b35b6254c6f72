import JSONValue
import TestSupport

extension RawConnection {
  /// A whole response with a JSON body.
  func respond(_ statusLine: String, _ body: String) {
    send("\(statusLine)\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
  }
}
