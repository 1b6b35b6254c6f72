// libcurl's global state and its version.

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

  /// libcurl's text for a code.
  static func text(_ code: CURLcode) -> String { String(cString: curl_easy_strerror(code)) }

  /// `7.88.1`.
  static var version: String { information?.pointee.version.map { String(cString: $0) } ?? "" }

  /// An easy handle may be used for more than one transfer.
  ///
  /// Before 8.1.1 a handle keeps a pointer to the last header field of its previous transfer, which is freed. If the
  /// first header line of a response starts with white space, libcurl writes to that memory.
  static let canReuseHandles = (information?.pointee.version_num ?? 0) >= 0x080101

  private static var information: UnsafePointer<curl_version_info_data>? { ccurl_version() }
}
