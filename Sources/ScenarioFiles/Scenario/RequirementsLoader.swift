// Reads requirements.yaml.

import ConformanceModel
import JSONValue
import Yams

enum RequirementKeywords {
  static let file = [
    Keyword("pack", "the version of the pack", Shape.text),
    Keyword("areas", "the first letters of ids, and what the clauses are about that have them", Shape.mapping),
    Keyword("requirements", "the clauses", Shape.list(Shape.reference("requirement"))),
  ]
  static let requirement = [
    Keyword("id", "assigned once, never reused", ["type": "string", "pattern": "^[A-Z]{2,5}-[0-9]{2,3}$"]),
    Keyword("level", "how strongly it binds", Shape.words(Level.self)),
    Keyword("source", "document and section", Shape.text),
    Keyword("text", "the clause in one sentence of our own", Shape.text),
    Keyword("unobservable", "why it cannot be observed from outside", Shape.text),
    Keyword("uncovered", "why no scenario covers it, though it could be observed", Shape.text),
  ]
}

struct RequirementsLoader {
  struct Loaded {
    var version: String?
    var areas: [RequirementSuite] = []
    var requirements: [Requirement] = []
  }

  func load(_ file: SourceFile) -> Loaded {
    guard let root = file.parse(),
      let fields = root.fields("requirements.yaml", RequirementKeywords.file, required: ["requirements"])
    else { return Loaded() }
    var seen: Set<String> = []
    let requirements = (fields["requirements"]?.list("requirements") ?? []).compactMap { item -> Requirement? in
      guard
        let fields = item.fields(
          "a requirement", RequirementKeywords.requirement, required: ["id", "level", "source", "text"]),
        let id = fields["id"]?.text("id"), let level = fields["level"]?.word("level", Level.self),
        let source = fields["source"]?.text("source"), let text = fields["text"]?.text("text")
      else { return nil }
      if !seen.insert(id).inserted {
        fields["id"]?.diagnostic("the id '\(id)' is used twice; ids are for ever and for one clause")
      }
      return Requirement(
        id: id, level: level, source: source, text: text, unobservable: fields["unobservable"]?.text("unobservable"),
        uncovered: fields["uncovered"]?.text("uncovered"))
    }
    let areas = (fields["areas"]?.members("areas") ?? []).compactMap { name, _, value in
      value.text("what an area is about").map { RequirementSuite(prefix: name, title: $0) }
    }
    return Loaded(version: fields["pack"]?.text("pack"), areas: areas, requirements: requirements)
  }
}
