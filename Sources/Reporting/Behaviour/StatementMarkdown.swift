// conformance.md

import ConformanceModel
import RunEvents

struct StatementMarkdown {
  let statement: ConformanceStatement

  var document: MarkdownText {
    var document: MarkdownText = "# \(statement.title)\n\n\(statement.summary)\n"
    document += "\nProfile: \(statement.profile.rawValue)."
    if let version = statement.model.version { document += " Pack: version \(version)." }
    if let run = statement.run?.description {
      document += " Run: \(run.startedAt.description), with conform \(run.version)."
    }
    document += "\n\n## What the service declares\n\n| | |\n|---|---|\n"
    for fact in statement.facts { document += "| \(fact.name) | \(code: fact.value) |\n" }
    document += "\nChoices that the specifications leave to a service:\n\n"
    document += "| choice | meaning | declared | state |\n|---|---|---|---|\n"
    for choice in statement.choices {
      let note: MarkdownText = choice.isDefault ? " (default)" : ""
      document += "| \(choice.name) | \(choice.meaning) | \(code: choice.value)\(note) | \(choice.state.words) |\n"
    }
    document += deviations
    document += results
    return document
  }

  private var deviations: MarkdownText {
    guard !statement.target.expectedDeviations.isEmpty else { return "" }
    var list: MarkdownText = "\n## Declared deviations\n\n"
    for deviation in statement.target.expectedDeviations { list += "- \(code: deviation.id): \(deviation.reason)\n" }
    return list
  }

  private var results: MarkdownText {
    var results: MarkdownText = "\n## Requirements\n"
    for suite in statement.model.suites {
      results += "\n### \(suite.title)\n\n| requirement | level | expected behaviour | source | state |\n"
      results += "|---|---|---|---|---|\n"
      for requirement in suite.requirements {
        let reason = statement.reason(requirement)
        results += """
          | \(requirement.id) | \(requirement.level) | \(requirement.text) | \
          \(SourceLinks(requirement.source).markdown) | \(requirement.state?.words ?? "not verified")\
          \(reason.isEmpty ? "" : ": \(reason)" as MarkdownText) |

          """
      }
    }
    return results
  }
}
