// libcurl's global state, set up once for the process.

import CCurl
import ConformanceModel
import HTTPModel

enum CurlLibrary {
  private static let initialisation = ccurl_global_init()

  static func require() throws(TransportError) {
    guard initialisation == CURLE_OK else {
      throw TransportError(.request, "libcurl cannot be initialised: \(text(initialisation))")
    }
  }

  /// libcurl's own words for a code.
  static func text(_ code: CURLcode) -> String { String(cString: curl_easy_strerror(code)) }
}
