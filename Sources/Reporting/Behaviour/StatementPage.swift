// conformance.html

import ConformanceModel
import RunEvents

struct StatementPage {
  let statement: ConformanceStatement

  var page: Markup {
    var page: Markup = """
      \(DocumentPage.head(title: statement.title))\
      <h1>\(statement.title)</h1>
      <p>\(statement.summary)</p>
      <p class="note">Profile: \(statement.profile.rawValue).\
      \(statement.model.version.map { " Pack: version \($0)." as Markup })\(run)</p>
      <h2 id="declared">What the service declares</h2>
      <div class="wide" role="region" aria-labelledby="declared" tabindex="0">
      <table class="facts">
      <thead><tr><th scope="col">name</th><th scope="col">value</th></tr></thead>
      <tbody>

      """
    for fact in statement.facts {
      page += "<tr><th scope=\"row\">\(fact.name)</th><td><code>\(fact.value)</code></td></tr>\n"
    }
    page += """
      </tbody>
      </table>
      </div>
      <h2 id="choices">Choices that the specifications leave to a service</h2>
      <div class="wide" role="region" aria-labelledby="choices" tabindex="0">
      <table>
      <thead><tr><th scope="col">choice</th><th scope="col">meaning</th><th scope="col">declared</th>\
      <th scope="col">state</th></tr></thead>
      <tbody>

      """
    for choice in statement.choices {
      let note: Markup? = choice.isDefault ? " (default)" : nil
      page += """
        <tr><th scope="row">\(choice.name)</th><td>\(choice.meaning)</td><td><code>\(choice.value)</code>\(note)</td>\
        <td>\(state(choice.state.words, choice.state.verdict))</td></tr>

        """
    }
    page += "</tbody>\n</table>\n</div>\n"
    page += deviations
    page += requirements
    page += "</main>\n</body>\n</html>\n"
    return page
  }

  private var run: Markup? {
    statement.run.map { " Run: \($0.description.startedAt.description), with conform \($0.description.version)." }
  }

  private func state(_ words: String, _ verdict: Verdict) -> Markup {
    "<span class=\"state \(verdict.rawValue)\">\(words)</span>"
  }

  private var deviations: Markup {
    guard !statement.target.expectedDeviations.isEmpty else { return "" }
    let items = statement.target.expectedDeviations.map { "<li><code>\($0.id)</code>: \($0.reason)</li>\n" as Markup }
    return "<h2>Declared deviations</h2>\n<ul>\n\(items)</ul>\n"
  }

  private var requirements: Markup {
    var list: Markup = "<h2>Requirements</h2>\n"
    for suite in statement.model.suites {
      list += """
        <h3 id="\(suite.anchor)">\(suite.title)</h3>
        <div class="wide" role="region" aria-labelledby="\(suite.anchor)" tabindex="0">
        <table>
        <thead><tr><th scope="col">requirement</th><th scope="col">level</th><th scope="col">expected behaviour</th>\
        <th scope="col">state</th></tr></thead>
        <tbody>

        """
      for requirement in suite.requirements {
        let reason = statement.reason(requirement)
        let why: Markup? = reason.isEmpty ? nil : "<span class=\"source\">\(reason)</span>"
        list += """
          <tr id="\(requirement.id.lowercased())"><th scope="row">\(requirement.id)</th><td>\(requirement.level)</td>\
          <td>\(requirement.text) <span class="source">\(SourceLinks(requirement.source).markup)</span></td>\
          <td>\(state(requirement.state?.words ?? "not verified", requirement.state?.verdict ?? .skipped)) \(why)</td></tr>

          """
      }
      list += "</tbody>\n</table>\n</div>\n"
    }
    return list
  }
}
