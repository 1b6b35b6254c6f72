// Reads requirements.yaml.

import ConformanceModel
import JSONValue

enum RequirementKeywords {
  static let levels = Profile.allCases.map {
    Keyword($0.rawValue, "the level under the profile \($0.rawValue)", Shape.words(Level.self))
  }
  static let file = [
    Keyword("pack", "the version of the pack", Shape.text),
    Keyword("areas", "prefixes of ids, each with the title of its requirements", Shape.mapping),
    Keyword("requirements", "the requirements", Shape.list(Shape.reference("requirement"))),
  ]
  static let requirement = [
    Keyword("id", "assigned once, never reused", ["type": "string", "pattern": "^[A-Z]{2,5}-[0-9]{2,3}$"]),
    Keyword("level", "must, should or may (RFC 2119)", Shape.words(Level.self)),
    Keyword(
      "levels", "other levels under a profile, such as { patchworks: must }", Shape.closed(levels, atLeastOne: true)),
    Keyword("source", "document and section", Shape.text),
    Keyword("text", "the requirement in one sentence", Shape.text),
    Keyword("unobservable", "why it cannot be observed from outside", Shape.text),
    Keyword("uncovered", "why no scenario covers it, although it is observable", Shape.text),
  ]
}

struct RequirementsLoader {
  /// A requirement of a pack that was read before.
  struct Owner {
    var file: String
    var requirement: Requirement
  }

  /// By their ids. The same requirement can be in several packs.
  var owners: [String: Owner] = [:]

  struct Loaded {
    var version: String?
    var suites: [RequirementSuite] = []
    var requirements: [Requirement] = []
  }

  func load(_ file: SourceFile) -> Loaded {
    guard let root = file.parse(),
      let fields = root.fields("requirements.yaml", RequirementKeywords.file, required: ["requirements"])
    else { return Loaded() }
    let suites = (fields["areas"]?.members("areas") ?? []).compactMap { name, _, value in
      value.text("the title of an area").map { RequirementSuite(prefix: name, title: $0) }
    }
    var seen: Set<String> = []
    let requirements = (fields["requirements"]?.list("requirements") ?? []).compactMap { item -> Requirement? in
      guard
        let fields = item.fields(
          "a requirement", RequirementKeywords.requirement, required: ["id", "level", "source", "text"]),
        let id = fields["id"]?.text("id"), let level = fields["level"]?.word("level", Level.self),
        let source = fields["source"]?.text("source"), let text = fields["text"]?.text("text")
      else { return nil }
      if !seen.insert(id).inserted {
        fields["id"]?.diagnostic("duplicate id '\(id)'; each requirement has its own")
      }
      let requirement = Requirement(
        id: id, level: level, levels: levels(fields["levels"]), source: source, text: text,
        unobservable: fields["unobservable"]?.text("unobservable"), uncovered: fields["uncovered"]?.text("uncovered"),
        suite: suites.first { id.hasPrefix("\($0.prefix)-") }?.title)
      if let owner = owners[id], !owner.requirement.isSame(as: requirement) {
        fields["id"]?.diagnostic("duplicate id '\(id)'; \(owner.file) has another requirement with it")
      }
      return requirement
    }
    return Loaded(version: fields["pack"]?.text("pack"), suites: suites, requirements: requirements)
  }

  private func levels(_ reader: YAMLReader?) -> [Profile: Level] {
    guard let reader, let members = reader.members("levels") else { return [:] }
    if members.isEmpty { reader.diagnostic("levels is empty; expected a profile with its level") }
    guard let fields = reader.fields("levels", RequirementKeywords.levels) else { return [:] }
    return Profile.allCases.reduce(into: [:]) { levels, profile in
      levels[profile] = fields[profile.rawValue]?.word("level", Level.self)
    }
  }
}

extension Requirement {
  /// Whether they are equal, although the packs can give their suites different titles.
  fileprivate func isSame(as other: Requirement) -> Bool {
    var renamed = other
    renamed.suite = suite
    return self == renamed
  }
}
