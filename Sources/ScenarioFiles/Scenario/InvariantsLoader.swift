// Reads invariants.yaml.

import ConformanceModel
import JSONValue

enum InvariantKeywords {
  static let file = [
    Keyword(
      "invariants", "conditions that every exchange must meet", Shape.list(Shape.reference("invariant"), atLeast: 1))
  ]
  static let invariant = [
    Keyword("id", "assigned once, never reused, and different from the ids of scenarios", Shape.reference("name")),
    Keyword("title", "the condition in one sentence", ["type": "string", "minLength": 1, "maxLength": 160]),
    Keyword("covers", "ids of the requirements that the invariant verifies", Shape.oneOrMore(Shape.text)),
    Keyword(
      "of", "the operations whose exchanges are checked; default: all",
      Shape.oneOrMore(Shape.words(StepActionKind.sending.map(\.rawValue)))),
    Keyword("where", "conditions that select the exchanges to check", Shape.reference("conditions")),
    Keyword("expect", "what these exchanges must meet", Shape.reference("expect")),
  ]
}

struct InvariantsLoader {
  private let file: SourceFile
  private(set) var invariants: [Invariant] = []
  /// The ids of requirements that the file names.
  private var covered: [(item: YAMLReader, id: String)] = []

  /// Reads a file; the ids of requirements in it are not compared yet.
  init(_ file: SourceFile) {
    self.file = file
    guard let root = file.parse(),
      let fields = root.fields("invariants.yaml", InvariantKeywords.file, required: ["invariants"])
    else { return }
    for item in fields["invariants"]?.list("invariants") ?? [] {
      if let invariant = invariant(item) { invariants.append(invariant) }
    }
  }

  /// What is wrong in the file.
  ///
  /// - Parameter requirements: The ids of all requirements; `nil` if they are not known.
  func diagnostics(knowing requirements: Set<String>?) -> [Diagnostic] {
    if let requirements {
      for (item, id) in covered where !requirements.contains(id) {
        item.diagnostic(
          "unknown requirement '\(id.prefix(60))'\(Suggestion.text(for: id, among: requirements.sorted()))")
      }
    }
    return file.diagnostics
  }

  private mutating func invariant(_ reader: YAMLReader) -> Invariant? {
    guard
      let fields = reader.fields(
        "an invariant", InvariantKeywords.invariant, required: ["id", "title", "covers", "expect"]),
      let id = fields["id"]?.text("id"), let title = fields["title"]?.text("title"), let expect = fields["expect"]
    else { return nil }
    if !ScenarioLoader.isIdentifier(id) {
      fields["id"]?.diagnostic("an id consists of letters, digits, '-' and '_', at most 80 characters")
    }
    let covers = fields["covers"]?.oneOrMore("covers") ?? []
    for item in covers {
      if let id = item.text("covers") { covered.append((item, id)) }
    }
    let operations = (fields["of"].flatMap { $0.oneOrMore("of") } ?? []).compactMap { item -> StepActionKind? in
      guard let kind = item.word("operation", StepActionKind.self) else { return nil }
      if !StepActionKind.sending.contains(kind) { item.diagnostic("\(kind.rawValue) sends no request") }
      return kind
    }
    let scope = Scope(builtIn: ["behaviour"])
    // with one operation, its own conditions and success word are allowed
    let loader = ExpectationLoader(scope: scope, kind: operations.count == 1 ? operations[0] : .http)
    var invariant = Invariant(
      id: id, place: reader.place, title: title, covers: covers.compactMap { $0.scalar?.string },
      operations: operations,
      condition: fields["where"].map { loader.conditions($0, "where") } ?? [], expectations: loader.expectations(expect)
    )
    invariant.digest = NodeDigest.of(reader.node)
    return invariant
  }
}
