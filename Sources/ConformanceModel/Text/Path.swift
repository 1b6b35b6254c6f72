// Operations on paths as text, without access to the file system.

/// Operations on paths as text.
public enum Path {
  /// The folder of a file; `.` if the path names none.
  public static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    let folder = path[..<slash]
    // the folder of `a//b` is `a`
    let end = folder.utf8.lastIndex { $0 != UInt8(ascii: "/") }
    return end.map { String(folder[...$0]) } ?? "/"
  }

  /// The last part of a path.
  public static func name(of path: String) -> String {
    let slash = UInt8(ascii: "/")
    guard let end = path.utf8.lastIndex(where: { $0 != slash }) else { return "" }
    let name = path.utf8[...end]
    let start = name.lastIndex(of: slash).map(name.index(after:)) ?? name.startIndex
    return String(Substring(name[start...]))
  }

  /// The last part of a path without its extension.
  public static func stem(of path: String) -> String {
    let name = name(of: path)
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex,
      name.utf8.index(after: dot) < name.endIndex
    else { return name }
    return String(name[..<dot])
  }

  /// The path of a file whose name is relative to a folder, or absolute.
  public static func join(_ folder: String, _ name: String) -> String {
    if name.hasPrefix("/") || folder == "." { return name }
    return folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }
}
