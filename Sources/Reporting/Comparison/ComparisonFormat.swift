// The forms in which a comparison is written, by their names.

import ConformanceModel
import JSONValue
import Mustache
public import RunEvents

public enum ComparisonFormat: String, Sendable, CaseIterable {
  case text, markdown, json, html

  /// Writes it into a file, or to the standard output where `path` is `-`. A former file stays until the new one is whole.
  public func write(_ comparison: Comparison, to path: String) throws(ReportError) {
    try ReportFile.write(try render(comparison), to: path)
  }

  /// Adds it to a file that others write into as well.
  public func append(_ comparison: Comparison, to path: String) throws(ReportError) {
    try ReportFile.append("\n" + render(comparison), to: path)
  }

  /// - Parameter most: How many cases of each kind are named, where not as many as is usual for the form; JSON names all.
  public func render(_ comparison: Comparison, most: Int? = nil) throws(ReportError) -> String {
    switch self {
    case .text: ComparisonText.render(ComparisonSections(comparison, most: most ?? 50), comparison)
    case .markdown: ComparisonMarkdown.render(ComparisonSections(comparison, most: most ?? 50), comparison)
    case .json: ComparisonJSON.render(comparison).indented + "\n"
    case .html: try ComparisonHTML.render(ComparisonSections(comparison, most: most ?? 500), comparison)
    }
  }
}

/// For the console.
enum ComparisonText {
  static func render(_ told: ComparisonSections, _ comparison: Comparison) -> String {
    var lines = ["old: \(ComparisonSections.line(comparison.old))", "new: \(ComparisonSections.line(comparison.new))"]
    lines += told.notes.map { "note: \($0)" }
    for section in told.sections {
      lines += ["", "\(section.heading.uppercased()): \(section.count)\(section.note.map { " (\($0))" } ?? "")"]
      for item in section.items {
        lines.append("  \(item.id)\(item.title.map { ": \($0)" } ?? "") (\(item.change))")
        lines += item.lines.map { "    \($0.label.isEmpty ? "" : "\($0.label): ")\($0.text)" }
        if let place = item.place { lines.append("    at \(place.file):\(place.line)") }
      }
      if section.more > 0 { lines.append("  … and \(section.more) more") }
    }
    lines += ["", told.totals, told.headline]
    return lines.map { SafeText.forConsole(SafeText.oneLine($0, longest: 1000)) + "\n" }.joined()
  }
}

/// For a page of GitHub or GitLab, or a comment there.
enum ComparisonMarkdown {
  /// What a comment of GitHub may hold is 65536 characters.
  private static let largest = 60_000

  static func render(_ told: ComparisonSections, _ comparison: Comparison) -> String {
    var text = "## \(told.headline)\n\n\(told.totals)\n\n"
    text +=
      "- old: \(inline(ComparisonSections.line(comparison.old)))\n- new: \(inline(ComparisonSections.line(comparison.new)))\n"
    for note in told.notes { text += "- note: \(inline(note))\n" }
    for section in told.sections {
      var part = "\n### \(section.heading): \(section.count)\n\n" + (section.note.map { "\(inline($0))\n\n" } ?? "")
      for item in section.items { part += self.item(item) }
      if section.more > 0 { part += "- … and \(section.more) more\n" }
      guard text.utf8.count + part.utf8.count < largest else {
        text += "\n### \(section.heading): \(section.count)\n\nToo long for this page; the other formats have all.\n"
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

/// One page that needs no other file.
enum ComparisonHTML {
  static func render(_ told: ComparisonSections, _ comparison: Comparison) throws(ReportError) -> String {
    let page: [String: Any] = [
      "headline": safe(told.headline), "tone": told.isGood ? "good" : "bad", "totals": safe(told.totals),
      "old": safe(ComparisonSections.line(comparison.old)), "new": safe(ComparisonSections.line(comparison.new)),
      "notes": told.notes.map(safe),
      "hasSections": !told.sections.isEmpty, "sections": told.sections.map(section),
    ]
    do {
      return try MustacheTemplate(string: String(decoding: PackageResources.comparison_html_mustache, as: UTF8.self))
        .render(page)
    } catch {
      throw ReportError(path: "comparison.html", message: "cannot be rendered: \(error)")
    }
  }

  private static func section(_ section: ComparisonSections.Section) -> [String: Any] {
    var model: [String: Any] = [
      "name": section.name, "tone": section.tone, "heading": section.heading, "count": section.count,
      "items": section.items.map(item),
    ]
    if let note = section.note { model["note"] = safe(note) }
    if section.more > 0 { model["more"] = section.more }
    return model
  }

  private static func item(_ item: ComparisonSections.Item) -> [String: Any] {
    var model: [String: Any] = [
      "id": safe(item.id), "change": safe(item.change), "hasLines": !item.lines.isEmpty,
      "lines": item.lines.map { line -> [String: Any] in
        line.label.isEmpty ? ["text": safe(line.text)] : ["label": line.label, "text": safe(line.text)]
      },
    ]
    if let title = item.title { model["title"] = safe(title) }
    if let place = item.place { model["place"] = safe("\(place.file):\(place.line)") }
    return model
  }

  /// What is markup is left to the template, which escapes it; here it is made one line without anything that steers.
  private static func safe(_ text: String) -> String { SafeText.forConsole(SafeText.oneLine(text, longest: 1000)) }
}
