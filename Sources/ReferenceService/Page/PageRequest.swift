// Requests of a page's forms and links.

import ConformanceModel
import HTTPModel

extension ServiceRequest {
  /// The value of a cookie (RFC 6265 section 5.4); the first if there are several.
  func cookie(_ name: String) -> String? {
    for pair in headers.values("Cookie").flatMap({ $0.split(separator: ";") }) {
      let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2, parts[0] == name { return String(parts[1]) }
    }
    return nil
  }

  /// The same request with a key as bearer token.
  func withBearer(_ key: String) -> ServiceRequest {
    var request = self
    request.headers.removeAll { $0.name.lowercased() == "authorization" }
    request.headers.append(HeaderField("Authorization", "Bearer \(key)"))
    return request
  }

  /// The parameters of a form that a page of this service sent.
  ///
  /// - Throws: 403 if it has the origin of another site or none: all browsers send `Origin` with POST.
  func pageForm() throws(ServiceProblem) -> Form {
    guard hasOwnOrigin else { throw .foreignForm }
    guard let body else { throw .bodyTooLarge }
    guard mediaType == "application/x-www-form-urlencoded", let form = Form(body), !form.hasRepeated else {
      throw .malformedBody("the body is not a form in UTF-8, with each field once")
    }
    return form
  }
}

extension ServiceResponse {
  /// Redirects to a page that is requested by GET (RFC 9110 section 15.4.4).
  init(seeOther path: String, headers: [HeaderField] = []) {
    self.init(303, headers: [HeaderField("Location", path)] + headers)
  }
}
