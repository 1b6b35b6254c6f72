// Other spellings of the path of a URL.

import HTTPModel

/// A change to the path of a request's URL. Whether it is the same resource then is up to the server (RFC 3986 section
/// 6), except for the last two, which are other resources.
public enum PathSpelling: String, Sendable, Hashable, CaseIterable {
  case trailingSlash = "trailing-slash"
  case doubledSlash = "doubled-slash"
  case dotSegment = "dot-segment"
  case parentSegment = "parent-segment"
  case otherCase = "other-case"
  case encodedLetters = "encoded-letters"
  case addedSegment = "added-segment"
  case otherParent = "other-parent"

  /// A description for the guide.
  public var meaning: String {
    switch self {
    case .trailingSlash: "a slash at the end"
    case .doubledSlash: "the first slash twice"
    case .dotSegment: "the segment `.` before the last one"
    case .parentSegment: "the segments `x` and `..` before the last one"
    case .otherCase: "upper and lower case swapped"
    case .encodedLetters: "the letters of the last segment percent-encoded"
    case .addedSegment: "another segment at the end, which is another resource"
    case .otherParent: "`-elsewhere` after the segment before the last one, which is another resource"
    }
  }

  /// The URL with this spelling of its path. Its origin and query stay.
  public func apply(to url: String) -> String {
    if self == .otherParent { return Filter.segment(.change, 2).apply(url) }
    let start = url.firstRange(of: "://").map { url[$0.upperBound...].firstIndex(of: "/") ?? url.endIndex }
    let pathStart = start ?? url.startIndex
    let pathEnd = url[pathStart...].firstIndex { $0 == "?" || $0 == "#" } ?? url.endIndex
    let path = url[pathStart..<pathEnd]
    let last = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let changed: String =
      switch self {
      case .trailingSlash: "\(path)/"
      case .doubledSlash: "/\(path)"
      case .dotSegment: "\(path[..<last])./\(path[last...])"
      case .parentSegment: "\(path[..<last])x/../\(path[last...])"
      case .otherCase: Filter.swapCase.apply(String(path))
      case .encodedLetters: path[..<last] + path[last...].map(PathSpelling.encoded).joined()
      case .addedSegment: "\(path)/conform"
      case .otherParent: String(path)
      }
    return url[..<pathStart] + changed + url[pathEnd...]
  }

  private static func encoded(_ character: Character) -> String {
    character.isASCII && character.isLetter ? Filter.escapeAll.apply(String(character)) : String(character)
  }
}
