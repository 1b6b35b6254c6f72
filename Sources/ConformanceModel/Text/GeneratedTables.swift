// Tables in a Markdown document that the program makes, so that they cannot differ from it.

public enum GeneratedTables {
  /// The document with its tables made again: what is between `<!-- table: NAME -->` and `<!-- end -->`.
  ///
  /// - Returns: `nil` if a name is unknown, or a table has no end.
  public static func regenerated(_ text: String, _ table: (String) -> String?) -> String? {
    var result: [Substring] = []
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    while let line = lines.popFirst() {
      result.append(line)
      guard line.hasPrefix("<!-- table: "), let name = line.dropFirst("<!-- table: ".count).split(separator: " ").first
      else { continue }
      guard let rows = table(String(name)), let end = lines.firstIndex(of: "<!-- end -->") else { return nil }
      result += rows.split(separator: "\n", omittingEmptySubsequences: false)
      lines = lines[end...]
    }
    return result.joined(separator: "\n")
  }
}
