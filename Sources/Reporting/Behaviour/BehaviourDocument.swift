// The expected behaviour as a document: requirements, the scenarios that verify them, and their results.

public import ConformanceModel
public import RunEvents

/// The document of a pack, rendered from the same files that are run.
public struct BehaviourDocument {
  let version: String?
  let suites: [RequirementSuite]
  var requirements: [Requirement]
  let scenarios: [Scenario]
  let invariants: [Invariant]
  let run: DocumentedRun?
  /// The file of the run, for messages.
  let logPath: String?
  let changes: Changes?

  /// The changes that the document lists, and since which version of the pack they are.
  public struct Changes: Sendable {
    var since: PackVersion
    var list: [RequirementChange]

    public init(since: PackVersion, list: [RequirementChange]) {
      self.since = since
      self.list = list
    }
  }

  /// - Parameters:
  ///   - log: A run whose results and exchanges are shown.
  ///   - changes: Changes that are listed.
  /// - Throws: `ReportError` if the log cannot be read.
  public init(
    version: String?, areas: [RequirementSuite], requirements: [Requirement], scenarios: [Scenario],
    invariants: [Invariant], log: RunLog?, changes: Changes? = nil
  ) throws(ReportError) {
    self.version = version
    self.requirements = requirements
    self.scenarios = scenarios
    self.invariants = invariants
    if let log { run = try DocumentedRun(log) } else { run = nil }
    logPath = log?.path
    self.changes = changes
    let known = Set(areas.map(\.prefix))
    var others: [RequirementSuite] = []
    for requirement in requirements
    where !known.contains(requirement.prefix) && !others.contains(where: { $0.prefix == requirement.prefix }) {
      others.append(RequirementSuite(prefix: requirement.prefix, title: requirement.prefix))
    }
    suites = areas + others
  }

  public func markdown() -> String { DocumentMarkdown(model: DocumentModel(self)).document.text }

  /// A self-contained page.
  public func html() -> String {
    String(decoding: DocumentPage(model: DocumentModel(self)).page.bytes, as: UTF8.self)
  }
}

extension Requirement {
  /// `EXP` of `EXP-03`.
  var prefix: String { String(id.prefix { $0 != "-" }) }
}
