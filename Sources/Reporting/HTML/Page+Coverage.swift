// What an exploration tried, on the page: a table of the dimensions, what was not run, and the states of the model.

import ConformanceModel
import RunEvents

extension Page {
  /// Empty if the log is not that of an exploration.
  var coverage: Markup {
    guard let coverage = log.coverage else { return Markup() }
    var rows = Markup()
    for line in coverage.lines {
      rows += """
        <tr><th scope="row">\(line.operation)</th><td>\(line.dimension)</td>\
        <td class="number">\(line.run) of \(line.values)</td><td class="number">\(line.pairsRun) of \(line.pairs)</td>\
        <td>\(Page.list(line.missing))</td></tr>

        """
    }
    var states = Markup()
    for state in coverage.states {
      states += """
        <tr><th scope="row">\(state.name)</th><td class="number">\(state.steps == 0 ? "not reached" : "\(state.steps)")</td></tr>

        """
    }
    return """
      <section id="coverage" data-view="coverage" aria-labelledby="coverage-title">
      <h2 id="coverage-title">Coverage</h2>
      <p class="note">Which values of each dimension the sequences had, and which pairs with values of the other \
      dimensions of the same operation.</p>
      <div class="wide" role="region" aria-label="Table of dimensions" tabindex="0">
      <table>
      <thead><tr><th scope="col">operation</th><th scope="col">dimension</th>\
      <th scope="col" class="number">values run</th><th scope="col" class="number">pairs run</th>\
      <th scope="col">not run, and why</th></tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      </div>
      <div class="wide" role="region" aria-label="Table of states" tabindex="0">
      <table>
      <thead><tr><th scope="col">state of the model</th><th scope="col" class="number">steps</th></tr></thead>
      <tbody>
      \(states)</tbody>
      </table>
      </div>
      </section>

      """
  }

  private static func list(_ items: [String]) -> Markup {
    guard !items.isEmpty else { return Markup() }
    var list: Markup = "<ul>"
    for item in items { list += "<li>\(item)</li>" }
    list += "</ul>"
    return list
  }
}
