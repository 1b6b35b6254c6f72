// Generates the tables of the authoring guide from the keywords of the loaders, so that the guide stays current.

import ConformanceModel
import JSONValue

public enum Guide {
  /// The guide with its tables generated: the text between `<!-- table: NAME -->` and `<!-- end -->` is replaced.
  ///
  /// - Returns: `nil` if a table is unknown or has no end.
  public static func regenerated(_ text: String) -> String? {
    GeneratedTables.regenerated(text, table)
  }

  static func table(_ name: String) -> String? {
    switch name {
    case "scenario": keys(ScenarioKeywords.scenario)
    case "step": keys(ScenarioKeywords.step.filter { StepActionKind(rawValue: $0.name) == nil })
    case "operations": operations
    case "arguments": arguments
    case "edits": keys(ScenarioKeywords.edits)
    case "payload": keys(ScenarioKeywords.payload)
    case "authentication": rows("`auth`", ClientAuthentication.allCases.map { ($0.rawValue, $0.meaning) })
    case "conditions": keys(ScenarioKeywords.expect)
    case "matchers": rows("word", MatcherWord.allCases.map { ($0.rawValue, $0.meaning) })
    case "filters": rows("filter", Filter.documented.map { ($0.name, $0.meaning) })
    case "behaviours": behaviours
    case "capabilities": rows("capability", Capability.allCases.map { ($0.rawValue, $0.meaning) })
    case "requirement": keys(RequirementKeywords.requirement)
    case "invariant": keys(InvariantKeywords.invariant)
    default: nil
    }
  }

  private static func keys(_ keywords: [Keyword]) -> String { rows("key", keywords.map { ($0.name, $0.meaning) }) }

  private static func rows(_ head: String, _ rows: [(String, String)]) -> String {
    (["| \(head) | meaning |", "|---|---|"] + rows.map { "| `\($0.0)` | \(escaped($0.1)) |" }).joined(separator: "\n")
  }

  private static var operations: String {
    let rows = StepActionKind.allCases.map { kind in
      let word = StepActionKind.sending.contains(kind) && kind != .http ? "`\(kind.success)`" : ""
      return "| `\(kind.rawValue)` | \(escaped(kind.meaning)) | \(word) |"
    }
    return (["| operation | meaning | success |", "|---|---|---|"] + rows).joined(separator: "\n")
  }

  /// The arguments of each operation; those that change the request (`edits`) have a table of their own.
  private static var arguments: String {
    let edits = Set(ScenarioKeywords.edits.map(\.name))
    let rows = StepActionKind.allCases.flatMap { kind -> [String] in
      let keywords = kind == .wait ? ScenarioKeywords.wait : ScenarioKeywords.keys(kind) ?? []
      let required = ScenarioKeywords.required(kind)
      let own = keywords.filter { !edits.contains($0.name) }.map { keyword in
        "| `\(kind.rawValue)` | `\(keyword.name)`\(required.contains(keyword.name) ? " (required)" : "") | "
          + "\(escaped(keyword.meaning)) |"
      }
      return own + (keywords.contains { edits.contains($0.name) } ? ["| `\(kind.rawValue)` | edits | see below |"] : [])
    }
    return (["| operation | argument | meaning |", "|---|---|---|"] + rows).joined(separator: "\n")
  }

  private static var behaviours: String {
    let rows = Behaviour.allCases.map { behaviour in
      let values =
        behaviour.words.map { $0.map { "`\($0)`" }.joined(separator: ", ") }
        ?? behaviour.statuses.map { "statuses from \($0.lowerBound) to \($0.upperBound)" } ?? "a number"
      let value = behaviour.defaultValue.string ?? behaviour.defaultValue.compact
      return "| `\(behaviour.rawValue)` | `\(value)` | \(values) | \(escaped(behaviour.meaning)) |"
    }
    return (["| behaviour | default | values | meaning |", "|---|---|---|---|"] + rows).joined(
      separator: "\n")
  }

  private static func escaped(_ text: String) -> String {
    text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }
}
