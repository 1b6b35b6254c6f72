// The frame of the page: its head, the heading of the run, and the sections around the results.

import ConformanceModel
import Cryptography
import JSONValue
import RunEvents

struct Page {
  let log: RunLog
  let history: History?
  /// How many cases are not on the page.
  let unlisted: Int

  private var run: RunDescription { log.run }

  func head(style: String, script: String) -> Markup {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '\(Page.hash(style))'; \
    script-src '\(Page.hash(script))'; base-uri 'none'; form-action 'none'">
    <meta name="referrer" content="no-referrer">
    <meta name="color-scheme" content="light dark">
    <title>\(Headline(log).word) – \(run.target) – conform</title>
    <style>\(Markup(resource: style))</style>
    </head>
    <body>
    <a class="skip" href="#main">Skip to the results</a>

    """
  }

  /// The source expression of a Content-Security-Policy: the hash of the exact text between the tags.
  private static func hash(_ text: String) -> String { "sha256-\(Base64.encode(SHA256.hash(Array(text.utf8))))" }

  /// Result, counts, and the facts of the run.
  var header: Markup {
    let headline = Headline(log)
    var header: Markup = """
      <header class="top is-\(headline.verdict.rawValue)">
      <div class="line">
      <p class="eyebrow">Conformance of <strong>\(run.target)</strong></p>
      <div class="tools needs-script" hidden>
      <button type="button" id="zone" aria-pressed="false" \
      title="Show wall times in this browser's time zone">Local time</button>
      <button type="button" id="theme">Dark</button>
      <button type="button" id="raw" title="The lines of the run log that this page has">Log</button>
      <button type="button" id="help" aria-expanded="false" aria-controls="keys">Keys</button>
      </div>
      </div>
      <h1><span class="word">\(headline.word)</span>: \(headline.parts.first)</h1>

      """
    if let second = headline.parts.second { header += "<p class=\"second\">\(second)</p>\n" }
    if log.isCut {
      header += """
        <p class="note">The log is incomplete: it ends in the middle of a line. \
        Unfinished cases are shown as errored.</p>

        """
    }
    header += "<ul class=\"chips\" id=\"chips\">\n"
    let order: [Verdict] = [.passed, .failed, .errored, .warned, .skipped, .pending]
    for verdict in order where log.count(verdict) > 0 || [.passed, .failed].contains(verdict) {
      let none: Markup? = log.count(verdict) == 0 ? " none" : nil
      header += """
        <li><span class="chip is-\(verdict.rawValue)\(none)" data-verdict="\(verdict.rawValue)">\
        <span aria-hidden="true">\(verdict.icon)</span> <b>\(log.count(verdict))</b> \(verdict.rawValue)</span></li>

        """
    }
    header += """
      </ul>
      <div id="keys" class="keys" hidden>
      <p><kbd>/</kbd> search · <kbd>j</kbd> <kbd>k</kbd> next and previous finding · <kbd>Enter</kbd> open · \
      <kbd>Esc</kbd> back · <kbd>1</kbd>–<kbd>\(log.coverage == nil ? 4 : 5)</kbd> views · <kbd>w</kbd> wall or simulated clock · \
      <kbd>+</kbd> <kbd>-</kbd> <kbd>0</kbd> zoom of the timeline · <kbd>?</kbd> this help</p>
      </div>
      <details class="about">
      <summary>About this run</summary>
      <dl>

      """
    for fact in facts { header += "<div><dt>\(fact.name)</dt><dd>\(fact.value)</dd></div>\n" }
    if let job = run.environment.first(where: { $0.name == "ci.job" })?.value,
      job.hasPrefix("https://") || job.hasPrefix("http://")
    {
      header += "<div><dt>Job</dt><dd><a href=\"\(job)\" rel=\"noreferrer noopener\">\(job)</a></dd></div>\n"
    }
    header += """
      </dl>
      <p class="command"><span>Repeat this run</span> <code data-copy>\(RepeatCommand.text(run))</code></p>
      </details>
      </header>
      <nav class="views needs-script" aria-label="Views" hidden>
      <ul>
      <li><a href="#view=results">Results</a></li>
      <li><a href="#view=timeline">Timeline</a></li>
      <li><a href="#view=requirements">Requirements</a></li>
      <li><a href="#view=environment">Environment</a></li>

      """
    if log.coverage != nil { header += "<li><a href=\"#view=coverage\">Coverage</a></li>\n" }
    header += """
      </ul>
      </nav>

      """
    return header
  }

  private var facts: [RunFact] {
    var facts: [RunFact] = [RunFact("Target", run.target), RunFact("Started", run.startedAt.description)]
    if let summary = log.summary {
      facts.append(RunFact("Duration", "\(summary.seconds.plain(decimals: 2)) s"))
      let simulated = summary.simulatedEnd - run.simulatedStart
      if simulated.milliseconds > 0 {
        let times = "from \(run.simulatedStart) to \(summary.simulatedEnd)"
        facts.append(RunFact("Simulated", "\(SimulatedText.span(simulated)), \(times)"))
        let speed = Double(simulated.milliseconds) / 1000 / max(0.001, summary.seconds)
        let advances = summary.clockAdvances.counted("clock advance")
        let ratio = FindingText.grouped(Int(min(speed.rounded(), 9e18)))
        facts.append(RunFact("Speed", "\(ratio) times the wall clock, in \(advances)"))
      }
    }
    if let seed = run.seed { facts.append(RunFact("Order", "shuffled, seed \(seed)")) }
    facts.append(RunFact("Harness", "conform \(run.version) on \(run.host)"))
    for (name, title) in [("proxy", "Proxy"), ("ci.commit", "Commit"), ("ci.branch", "Branch")] {
      if let fact = run.environment.first(where: { $0.name == name }) { facts.append(RunFact(title, fact.value)) }
    }
    for note in log.summary?.notes ?? [] { facts.append(RunFact("Note", note)) }
    return facts
  }

  /// The clock advances; the script draws the timeline above them.
  var timeline: Markup {
    var timeline: Markup = """
      <section id="timeline" data-view="timeline" aria-labelledby="timeline-title">
      <h2 id="timeline-title">Timeline</h2>
      <div id="run-timeline"></div>

      """
    if log.clockAdvances.isEmpty {
      timeline += "<p class=\"note\">This run has no clock advances.</p>\n"
    } else {
      timeline += """
        <details class="advances"><summary>Clock advances, as a table</summary>
        <div class="wide" role="region" aria-label="Clock advances" tabindex="0">
        <table>
        <thead><tr><th scope="col">from</th><th scope="col">to</th><th scope="col">by</th>\
        <th scope="col" class="number">cases woken</th><th scope="col">wall clock</th></tr></thead>
        <tbody>

        """
      for advance in log.clockAdvances {
        timeline += """
          <tr><td>\(advance.from.description)</td><td>\(advance.to.description)</td>\
          <td>\(SimulatedText.span(advance.to - advance.from))</td><td class="number">\(advance.woken)</td>\
          <td>\(advance.wall.description)</td></tr>

          """
      }
      timeline += "</tbody>\n</table>\n</div>\n</details>\n"
    }
    timeline += "</section>\n"
    return timeline
  }

  func requirements(_ matrix: RequirementMatrix) -> Markup {
    """
    <section id="requirements" data-view="requirements" aria-labelledby="requirements-title">
    <h2 id="requirements-title">Requirements</h2>
    <div class="wide" role="region" aria-label="Requirements by suite" tabindex="0">
    <table id="suites" class="suites">
    <thead><tr><th scope="col">suite</th><th scope="col" class="number">requirements</th>\
    \(RequirementMatrix.heads)</tr></thead>
    <tbody>
    \(matrix.suites)</tbody>
    </table>
    </div>
    <div class="filters needs-script" role="search" hidden>
    <label for="rq">Filter</label>
    <input id="rq" type="search" autocomplete="off" spellcheck="false" \
    placeholder="words, EXP-02, must, RFC 6750" aria-describedby="rfound">
    <label for="rs">State</label>
    <select id="rs"><option value="">all</option></select>
    <p id="rfound" aria-live="polite"></p>
    </div>
    <div class="wide" role="region" aria-label="Table of requirements" tabindex="0">
    <table class="matrix">
    <thead><tr><th scope="col">requirement</th><th scope="col">level</th><th scope="col">expected behaviour</th>\
    <th scope="col">state</th><th scope="col">cases</th></tr></thead>
    <tbody>
    \(matrix.rows)</tbody>
    </table>
    </div>
    </section>

    """
  }

  var environment: Markup {
    var rows = Markup()
    for fact in run.environment { rows += "<tr><th scope=\"row\">\(fact.name)</th><td>\(fact.value)</td></tr>\n" }
    return """
      <section id="environment" data-view="environment" aria-labelledby="environment-title">
      <h2 id="environment-title">Environment</h2>
      <p class="note">The configuration of the run. \
      Secrets are masked when the log is written: it has their names instead.</p>
      <div class="wide" role="region" aria-label="Table of the environment" tabindex="0">
      <table>
      <thead><tr><th scope="col">name</th><th scope="col">value</th></tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      </div>
      </section>

      """
  }
}
