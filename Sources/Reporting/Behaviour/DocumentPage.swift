// behaviour.html

import ConformanceModel
import RunEvents

/// The document as one page, without network or scripts.
struct DocumentPage {
  let model: DocumentModel

  var page: Markup {
    var page = head
    page += changes
    page += coverage
    for suite in model.suites {
      page += "<h2 id=\"\(suite.anchor)\">\(suite.title)</h2>\n"
      for requirement in suite.requirements { page += self.requirement(requirement) }
    }
    page += invariants
    page += "</main>\n</body>\n</html>\n"
    return page
  }

  private var head: Markup {
    var head: Markup = """
      \(DocumentPage.head(title: DocumentModel.title))\
      <h1>\(DocumentModel.title)</h1>
      <p>The behaviour of a service that issues OAuth 2.0 access tokens by the client credentials grant and accepts \
      payloads: requirement by requirement, each with the scenarios that verify it.\
      \(model.version.map { " Version \($0) of the pack." as Markup })</p>

      """
    if let run = model.run {
      head += """
        <p>Results of a run against <strong>\(run.target)</strong> on \(run.startedAt.description), with conform \
        \(run.version).</p>

        """
    }
    head += """
      <p>A <strong>must</strong> is required. A <strong>should</strong> is recommended: a service may deviate for a good \
      reason. A <strong>may</strong> is optional and only observed. If the specifications leave a choice to the service, \
      the scenario names the choice to which it applies.</p>
      <p>A name such as <code>${erp.secret|drop-last}</code> is a value of the run: here the secret of the client \
      <code>erp</code> without its last character. <code>${behaviour.payload-accepted}</code> is what the target file \
      declares. If an error code is expected, the whole error response of RFC 6749 section 5.2 is expected: status 400 \
      (401 for <code>invalid_client</code> if the request has an Authorization header), media type \
      <code>application/json</code>, and no token.</p>

      """
    return head
  }

  /// The start of a page, up to its first heading.
  static func head(title: String) -> Markup {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <title>\(title)</title>
    <style>
    \(Markup(resource: PackageResources.behaviour_css))</style>
    </head>
    <body>
    <main>

    """
  }

  private var changes: Markup {
    guard let changes = model.changes else { return "" }
    let items = changes.list.map { change -> Markup in
      let id: Markup =
        change.kind == .removed
        ? "\(change.requirement)" : "<a href=\"#\(change.requirement.lowercased())\">\(change.requirement)</a>"
      return """
        <li>Version \(change.version.description): <strong>\(id)</strong> \(change.kind.rawValue). \(change.text)</li>

        """
    }
    let list: Markup =
      items.isEmpty ? "<p>No requirement was added, changed or removed.</p>\n" : "<ul>\n\(items)</ul>\n"
    return "<h2 id=\"changes\">Changes since version \(changes.since.description)</h2>\n\(list)"
  }

  // MARK: Coverage

  private var coverage: Markup {
    let results: Markup? =
      model.run == nil
      ? nil : "<th scope=\"col\" class=\"number\">met</th><th scope=\"col\" class=\"number\">not met</th>"
    return """
      <h2 id="coverage">Coverage</h2>
      <div class="wide" role="region" aria-labelledby="coverage" tabindex="0">
      <table>
      <thead><tr><th scope="col">suite</th><th scope="col" class="number">requirements</th>\
      <th scope="col" class="number">of these must</th><th scope="col" class="number">covered</th>\
      <th scope="col" class="number">scenarios</th><th scope="col" class="number">test cases</th>\(results)</tr></thead>
      <tbody>
      \(model.coverage.map { row("<a href=\"#\($0.anchor)\">\($0.title)</a>", $0) })\
      \(row("\(model.total.title)", model.total))\
      </tbody>
      </table>
      </div>

      """
  }

  private func row(_ title: Markup, _ row: DocumentModel.Row) -> Markup {
    let results = row.results.map { [$0.met, $0.notMet] } ?? []
    let numbers = [row.requirements, row.musts, row.covered, row.scenarios, row.cases] + results
    return "<tr><th scope=\"row\">\(title)</th>\(numbers.map(cell))</tr>\n"
  }

  private func cell(_ number: Int) -> Markup {
    let none: Markup? = number == 0 ? " none" : nil
    return "<td class=\"number\(none)\">\(number)</td>"
  }

  // MARK: Requirements

  private func requirement(_ requirement: DocumentModel.RequirementPart) -> Markup {
    let state = requirement.state.map { " <span class=\"state \($0.verdict.rawValue)\">\($0.words)</span>" as Markup }
    var part: Markup = """
      <h3 id="\(requirement.id.lowercased())">\(requirement.id) <span class="level">\(requirement.level)</span></h3>
      <p>\(requirement.text)</p>
      <p class="source">Source: \(SourceLinks(requirement.source).markup).\(state)</p>

      """
    if let uncovered = requirement.uncovered { part += "<p class=\"note\">\(uncovered)</p>\n" }
    for scenario in requirement.scenarios { part += self.scenario(scenario) }
    if !requirement.others.isEmpty {
      let others = requirement.others.map { "<a href=\"#\($0.anchor)\">\($0.title)</a>" as Markup }
      part += "<p class=\"note\">Also verified by: \(others.joined(separator: "; ")).</p>\n"
    }
    return part
  }

  private func scenario(_ scenario: DocumentModel.ScenarioPart) -> Markup {
    var part: Markup = "<section class=\"scenario\" id=\"\(scenario.id)\">\n<h4>\(scenario.title)</h4>\n"
    if let applies = scenario.applies { part += "<p class=\"note\">Applies if \(applies).</p>\n" }
    if let given = scenario.given { part += "<p>\(given)</p>\n" }
    part += "<ul>\n\(scenario.sentences.map { "<li>\($0)</li>\n" as Markup })</ul>\n"
    if let cases = scenario.cases {
      let names = cases.names.map { "<code>\($0)</code>" as Markup }.joined(separator: ", ")
      part += "<p>For each of: \(names)\(cases.more > 0 ? " and \(cases.more) more" as Markup : "").</p>\n"
    }
    if let outcome = scenario.outcome {
      let cases: Markup = outcome.cases > 1 ? ", \(outcome.cases) cases" : ""
      part += "<p class=\"source\">Result: \(state(outcome.verdict))\(cases).</p>\n"
    }
    if let exchange = scenario.exchange {
      part += "<details><summary>Example exchange</summary>\n<pre>\(exchange)</pre>\n</details>\n"
    }
    part += "</section>\n"
    return part
  }

  private func state(_ verdict: Verdict) -> Markup {
    "<span class=\"state \(verdict.rawValue)\">\(verdict.rawValue)</span>"
  }

  private var invariants: Markup {
    guard !model.invariants.isEmpty else { return "" }
    var list: Markup = "<h2 id=\"invariants\">Requirements on every exchange</h2>\n<ul>\n"
    for invariant in model.invariants {
      let covers = invariant.covers.map { "<a href=\"#\($0.lowercased())\">\($0)</a>" as Markup }
      list += """
        <li id="\(invariant.id)"><strong>\(invariant.title).</strong> \(invariant.sentence) \
        (\(covers.joined(separator: ", ")))\(invariant.verdict.map { " \(state($0))" as Markup })</li>

        """
    }
    list += "</ul>\n"
    return list
  }
}

extension Markup.StringInterpolation {
  mutating func appendInterpolation(_ prose: Prose) {
    for part in prose.parts {
      switch part {
      case .text(let text): appendInterpolation(text)
      case .code(let code): appendInterpolation("<code>\(code)</code>" as Markup)
      }
    }
  }
}
