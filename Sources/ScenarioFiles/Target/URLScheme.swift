// Refuses URLs of target files without a scheme, or with one that is not HTTP.

enum URLScheme {
  /// Why a URL cannot be meant as it is written; `nil` if it can.
  ///
  /// - Parameters:
  ///   - url: With the placeholder for each reference, whose value is not known yet.
  ///   - isBase: It is the base of other URLs; the others may be relative to it.
  static func refusal(of url: String, isBase: Bool, placeholder: Character) -> String? {
    guard let first = url.first, first != placeholder else {
      return url.isEmpty && isBase ? "base-url is empty; expected a URL such as https://staging.example.com" : nil
    }
    let start = url.prefix { !"/?#".contains($0) }
    var shown: String { URLScheme.shown(url, placeholder) }
    if start.last == ":", url.dropFirst(start.count).hasPrefix("//") {
      let scheme = start.dropLast()
      guard !["http", "https"].contains(scheme.lowercased()), !scheme.contains(placeholder) else { return nil }
      return "the scheme '\(scheme.prefix(40))' is not supported; expected http:// or https://"
    }
    if ["http:", "https:"].contains(start.lowercased()) {
      return "a URL begins with \(start)//, not \(start)/; write two slashes"
    }
    if url.hasPrefix("//") { return "the URL has no scheme; write https:\(shown)" }
    if isBase { return "base-url has no scheme; write https://\(shown)\(isLocal(start) ? ", or http://" : "")" }
    guard isHost(start, isAlone: start.count == url.count) else { return nil }
    return
      "'\(shown)' is relative to base-url, and looks like a host; write https://\(shown), or /\(shown) for a path"
  }

  /// At most 100 characters, without the values of references, and without user information and query, which may be
  /// secrets.
  private static func shown(_ url: String, _ placeholder: Character) -> String {
    let start = url.prefix { !"/?#".contains($0) || url.hasPrefix("//") && $0 == "/" }
    let host = start.lastIndex(of: "@").map { url[url.index(after: $0)...] } ?? url[...]
    let part = host.prefix { !"?#".contains($0) }
    let isWhole = part.count == host.count && part.count <= 100
    return (url.hasPrefix("//") && host.first != "/" ? "//" : "")
      + part.prefix(100).replacing("\(placeholder)", with: "…") + (isWhole ? "" : "…")
  }

  private static func isLocal(_ text: Substring) -> Bool {
    text.hasPrefix("localhost") || text.first?.isNumber == true
  }

  /// Whether the first part of a relative URL is rather a host: it has a port, or is a domain name before a path.
  private static func isHost(_ text: Substring, isAlone: Bool) -> Bool {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let labels = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let isName = labels.allSatisfy { label in
      !label.isEmpty && label.utf8.allSatisfy { $0 == UInt8(ascii: "-") || isLetterOrDigit($0) }
    }
    guard isName else { return false }
    if parts.count == 2 { return !parts[1].isEmpty && parts[1].allSatisfy(\.isNumber) }
    if parts[0] == "localhost" { return true }
    let isAddress = labels.count == 4 && labels.allSatisfy { UInt8($0) != nil }
    let hasTopLevelDomain =
      labels.count > 1 && (labels.last ?? "").count > 1 && labels.last?.allSatisfy(\.isLetter) == true
    // `token.php` is a file; `api.example.com` has two dots
    return isAddress || hasTopLevelDomain && (!isAlone || labels.count > 2)
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
