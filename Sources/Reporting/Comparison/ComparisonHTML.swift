// The comparison of two runs as one self-contained page.

import ConformanceModel

struct ComparisonHTML {
  private let sections: ComparisonSections
  private let comparison: Comparison

  init(_ sections: ComparisonSections, _ comparison: Comparison) {
    self.sections = sections
    self.comparison = comparison
  }

  var text: String { String(decoding: page.bytes, as: UTF8.self) }

  private var page: Markup {
    let headline = ComparisonHTML.line(sections.headline)
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
      base-uri 'none'; form-action 'none'">
      <meta name="referrer" content="no-referrer">
      <title>\(headline)</title>
      <style>
      \(Markup(resource: PackageResources.comparison_css))</style>
      </head>
      <body>
      <main>
      <h1 class="\(sections.isGood ? "good" as Markup : "bad")">\(headline)</h1>
      <p>\(ComparisonHTML.line(sections.totals))</p>
      <dl class="runs">
      <dt>old</dt><dd>\(ComparisonHTML.line(ComparisonSections.line(comparison.old)))</dd>
      <dt>new</dt><dd>\(ComparisonHTML.line(ComparisonSections.line(comparison.new)))</dd>
      \(sections.notes.map { "<dt>note</dt><dd>\(ComparisonHTML.line($0))</dd>\n" as Markup })\
      </dl>
      \(sections.list.isEmpty ? "<p>The runs do not differ.</p>\n" as Markup : nil)\
      \(sections.list.map(section))\
      </main>
      </body>
      </html>

      """
  }

  private func section(_ section: ComparisonSections.Section) -> Markup {
    let more: Markup = "<p class=\"note\">… and \(section.more) more; the JSON format lists all.</p>\n"
    return """
      <section aria-labelledby="\(section.name)">
      <h2 id="\(section.name)" class="\(section.tone)">\(section.heading): \(section.count)</h2>
      \(section.note.map { "<p class=\"note\">\(ComparisonHTML.line($0))</p>\n" as Markup })\
      <ul>
      \(section.items.map(item))\
      </ul>
      \(section.more > 0 ? more : nil)\
      </section>

      """
  }

  private func item(_ item: ComparisonSections.Item) -> Markup {
    var markup: Markup = """
      <li class="item"><strong>\(ComparisonHTML.line(item.id))</strong>\
      \(item.title.map { ": \(ComparisonHTML.line($0))" as Markup }) \
      <span class="change">(\(ComparisonHTML.line(item.change)))</span>

      """
    if !item.lines.isEmpty {
      markup += "<dl>\n"
      for line in item.lines {
        let label = line.label.isEmpty ? "now" : line.label
        markup += "<dt>\(label)</dt><dd><code>\(ComparisonHTML.line(line.text))</code></dd>\n"
      }
      markup += "</dl>\n"
    }
    if let place = item.place {
      markup += "<p class=\"place\">at \(ComparisonHTML.line("\(place.file):\(place.line)"))</p>\n"
    }
    markup += "</li>\n"
    return markup
  }

  /// The texts come from files: each is shown as one line of limited length.
  private static func line(_ text: String) -> String { SafeText.oneLine(text, longest: 1000) }
}
