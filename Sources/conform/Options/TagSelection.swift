// `--tag` and `--exclude-tag`: tags, and conditions on them.

import ConformanceModel
import ScenarioFiles

struct TagSelection {
  private let known: Set<String>

  init(_ library: Library) { known = Set(library.scenarios.flatMap(\.tags)) }

  /// The condition of an option. A text that is a tag is that tag, whatever characters it has.
  ///
  /// - Parameter mustExist: Every tag that is named must be one of a scenario.
  /// - Throws: `StartError` with the place of the mistake in the text.
  func condition(_ text: String, of option: String, mustExist: Bool) throws(StartError) -> TagExpression {
    if known.contains(text) { return TagExpression(tag: text) }
    let condition: TagExpression
    do throws(TagSyntaxError) { condition = try TagExpression(parsing: text) } catch {
      throw refusal(option, text, error.message, error.column, error.length)
    }
    guard mustExist, let unknown = condition.names.first(where: { !known.contains($0.tag) }) else { return condition }
    let near = NameSelection.similar(unknown.tag, known.sorted(), all: "known tags: \(tagList)")
    guard unknown.tag != text else {
      throw StartError(.usageError, "\(option) \(text): no scenario has this tag\(near)")
    }
    throw refusal(
      option, text, "no scenario has the tag '\(unknown.tag)'\(near)", unknown.column, unknown.tag.count)
  }

  private var tagList: String {
    known.isEmpty ? "none" : known.sorted().prefix(20).joined(separator: ", ") + (known.count > 20 ? ", …" : "")
  }

  /// The message, then the text with a caret under the mistake.
  private func refusal(
    _ option: String, _ text: String, _ message: String, _ column: Int, _ length: Int
  ) -> StartError {
    let sentence = "\(option), column \(column): \(message)"
    let line = String(text.map { $0.isNewline ? " " : $0 })
    let caret = String(repeating: " ", count: column - 1) + String(repeating: "^", count: max(1, length))
    return StartError(.usageError, [.init(text: sentence)], lines: [sentence, "  | \(line)", "  | \(caret)"])
  }
}
