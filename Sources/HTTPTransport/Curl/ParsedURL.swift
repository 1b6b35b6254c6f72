// URLs as libcurl parses them, each once.

import CCurl

/// A URL in libcurl's form. Handles may share it: libcurl copies it for each transfer.
final class ParsedURL {
  let parts: OpaquePointer

  /// `nil` if libcurl does not accept the URL, or could not copy it: libcurl 7.88.1 leaves out the zone of an IPv6 address.
  init?(_ text: String) {
    guard !Endpoint.authority(of: text).utf8.contains(UInt8(ascii: "%")), let parts = curl_url() else { return nil }
    // as CURLOPT_PATH_AS_IS does for a URL that is set as a text
    let code = curl_url_set(parts, CURLUPART_URL, text, UInt32(CURLU_PATH_AS_IS))
    guard code == CURLUE_OK else {
      curl_url_cleanup(parts)
      return nil
    }
    self.parts = parts
  }

  deinit { curl_url_cleanup(parts) }
}

/// The URLs of the last requests. Parsing a URL takes libcurl longer than copying it, and most URLs of a run recur.
struct ParsedURLs {
  private static let capacity = 64

  private var urls: [String: ParsedURL] = [:]

  mutating func url(_ text: String) -> ParsedURL? {
    if let known = urls[text] { return known }
    let parsed = ParsedURL(text)
    if urls.count == ParsedURLs.capacity { urls = [:] }
    urls[text] = parsed
    return parsed
  }
}
