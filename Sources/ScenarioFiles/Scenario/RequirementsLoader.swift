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
    Keyword(
      "changes", "what changed in the requirements, by the version of the pack; the first is where the record starts",
      Shape.mapping),
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

enum ChangeKeywords {
  static let change = [
    Keyword("requirement", "its id", Shape.text),
    Keyword("change", "added, changed or removed", Shape.words(RequirementChange.Kind.self)),
    Keyword("text", "what changed, in one sentence", Shape.text),
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
    var changes: RequirementChanges?
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
    let version = fields["pack"]?.text("pack")
    return Loaded(
      version: version, suites: suites, requirements: requirements,
      changes: fields["changes"].flatMap { changes($0, version: version, ids: Set(requirements.map(\.id))) })
  }

  /// The record of changes: `{ "2.1.0": [{ requirement: EXP-17, change: added, text: … }] }`.
  private func changes(_ reader: YAMLReader, version: String?, ids: Set<String>) -> RequirementChanges? {
    var changes: RequirementChanges?
    var newest: PackVersion?
    for (name, _, value) in reader.members("changes") ?? [] {
      guard let version = PackVersion(name) else {
        value.diagnostic("'\(name)' is not a version such as \"2.1.0\"")
        continue
      }
      if let last = newest, version <= last { value.diagnostic("version \(name) must be after version \(last)") }
      newest = version
      if changes == nil { changes = RequirementChanges(start: version, list: []) }
      changes?.list += (value.list("the changes of a version") ?? []).compactMap { change($0, version, ids) }
    }
    if let newest, let version, newest != PackVersion(version) {
      reader.diagnostic("the record of changes ends with version \(newest); the pack has version \(version)")
    }
    return changes
  }

  private func change(_ item: YAMLReader, _ version: PackVersion, _ ids: Set<String>) -> RequirementChange? {
    guard
      let fields = item.fields(
        "a change", ChangeKeywords.change, required: ChangeKeywords.change.map(\.name)),
      let id = fields["requirement"]?.text("requirement"), let text = fields["text"]?.text("text"),
      let kind = fields["change"]?.word("change", RequirementChange.Kind.self)
    else { return nil }
    if kind == .removed, ids.contains(id) {
      fields["requirement"]?.diagnostic("'\(id)' is not removed: the file has it")
    }
    return RequirementChange(version: version, requirement: id, kind: kind, text: text)
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
