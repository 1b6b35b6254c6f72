// Where a request goes, for messages.

enum Endpoint {
  /// `host:port` of an http or https URL, with the scheme's port where the URL has none.
  static func of(_ url: String) -> String {
    let authority = authority(of: url)
    let port = authority.drop { $0 != "]" }.isEmpty ? authority : authority.drop { $0 != "]" }
    guard !port.contains(":") else { return String(authority) }
    return authority + (url.prefix(6).lowercased() == "https:" ? ":443" : ":80")
  }

  /// What stands between `//` and the path, query or fragment.
  static func authority(of url: String) -> Substring {
    guard let colon = url.utf8.firstIndex(of: UInt8(ascii: ":")) else { return "" }
    return url[url.utf8.index(after: colon)...].drop { $0 == "/" }.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
  }
}
