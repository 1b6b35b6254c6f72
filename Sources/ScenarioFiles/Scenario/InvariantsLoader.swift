// Reads invariants.yaml.

import ConformanceModel
import JSONValue
import Yams

enum InvariantKeywords {
  static let file = [
    Keyword("invariants", "what must hold of every exchange", Shape.list(Shape.reference("invariant"), atLeast: 1))
  ]
  static let invariant = [
    Keyword("id", "assigned once, never reused, and no scenario's", Shape.reference("name")),
    Keyword("title", "what holds, in one sentence", ["type": "string", "minLength": 1, "maxLength": 160]),
    Keyword("covers", "ids of the requirements that it verifies", Shape.oneOrMore(Shape.text)),
    Keyword(
      "of", "the operations whose exchanges it is about; all where nothing is said",
      Shape.oneOrMore(Shape.words(StepActionKind.sending.map(\.rawValue)))),
    Keyword("where", "it is about those exchanges for which these conditions hold", Shape.reference("conditions")),
    Keyword("expect", "what must hold of them", Shape.reference("expect")),
  ]
}

struct InvariantsLoader {
  /// Ids of the requirements that there are; `nil` where these are not known.
  let requirements: Set<String>?

  func load(_ file: SourceFile) -> [Invariant] {
    guard let root = file.parse(),
      let fields = root.fields("invariants.yaml", InvariantKeywords.file, required: ["invariants"])
    else { return [] }
    return (fields["invariants"]?.list("invariants") ?? []).compactMap(invariant)
  }

  private func invariant(_ cursor: YAMLReader) -> Invariant? {
    guard
      let fields = cursor.fields(
        "an invariant", InvariantKeywords.invariant, required: ["id", "title", "covers", "expect"]),
      let id = fields["id"]?.text("id"), let title = fields["title"]?.text("title"), let expect = fields["expect"]
    else { return nil }
    if !ScenarioLoader.isIdentifier(id) {
      fields["id"]?.diagnostic("an id is letters, digits, '-' and '_', at most 80")
    }
    let covers = fields["covers"]?.oneOrMore("covers") ?? []
    for item in covers {
      guard let name = item.text("covers"), let requirements, !requirements.contains(name) else { continue }
      item.diagnostic(
        "there is no requirement '\(name.prefix(60))'\(Suggestion.text(for: name, among: requirements.sorted()))")
    }
    let operations = (fields["of"].flatMap { $0.oneOrMore("of") } ?? []).compactMap { item -> StepActionKind? in
      guard let kind = item.word("operation", StepActionKind.self) else { return nil }
      if !StepActionKind.sending.contains(kind) { item.diagnostic("\(kind.rawValue) sends nothing") }
      return kind
    }
    let scope = Scope(builtIn: ["behaviour"])
    // words that only one operation has are known where it is about that one alone
    let loader = ExpectationLoader(scope: scope, kind: operations.count == 1 ? operations[0] : .http)
    return Invariant(
      id: id, place: cursor.place, title: title, covers: covers.compactMap { $0.scalar?.string },
      operations: operations,
      condition: fields["where"].map { loader.conditions($0, "where") } ?? [], expectations: loader.expectations(expect)
    )
  }
}
