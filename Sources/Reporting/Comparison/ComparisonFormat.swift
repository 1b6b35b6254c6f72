// The formats of a comparison, by name.

import ConformanceModel
import JSONValue
public import RunEvents

public enum ComparisonFormat: String, Sendable, CaseIterable {
  case text, markdown, json, html

  /// Writes to a file; `-` is the standard output. An existing file is replaced once the new one is complete.
  public func write(_ comparison: Comparison, to path: String) throws(ReportError) {
    try ReportFile.write(render(comparison), to: path)
  }

  /// Appends to a file that other programs write to as well, such as a job summary.
  public func append(_ comparison: Comparison, to path: String) throws(ReportError) {
    try ReportFile.append("\n" + render(comparison), to: path)
  }

  /// - Parameter maxItems: How many cases a section names; `nil` is the default of the format. JSON has all of them.
  public func render(_ comparison: Comparison, maxItems: Int? = nil) -> String {
    switch self {
    case .text: ComparisonText.render(ComparisonSections(comparison, maxItems: maxItems ?? 50), comparison)
    case .markdown: ComparisonMarkdown.render(ComparisonSections(comparison, maxItems: maxItems ?? 50), comparison)
    case .json: ComparisonJSON.render(comparison).indented + "\n"
    case .html: ComparisonHTML(ComparisonSections(comparison, maxItems: maxItems ?? 500), comparison).text
    }
  }
}

/// For the console.
enum ComparisonText {
  static func render(_ sections: ComparisonSections, _ comparison: Comparison) -> String {
    var lines = ["old: \(ComparisonSections.line(comparison.old))", "new: \(ComparisonSections.line(comparison.new))"]
    lines += sections.notes.map { "note: \($0)" }
    for section in sections.list {
      lines += ["", "\(section.heading.uppercased()): \(section.count)\(section.note.map { " (\($0))" } ?? "")"]
      for item in section.items {
        lines.append("  \(item.id)\(item.title.map { ": \($0)" } ?? "") (\(item.change))")
        lines += item.lines.map { "    \($0.label.isEmpty ? "" : "\($0.label): ")\($0.text)" }
        if let place = item.place { lines.append("    at \(place.file):\(place.line)") }
      }
      if section.more > 0 { lines.append("  … and \(section.more) more") }
    }
    lines += ["", sections.totals, sections.headline]
    return lines.map { SafeText.forConsole(SafeText.oneLine($0, longest: 1000)) + "\n" }.joined()
  }
}

/// For a job summary or a comment on GitHub or GitLab.
enum ComparisonMarkdown {
  /// A comment on GitHub has at most 65536 characters.
  private static let maxSize = 60_000

  static func render(_ sections: ComparisonSections, _ comparison: Comparison) -> String {
    var text = "## \(sections.headline)\n\n\(sections.totals)\n\n"
    text += "- old: \(inline(ComparisonSections.line(comparison.old)))\n"
    text += "- new: \(inline(ComparisonSections.line(comparison.new)))\n"
    for note in sections.notes { text += "- note: \(inline(note))\n" }
    for section in sections.list {
      var part = "\n### \(section.heading): \(section.count)\n\n" + (section.note.map { "\(inline($0))\n\n" } ?? "")
      for item in section.items { part += self.item(item) }
      if section.more > 0 { part += "- … and \(section.more) more\n" }
      guard text.utf8.count + part.utf8.count < maxSize else {
        text += "\n### \(section.heading): \(section.count)\n\nToo long for a comment; the other formats have them.\n"
        continue
      }
      text += part
    }
    return text
  }

  private static func item(_ item: ComparisonSections.Item) -> String {
    var text = "- **\(inline(item.id))**\(item.title.map { ": \(inline($0))" } ?? "") (\(inline(item.change)))\n"
    for line in item.lines { text += "  - \(line.label.isEmpty ? "" : "\(line.label): ")\(inline(line.text))\n" }
    if let place = item.place { text += "  - at \(inline("\(place.file):\(place.line)"))\n" }
    return text
  }

  private static func inline(_ text: String) -> String { Summary.inline(SafeText.start(of: text, longest: 1000)) }
}
