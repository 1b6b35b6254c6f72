// What every JSON address asks of a request.

import ConformanceModel
import JSONValue

extension ServiceRequest {
  /// - Throws: 405 or 501 for other methods than these. Where GET is one, HEAD is another (RFC 9110 section 9.3.2).
  func mustBe(_ allowed: String...) throws(ServiceProblem) {
    if allowed.contains(method) || (method == "HEAD" && allowed.contains("GET")) { return }
    throw .method(method, allow: allowed.flatMap { $0 == "GET" ? ["GET", "HEAD"] : [$0] }.joined(separator: ", "))
  }

  /// - Throws: 413 for too large a body, 400 for one that is not JSON.
  func json() throws(ServiceProblem) -> JSON {
    guard let body else { throw .bodyTooLarge }
    do throws(JSONError) {
      return try JSON(parsing: body)
    } catch {
      throw .malformedBody("the body is not JSON (byte \(error.offset))")
    }
  }
}
