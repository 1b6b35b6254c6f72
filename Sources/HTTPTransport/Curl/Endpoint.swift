// Where a request goes, for messages.

enum Endpoint {
  /// `host:port` of an http or https URL, with the scheme's port if the URL has none.
  static func of(_ url: String) -> String {
    let authority = authority(of: url)
    // The colons of an IPv6 address are within brackets.
    let afterAddress = authority.lastIndex(of: "]").map { authority[$0...] } ?? authority
    guard !afterAddress.contains(":") else { return String(authority) }
    return authority + (url.prefix(6).lowercased() == "https:" ? ":443" : ":80")
  }

  /// The text between `//` and the path, query or fragment.
  static func authority(of url: String) -> Substring {
    // In bytes for speed: this runs for every request, and all delimiters are ASCII.
    let bytes = url.utf8
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return "" }
    let rest = bytes[bytes.index(after: colon)...].drop { $0 == UInt8(ascii: "/") }
    let ends: (UInt8) -> Bool = { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
    return Substring(rest.prefix { !ends($0) })
  }
}
