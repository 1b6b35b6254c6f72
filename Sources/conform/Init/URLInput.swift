// URLs as people type them: what cannot be right is refused before anything is sent.

import ConformanceModel
import HTTPModel

enum URLInput {
  /// Why a text is not an absolute URL of HTTP (RFC 9110 section 4.2); `nil` if it is one.
  ///
  /// User information is refused, and its value is not repeated: the URL is printed, and written to the file.
  static func refusalOfBase(_ text: String) -> String? {
    if let refusal = refusal(text, "http://127.0.0.1:8080") { return refusal }
    guard let authority = authority(of: text) else {
      let scheme = text.prefix { $0 != ":" }
      return text.contains("://")
        ? "the scheme '\(scheme)' is not supported; expected http:// or https://"
        : "'\(text)' has no scheme; expected a URL such as https://staging.example.com"
    }
    guard !text.contains("?") else { return "a base URL has no query; expected https://staging.example.com" }
    return refusal(ofAuthority: authority)
  }

  /// Why a text is neither an absolute URL of HTTP nor a path below the base URL; `nil` if it is.
  static func refusal(_ text: String, _ example: String) -> String? {
    guard !text.isEmpty else { return "nothing was given; expected a URL or a path, such as \(example)" }
    guard !text.contains(where: { $0.isWhitespace || $0.unicodeScalars.contains { $0.value < 0x20 } }) else {
      return "a URL contains no blanks; write %20 for a space"
    }
    if text.contains("#") { return "a request has no fragment; leave out '#' and what follows" }
    do { _ = try Template(parsing: text) } catch { return "\(error)" }
    // the value of a reference is not known yet
    if text.hasPrefix("/") || text.hasPrefix("${") {
      return text.hasPrefix("//") ? "a path begins with one slash" : nil
    }
    if let authority = authority(of: text) { return refusal(ofAuthority: authority) }
    let start = text.prefix { $0 != "/" && $0 != "?" }
    if start.contains("@") { return userInformation }
    if text.contains("://"), start.hasSuffix(":") {
      return "the scheme '\(start.dropLast())' is not supported; expected http:// or https://"
    }
    return example.hasPrefix("http")
      ? nil : "'\(text)' is neither a URL nor a path; write /\(text) for a path below the base URL"
  }

  /// Scheme and authority of an absolute URL, such as `https://staging.example.com:8443`.
  static func origin(of url: String) -> String? {
    guard let authority = authority(of: url) else { return nil }
    return String(url[..<authority.endIndex])
  }

  /// The path of a URL that begins with an origin, or the URL itself.
  static func relative(_ url: String, to origin: String) -> String {
    url.hasPrefix(origin + "/") ? String(url.dropFirst(origin.count)) : url
  }

  private static func authority(of url: String) -> Substring? {
    guard let scheme = ["http://", "https://"].first(where: url.lowercased().hasPrefix) else { return nil }
    return url.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
  }

  private static let userInformation =
    "a URL with a user name or a password is refused: it is printed, and written to the file"

  private static func refusal(ofAuthority authority: Substring) -> String? {
    if authority.contains("@") { return userInformation }
    if let refusal = HostName.refusal(ofHost: String(authority.prefix { $0 != ":" })) { return refusal }
    let isAddress = authority.hasPrefix("[")
    let host = isAddress ? authority.prefix { $0 != "]" } : authority.prefix { $0 != ":" }
    let rest = authority.dropFirst(host.count + (isAddress ? 1 : 0))
    guard host.count > (isAddress ? 1 : 0) else { return "the URL has no host" }
    // a launched program gets its port from conform
    if rest.isEmpty || rest == ":${port}" { return nil }
    guard rest.first == ":", let port = Int(rest.dropFirst()), (1...65_535).contains(port) else {
      return "the port of the URL is not a number from 1 to 65535"
    }
    return nil
  }
}
