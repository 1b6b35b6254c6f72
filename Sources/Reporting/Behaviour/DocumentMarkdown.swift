// behaviour.md

import ConformanceModel
import RunEvents

/// The document in Markdown.
struct DocumentMarkdown {
  let model: DocumentModel

  var document: MarkdownText {
    var document = introduction
    document += changes
    document += coverage
    for suite in model.suites {
      document += "\n## \(suite.title)\n"
      for requirement in suite.requirements { document += self.requirement(requirement) }
    }
    document += invariants
    return document
  }

  private var introduction: MarkdownText {
    var lines: MarkdownText = """
      # \(DocumentModel.title)

      The behaviour of a service that issues OAuth 2.0 access tokens by the client credentials grant and accepts payloads: \
      requirement by requirement, each with the scenarios that verify it.

      """
    if let version = model.version { lines += "Version \(version) of the pack.\n" }
    if let run = model.run {
      lines += "Results of a run against \(run.target) on \(run.startedAt.description), with conform \(run.version).\n"
    }
    lines += """

      A **must** is required. A **should** is recommended: a service may deviate for a good reason. A **may** is optional \
      and only observed. If the specifications leave a choice to the service, the scenario names the choice to which it \
      applies.

      A name such as `${erp.secret|drop-last}` is a value of the run: here the secret of the client `erp` without its \
      last character. `${behaviour.payload-accepted}` is what the target file declares. If an error code is expected, the \
      whole error response of RFC 6749 section 5.2 is expected: status 400 (401 for `invalid_client` if the request has \
      an Authorization header), media type `application/json`, and no token.

      """
    return lines
  }

  private var changes: MarkdownText {
    guard let changes = model.changes else { return "" }
    var list: MarkdownText = "\n## Changes since version \(changes.since.description)\n\n"
    if changes.list.isEmpty { list += "No requirement was added, changed or removed.\n" }
    for change in changes.list {
      list += "- Version \(change.version.description): **\(change.requirement)** \(change.kind.rawValue). "
      list += "\(change.text)\n"
    }
    return list
  }

  private var coverage: MarkdownText {
    let hasResults = model.run != nil
    var table: MarkdownText = """

      ## Coverage

      | suite | requirements | of these must | covered | scenarios | test cases |\
      \(hasResults ? " met | not met |" as MarkdownText : "")
      |---|---|---|---|---|---|\(hasResults ? "---|---|" as MarkdownText : "")

      """
    for suite in model.coverage { table += row("\(suite.title)", suite) }
    table += row("**\(model.total.title)**", model.total)
    return table
  }

  private func row(_ title: MarkdownText, _ row: DocumentModel.Row) -> MarkdownText {
    let results: MarkdownText = row.results.map { " \($0.met) | \($0.notMet) |" } ?? ""
    return """
      | \(title) | \(row.requirements) | \(row.musts) | \(row.covered) | \(row.scenarios) | \(row.cases) |\(results)

      """
  }

  private func requirement(_ requirement: DocumentModel.RequirementPart) -> MarkdownText {
    let state: MarkdownText = requirement.state.map { " State: **\($0.words)**." } ?? ""
    var part: MarkdownText = """

      ### \(requirement.id) (\(requirement.level))

      \(requirement.text)

      Source: \(SourceLinks(requirement.source).markdown).\(state)

      """
    if let uncovered = requirement.uncovered { part += "\n\(uncovered)\n" }
    for scenario in requirement.scenarios { part += self.scenario(scenario) }
    if !requirement.others.isEmpty {
      part +=
        "\nAlso verified by: \(requirement.others.map { "*\($0.title)*" as MarkdownText }.joined(separator: "; ")).\n"
    }
    return part
  }

  private func scenario(_ scenario: DocumentModel.ScenarioPart) -> MarkdownText {
    var part: MarkdownText = "\n#### \(scenario.title)\n\n"
    if let applies = scenario.applies { part += "Applies if \(applies).\n\n" }
    if let given = scenario.given { part += "\(given)\n\n" }
    for sentence in scenario.sentences { part += "- \(sentence)\n" }
    if let cases = scenario.cases {
      let names = cases.names.map { "\(code: $0)" as MarkdownText }.joined(separator: ", ")
      part += "\nFor each of: \(names)\(cases.more > 0 ? " and \(cases.more) more" as MarkdownText : "").\n"
    }
    if let outcome = scenario.outcome {
      let cases: MarkdownText = outcome.cases > 1 ? ", \(outcome.cases) cases" : ""
      part += "\nResult: \(outcome.verdict.rawValue)\(cases).\n"
    }
    if let exchange = scenario.exchange {
      part += """

        <details><summary>Example exchange</summary>

        \(block: exchange, language: "http")

        </details>

        """
    }
    return part
  }

  private var invariants: MarkdownText {
    guard !model.invariants.isEmpty else { return "" }
    var part: MarkdownText = "\n## Requirements on every exchange\n\n"
    for invariant in model.invariants {
      let covers = invariant.covers.map { "\($0)" as MarkdownText }.joined(separator: ", ")
      let result: MarkdownText = invariant.verdict.map { " Result: \($0.rawValue)." } ?? ""
      part += "- **\(invariant.title).** \(invariant.sentence) (\(covers))\(result)\n"
    }
    return part
  }
}

extension [MarkdownText] {
  fileprivate func joined(separator: MarkdownText) -> MarkdownText {
    dropFirst().reduce(first ?? "") { "\($0)\(separator)\($1)" }
  }
}
