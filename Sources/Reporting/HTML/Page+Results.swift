// The results on the page: the failures in full, flaky cases, and the frame of the table of cases.

import ConformanceModel
import RunEvents

extension Page {
  private static let maxFlaky = 100

  /// Opens the section of the results, which `tableEnd` closes.
  func failures(_ groups: FindingGroups) -> Markup {
    var failures: Markup = """
      <section id="results" data-view="results" aria-labelledby="results-title">
      <h2 id="results-title">Failures</h2>

      """
    if log.count(.failed) + log.count(.errored) > 0 {
      failures += "<p class=\"note\">Identical failures are grouped.</p>\n\(groups.list(isWarning: false))"
    } else {
      failures += "<p>Nothing failed.</p>\n"
    }
    let warned = groups.count(isWarning: true)
    if warned > 0 {
      let isOnly = warned == log.count(.warned)
      failures += """
        <details class="warnings"><summary>\(warned) \(isOnly ? "" : "more ")\(warned == 1 ? "case" : "cases") \
        with warnings</summary>
        \(groups.list(isWarning: true))</details>

        """
    }
    if let pastRuns, !pastRuns.flakyCases.isEmpty { failures += flaky(pastRuns) }
    return failures
  }

  /// Earlier runs, if there are any.
  private var pastRuns: History? { history.flatMap { $0.runs.count > 1 ? $0 : nil } }

  private func flaky(_ history: History) -> Markup {
    var list: Markup = """
      <h2>Flaky</h2>
      <p class="note">These cases passed in some of the last runs and failed in others.</p>
      <ul class="flaky">

      """
    for id in history.flakyCases.prefix(Page.maxFlaky) {
      let strip = CaseTable.strip(history, id)
      list += """
        <li><a href="#case=\(fragment: id)">\(id)</a> \(strip.marks) <span class="source">\(strip.words)</span></li>

        """
    }
    list += "</ul>\n"
    return list
  }

  var tableStart: Markup {
    var start: Markup = """
      <h2 id="cases-title">Cases</h2>
      <div class="filters needs-script" role="search" hidden>
      <label for="q">Search</label>
      <input id="q" type="search" autocomplete="off" spellcheck="false" \
      placeholder="words, s:failed, suite:expiry, req:EXP-02, status:401, -word" aria-describedby="found">
      <button type="button" id="only" aria-pressed="false">Only findings</button>
      <p id="found" aria-live="polite"></p>
      </div>
      <div class="wide" role="region" aria-labelledby="cases-title" tabindex="0">
      <table id="table" class="cases">
      <thead><tr>
      <th scope="col" aria-sort="none" data-sort="verdict">result</th>
      <th scope="col" aria-sort="none" data-sort="title">case</th>
      <th scope="col" aria-sort="none" data-sort="suite">suite</th>
      <th scope="col" aria-sort="none" data-sort="requirements">requirements</th>
      <th scope="col" class="number" aria-sort="none" data-sort="seconds">wall, s</th>
      <th scope="col" class="number" aria-sort="none" data-sort="simulated">simulated</th>

      """
    if pastRuns != nil { start += "<th scope=\"col\">last runs</th>\n" }
    start += "</tr></thead>\n<tbody>\n"
    return start
  }

  /// - Parameter omitted: How many cases are without their steps.
  func tableEnd(omitted: Int) -> Markup {
    var end: Markup = "</tbody>\n</table>\n</div>\n"
    if omitted > 0 {
      end += """
        <p class="note">The steps of \(omitted) more cases are only in the run log: the page would be too large.</p>

        """
    }
    if unlisted > 0 {
      end += """
        <p class="note">\(unlisted) more cases are not listed: the page would be too large. \
        The other reports have them.</p>

        """
    }
    end += "</section>\n"
    return end
  }
}
