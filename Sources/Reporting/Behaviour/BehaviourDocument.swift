// The expected behaviour as a document: requirements, the scenarios that verify them, and their results.

public import ConformanceModel
import Mustache
public import RunEvents

/// The document of a pack, rendered from the same files that are run.
public struct BehaviourDocument {
  let version: String?
  let suites: [RequirementSuite]
  let requirements: [Requirement]
  let scenarios: [Scenario]
  let invariants: [Invariant]
  let run: DocumentedRun?

  /// - Parameter log: A run whose results and exchanges are shown.
  /// - Throws: `ReportError` if the log cannot be read.
  public init(
    version: String?, areas: [RequirementSuite], requirements: [Requirement], scenarios: [Scenario],
    invariants: [Invariant], log: RunLog?
  ) throws(ReportError) {
    self.version = version
    self.requirements = requirements
    self.scenarios = scenarios
    self.invariants = invariants
    if let log { run = try DocumentedRun(log) } else { run = nil }
    let known = Set(areas.map(\.prefix))
    var others: [RequirementSuite] = []
    for requirement in requirements
    where !known.contains(requirement.prefix) && !others.contains(where: { $0.prefix == requirement.prefix }) {
      others.append(RequirementSuite(prefix: requirement.prefix, title: requirement.prefix))
    }
    suites = areas + others
  }

  public func markdown() throws -> String { try render(PackageResources.behaviour_md_mustache, Markdown()) }

  /// A self-contained page.
  public func html() throws -> String { try render(PackageResources.behaviour_html_mustache, HTML()) }

  private func render(_ template: [UInt8], _ style: any ProseStyle) throws -> String {
    try MustacheTemplate(string: String(decoding: template, as: UTF8.self)).render(DocumentModel(self, style).page)
  }
}

extension Requirement {
  /// `EXP` of `EXP-03`.
  var prefix: String { String(id.prefix { $0 != "-" }) }
}

/// Writes prose in a markup language.
protocol ProseStyle {
  func text(_ text: String) -> String
  func code(_ code: String) -> String
  /// Preformatted lines; the template has the markup around them.
  func block(_ lines: String) -> String
}

extension ProseStyle {
  func write(_ prose: Prose) -> String { prose.written(text: text, code: code) }
}

struct HTML: ProseStyle {
  func text(_ text: String) -> String { HTMLEncoding.escape(text) }

  func code(_ code: String) -> String { "<code>\(text(code))</code>" }

  func block(_ lines: String) -> String { text(lines) }
}

struct Markdown: ProseStyle {
  func text(_ text: String) -> String {
    var result = ""
    for character in text {
      if "\\`*_[]<>|".contains(character) { result += "\\" }
      result.append(character)
    }
    return result
  }

  /// Nothing in the lines ends the fence of four backticks.
  func block(_ lines: String) -> String {
    lines.split(separator: "````", omittingEmptySubsequences: false).joined(separator: "\u{2019}\u{2019}")
  }

  /// Between more backticks than any run of them in the code.
  func code(_ code: String) -> String {
    let fence = String(repeating: "`", count: Summary.maxRun(of: "`", in: code) + 1)
    let pad = code.hasPrefix("`") || code.hasSuffix("`") || code.isEmpty ? " " : ""
    return fence + pad + code + pad + fence
  }
}
