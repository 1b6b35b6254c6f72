// Checks that all JSON endpoints share.

import ConformanceModel
import JSONValue

extension ServiceRequest {
  /// - Throws: 405 or 501 for other methods. HEAD is allowed together with GET (RFC 9110 section 9.3.2).
  func mustBe(_ allowed: String...) throws(ServiceProblem) {
    if allowed.contains(method) || (method == "HEAD" && allowed.contains("GET")) { return }
    throw .method(method, allow: allowed.flatMap { $0 == "GET" ? ["GET", "HEAD"] : [$0] }.joined(separator: ", "))
  }

  /// - Throws: 413 for a body that is too large, 400 for one that is not JSON.
  func json() throws(ServiceProblem) -> JSON {
    guard let body else { throw .bodyTooLarge }
    do throws(JSONError) {
      return try JSON(parsing: body)
    } catch {
      throw .malformedBody("the body is not JSON (byte \(error.offset))")
    }
  }
}
