// libcurl's global state and its version.

import CCurl
import ConformanceModel
import HTTPModel

enum CurlLibrary {
  /// Why libcurl cannot be used; `nil` if it can. It is loaded when this is read first.
  private static let obstacle: String? = {
    if let reason = ccurl_load() {
      return "libcurl cannot be loaded: \(String(cString: reason)); on Debian it is in the package libcurl4"
    }
    guard let loaded = ccurl_version(), loaded.pointee.version_num >= CCURL_LEAST_VERSION else {
      return "the installed libcurl is too old: 7.87 or later is needed"
    }
    let code = ccurl_global_init()
    return code == CURLE_OK ? nil : "libcurl cannot be initialised: \(text(code))"
  }()

  /// Loads libcurl, if it is not loaded yet.
  static func load() { _ = obstacle }

  static func require() throws(TransportError) {
    if let obstacle { throw TransportError(.request, obstacle) }
  }

  /// libcurl's text for a code.
  static func text(_ code: CURLcode) -> String { String(cString: curl_easy_strerror(code)) }

  /// `7.88.1`.
  static var version: String { information?.pointee.version.map { String(cString: $0) } ?? "" }

  /// libcurl and the libraries that decide how it sends requests: `libcurl/7.88.1 OpenSSL/3.0.19 zlib/1.2.13`.
  ///
  /// `curl_version` names more, but reads the configuration of LDAP and loads the plug-ins of SASL for that.
  static var description: String {
    guard let information = information?.pointee else { return obstacle ?? "libcurl" }
    func name(_ prefix: String, _ version: UnsafePointer<CChar>?) -> String? {
      version.map { prefix + String(cString: $0) }
    }
    return [
      name("libcurl/", information.version), name("", information.ssl_version), name("zlib/", information.libz_version),
      name("brotli/", information.brotli_version), name("nghttp2/", information.nghttp2_version),
    ].compactMap(\.self).joined(separator: " ")
  }

  /// An easy handle may be used for more than one transfer.
  ///
  /// Before 8.1.1 a handle keeps a pointer to the last header field of its previous transfer, which is freed. If the
  /// first header line of a response starts with white space, libcurl writes to that memory.
  static let canReuseHandles = (information?.pointee.version_num ?? 0) >= 0x080101

  private static var information: UnsafePointer<curl_version_info_data>? { obstacle == nil ? ccurl_version() : nil }
}
