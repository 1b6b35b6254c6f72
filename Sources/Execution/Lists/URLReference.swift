// Resolves the URL of a link (RFC 3986 section 5.2).

enum URLReference {
  /// The URL to which a reference leads, without its fragment.
  ///
  /// - Parameter base: The absolute URL of the response that has the reference.
  static func resolve(_ reference: String, against base: String) -> String {
    let reference = reference.prefix { $0 != "#" }
    guard !hasScheme(reference), let separator = base.firstRange(of: "://") else { return String(reference) }
    if reference.hasPrefix("//") { return "\(base[..<separator.lowerBound]):\(reference)" }
    let pathStart = base[separator.upperBound...].firstIndex { "/?#".contains($0) } ?? base.endIndex
    let origin = base[..<pathStart]
    let path = base[pathStart...].prefix { $0 != "?" && $0 != "#" }
    let query = reference.firstIndex(of: "?") ?? reference.endIndex
    if reference.isEmpty { return String(base.prefix { $0 != "#" }) }
    if query == reference.startIndex { return "\(origin)\(path)\(reference)" }
    let folder = path[..<(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)]
    let merged = reference.hasPrefix("/") ? String(reference[..<query]) : "\(folder)\(reference[..<query])"
    return "\(origin)\(withoutDots(merged))\(reference[query...])"
  }

  /// A scheme and a colon (section 3.1) before any slash.
  private static func hasScheme(_ reference: Substring) -> Bool {
    guard let colon = reference.firstIndex(of: ":"), let first = reference.first, first.isASCII, first.isLetter else {
      return false
    }
    return reference[..<colon].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
  }

  /// Removes dot segments (section 5.2.4).
  private static func withoutDots(_ path: String) -> String {
    var kept: [Substring] = []
    let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(path.hasPrefix("/") ? 1 : 0)
    for segment in segments {
      switch segment {
      case ".": continue
      case "..": _ = kept.popLast()
      default: kept.append(segment)
      }
    }
    if let last = segments.last, last == "." || last == ".." { kept.append("") }
    return "/" + kept.joined(separator: "/")
  }
}
