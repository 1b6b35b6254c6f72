// Reads one scenario file.

import ConformanceModel
import Cryptography
import JSONValue
import YAML

struct ScenarioLoader {
  /// Variables that every scenario can use.
  static let builtInNames = [
    "unique", "behaviour", "index", "now", "uuid", "connector", "token-url", "token-params", "granted-scope",
    "largest-token-body", "too-large-token-body",
    "inbound-url", "issuer",
    "metadata-url", "openid-metadata-url", "revocation-url", "introspection-url",
  ]

  /// The ids of all requirements; `nil` if they are not known.
  let requirements: Set<String>?
  /// The suite of the file.
  let suite: String
  /// The folder of the pack; `nil` if the file is in none.
  var root: String?

  /// The scenario, or `nil` after an error; errors are added to the file.
  func load(_ file: SourceFile) -> Scenario? {
    guard let root = file.parse() else { return nil }
    guard let fields = root.fields("a scenario", ScenarioKeywords.scenario, required: ["title", "covers", "steps"])
    else { return nil }
    let stem = Path.stem(of: file.path)
    let id = fields["id"].flatMap(identifier) ?? stem
    if fields["id"] == nil, !ScenarioLoader.isIdentifier(stem) {
      root.diagnostic("the file name is the scenario's id; use letters, digits, '-' and '_', or set 'id'")
    }
    var scenario = Scenario(
      id: id, suite: suite, place: Place(file: file.path, line: root.place.line, column: 1),
      title: title(fields["title"]))
    scenario.digest = NodeDigest.of(root.node, capacity: file.size)
    scenario.covers = texts(fields["covers"], "covers")
    scenario.tags = texts(fields["tags"], "tags")
    checkRequirements(fields["covers"])
    scenario.needs =
      fields["needs"].flatMap { $0.oneOrMore("needs") }?.compactMap { $0.word("capability", Capability.self) } ?? []
    scenario.exclusion = exclusion(fields)
    scenario.twins = texts(fields["twin"], "twin")
    scenario.when = fields["when"]?.behaviourConditions("when") ?? []
    let scope = Scope(builtIn: ScenarioLoader.builtInNames.filter { $0 != "index" })
    let uses = UsedFiles(root: self.root)
    scenario.cases = fields["cases"].map { CasesLoader(scope: scope, uses: uses).cases($0) } ?? .single
    let loader = StepLoader(scope: scope, uses: uses)
    if let given = fields["given"] { scenario.given = loader.setup.steps(given, "given") }
    if let steps = fields["steps"] {
      scenario.steps = loader.steps(steps, "steps")
      if steps.node.kind == .sequence, steps.isEmptyCollection {
        steps.diagnostic("steps is empty; expected a step with 'expect'")
      } else if steps.node.kind == .sequence, !expectsSomething(steps.node),
        !scenario.steps.flatMap(\.leaves).contains(where: \.isJudging)
      {
        steps.file.add(
          "no step has 'expect' or 'until', so the scenario could never fail",
          at: steps.keyPlace ?? steps.place, length: 5)
      }
    }
    // others would lose what the target keeps in memory
    if scenario.steps.flatMap(\.leaves).contains(where: { $0.operation.kind == .restartTarget })
      || scenario.given.flatMap(\.leaves).contains(where: { $0.operation.kind == .restartTarget })
    {
      scenario.exclusion = .all
    }
    if let finally = fields["finally"] { scenario.finally = loader.cleanup.steps(finally, "finally") }
    if !uses.digests.isEmpty {
      let parts = [scenario.digest] + uses.digests
      scenario.digest = Hex.digits(SHA256.hash(Array(parts.joined().utf8)))
    }
    return scenario
  }

  private func exclusion(_ fields: Fields) -> Exclusion? {
    let isSerial = fields["serial"].flatMap { $0.boolean("serial") } ?? false
    guard let resource = fields["resource"], let key = resource.text("resource") else { return isSerial ? .all : nil }
    if !ScenarioLoader.isIdentifier(key) {
      resource.diagnostic("a resource consists of letters, digits, '-' and '_', at most 80 characters")
    }
    if isSerial { resource.diagnostic("'serial' excludes all others already; remove one of the two") }
    return .resource(key)
  }

  private func title(_ reader: YAMLReader?) -> String {
    guard let reader, let title = reader.text("title") else { return "" }
    if title.allSatisfy(\.isWhitespace) { reader.diagnostic("the title is empty") }
    if title.utf8.count > 160, title.count > 160 {
      reader.diagnostic("the title has \(title.count) characters; the maximum is 160")
    }
    // most titles have no byte of which a line break can consist
    if title.utf8.contains(where: { $0 < 0x20 || $0 >= 0x80 }), title.contains(where: \.isNewline) {
      reader.diagnostic("the title must be one line")
    }
    return title
  }

  /// Whether a text consists of ASCII letters, digits, `-` and `_`.
  static func isIdentifier(_ text: String, maxLength: Int = 80) -> Bool {
    !text.isEmpty && text.utf8.count <= maxLength
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D || $0 == 0x5F
      }
  }

  /// Reports an error if a text cannot be a name.
  static func checkName(_ name: String, at reader: YAMLReader) -> Bool {
    guard isIdentifier(name, maxLength: 60) else {
      reader.diagnostic("a name consists of letters, digits, '-' and '_', at most 60 characters")
      return false
    }
    guard builtInNames.contains(name) else { return true }
    reader.diagnostic("the name '\(name)' is reserved; choose another")
    return false
  }

  private func identifier(_ reader: YAMLReader) -> String? {
    guard let text = reader.text("id") else { return nil }
    if !ScenarioLoader.isIdentifier(text) {
      reader.diagnostic("an id consists of letters, digits, '-' and '_', at most 80 characters")
    }
    return text
  }

  private func texts(_ reader: YAMLReader?, _ what: String) -> [String] {
    reader?.oneOrMore(what)?.compactMap { $0.text(what) } ?? []
  }

  private func checkRequirements(_ reader: YAMLReader?) {
    guard let reader, let items = reader.oneOrMore("covers") else { return }
    if items.isEmpty { reader.diagnostic("covers is empty; name the requirements that the scenario verifies") }
    guard let requirements else { return }
    for item in items {
      guard let id = item.scalar?.string, !requirements.contains(id) else { continue }
      let hint =
        requirements.isEmpty
        ? "; no requirements.yaml was found above the scenario" : Suggestion.text(for: id, among: requirements.sorted())
      item.diagnostic("unknown requirement '\(id.prefix(60))'\(hint)")
    }
  }

  /// Whether a step, at any depth, has an expectation.
  private func expectsSomething(_ node: Node) -> Bool {
    switch node.kind {
    case .sequence: node.items.contains(where: expectsSomething)
    case .mapping:
      node.members.contains { key, value in
        ["expect", "until"].contains(key.text)
          || (["steps", "concurrently"].contains(key.text) && expectsSomething(value))
      }
    case .scalar: false
    }
  }
}
