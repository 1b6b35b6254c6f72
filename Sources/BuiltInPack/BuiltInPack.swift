// The shipped pack, which is part of the program: it can run in any folder, and installs as one file.

/// The files of the folder `Scenarios`, as they were when the program was built.
///
/// They have paths below `builtin`, such as `builtin/expiry/expired-token.yaml`, which are found in no folder of the
/// disk: a folder of this name is reached as `./builtin`.
public enum BuiltInPack {
  /// The folder of all files.
  public static let root = "builtin"

  public struct File: Sendable {
    /// Relative to the root.
    let name: StaticString
    let text: StaticString
    public let isExecutable: Bool

    init(_ name: StaticString, _ text: StaticString, isExecutable: Bool) {
      self.name = name
      self.text = text
      self.isExecutable = isExecutable
    }

    /// Below `root`.
    public var path: String { "\(BuiltInPack.root)/\(name)" }
    public var bytes: [UInt8] { text.withUTF8Buffer { Array($0) } }
  }

  /// In the order of their paths.
  public static var files: [File] { embeddedFiles }

  /// The files by their paths, and the names in each folder.
  private static let index: (files: [String: File], folders: [String: [String]]) = {
    var files: [String: File] = [:]
    var folders: [String: [String]] = [:]
    for file in embeddedFiles {
      files[file.path] = file
      var path = Substring(file.path)
      while let slash = path.lastIndex(of: "/") {
        let name = String(path[path.index(after: slash)...])
        path = path[..<slash]
        let folder = String(path)
        if folders[folder]?.contains(name) == true { break }
        folders[folder, default: []].append(name)
      }
    }
    return (files, folders.mapValues { $0.sorted() })
  }()

  /// Whether a path is below the root. It may lead to no file.
  public static func contains(_ path: String) -> Bool {
    guard path.utf8.starts(with: root.utf8) else { return false }
    return path.utf8.dropFirst(root.utf8.count).first ?? UInt8(ascii: "/") == UInt8(ascii: "/")
  }

  public static func file(_ path: String) -> File? {
    // files of the disk need no index
    contains(path) ? index.files[path] : nil
  }

  /// The names in a folder, sorted; `nil` if there is no such folder.
  public static func names(in folder: String) -> [String]? { index.folders[trimmed(folder)] }

  private static func trimmed(_ folder: String) -> String { folder.hasSuffix("/") ? String(folder.dropLast()) : folder }
}
