// Reads the steps of a fragment in the place of the step that uses it.

import ConformanceModel
import JSONValue
import YAML

enum FragmentKeywords {
  static let file = [
    Keyword("title", "what the steps do, in one sentence", ["type": "string", "minLength": 1, "maxLength": 160]),
    Keyword(
      "parameters", "names of values that the use gives; each may have a default",
      [
        "type": "object",
        "additionalProperties": ["oneOf": [["type": "null"], Shape.closed(parameter)]],
      ]),
    Keyword("outputs", "the saved names that the steps after the use can refer to", Shape.oneOrMore(Shape.text)),
    Keyword("steps", "the steps", Shape.list(Shape.reference("step"), atLeast: 1)),
  ]

  static let parameter = [
    Keyword("default", "the value if the use gives none", Shape.any),
    Keyword("meaning", "what it is for", Shape.text),
  ]

  /// The keys of a step that uses a fragment.
  static let use = [
    Keyword(
      "use", "a fragment whose steps run here: a path from the folder of this file, or from that of the pack",
      Shape.text),
    Keyword("with", "the values of its parameters", Shape.mapping),
    Keyword("outputs", "other names for its outputs", Shape.mapping),
    Keyword(
      "once", "the steps run in the first case of the run, or of the suite, and the others take over what they saved",
      Shape.words(SharedUse.Extent.self)),
  ]
}

/// The head of a fragment file.
struct FragmentHead {
  /// The defaults of the parameters; `nil` if the use has to give a value.
  var parameters: [(name: String, value: YAMLReader?)] = []
  var outputs: [(name: String, reader: YAMLReader)] = []
  var steps: YAMLReader
  var root: Node

  /// The name of the folders that hold fragments.
  static let folder = "fragments"

  /// - Returns: `nil` after an error that prevents using it.
  init?(_ file: SourceFile) {
    guard let reader = file.parse(),
      let fields = reader.fields("a fragment", FragmentKeywords.file, required: ["steps"]), let steps = fields["steps"]
    else { return nil }
    self.steps = steps
    root = reader.node
    for (name, key, value) in fields["parameters"]?.members("parameters") ?? [] {
      guard ScenarioLoader.checkName(name, at: key) else { continue }
      guard !value.isNull else {
        parameters.append((name, nil))
        continue
      }
      var fallback = value.fields("a parameter", FragmentKeywords.parameter)?["default"]
      var refers = false
      fallback?.eachText { refers = refers || $0.contains("${") }
      if refers {
        fallback?.diagnostic("a default cannot refer to other values")
        // any text without a reference
        fallback = key
      }
      parameters.append((name, fallback))
    }
    for item in fields["outputs"].flatMap({ $0.oneOrMore("outputs") }) ?? [] {
      if let name = item.text("an output") { outputs.append((name, item)) }
    }
  }
}

extension StepLoader {
  /// The steps of the fragment that a step uses.
  func usedSteps(_ use: YAMLReader, _ fields: Fields) -> [Step] {
    let allowed = FragmentKeywords.use.map(\.name) + ["when"]
    for (name, value) in fields where !allowed.contains(name) {
      value.diagnostic("'\(name)' is not allowed in use; it belongs to the steps of the fragment")
    }
    let when = fields["when"].map { $0.stepCondition(scope) }
    guard let path = fragmentPath(use) else { return [] }
    let outer = use.file.fragment
    if path == use.file.path || outer?.chain.contains(path) == true {
      let names = ([path] + (outer?.chain ?? [use.file.path])).reversed().map { Path.name(of: $0) }
      use.diagnostic("a fragment cannot use itself: \(names.joined(separator: " uses "))")
      return []
    }
    guard !uses.isFull else {
      use.diagnostic("the scenario uses more than \(UsedFiles.maxUses) fragments; check for those that multiply")
      return []
    }
    let file = SourceFile(path: path)
    file.usedAt = Fragment.usedAt(use)
    defer { use.file.adopt(file) }
    guard let head = FragmentHead(file) else { return [] }
    let former = uses.digests.count
    uses.add(NodeDigest.of(head.root, capacity: file.size))
    let names = FragmentNames(prefix: uses.prefix(path, in: outer), outputs: outputs(of: head, use, fields["outputs"]))
    let fragment = Fragment(path: path, names: names, arguments: arguments(of: head, use, fields["with"]), use: use)
    file.fragment = fragment
    let saved = scope.saves
    var steps = steps(head.steps, "steps")
    for output in head.outputs where !scope.saved(fragment.names.name(output.name), since: saved) {
      output.reader.diagnostic("no step of the fragment saves '\(output.name.prefix(60))'")
    }
    for index in steps.indices { steps[index].use(at: fragment.usedAt.last, when) }
    if let once = fields["once"], let extent = extent(once, fields, steps) {
      // the values, too: another value is another setup
      let values = fragment.arguments.sorted { $0.key < $1.key }.map { "\($0.key)=\(NodeDigest.of($0.value.node))" }
      let shared = SharedUse(
        extent: extent, key: ([path] + uses.digests[former...] + values).joined(separator: " "), names: names)
      for index in steps.indices { steps[index].shared = shared }
    }
    return steps
  }

  /// The cases that share the steps of a use.
  private func extent(_ once: YAMLReader, _ fields: Fields, _ steps: [Step]) -> SharedUse.Extent? {
    if !isSetup || once.file.fragment != nil {
      once.diagnostic("'once' is only for a use in the 'given' of a scenario: what cases share is their setup")
    }
    if let when = fields["when"] { when.diagnostic("a use with 'once' cannot have 'when'; write it into the fragment") }
    if steps.flatMap(\.leaves).contains(where: { $0.operation.kind == .wait }) {
      once.diagnostic("a fragment that runs once cannot wait: the cases that share it would wait for each other")
    }
    var refers: YAMLReader?
    for (_, _, value) in fields["with"]?.members("with") ?? [] {
      value.eachText { if $0.contains("${") { refers = value } }
    }
    refers?.diagnostic("a use with 'once' cannot have values of its case, which others do not share")
    return once.word("extent", SharedUse.Extent.self)
  }

  /// The file that a step names: in the folder of the step's file, or in that of the pack.
  private func fragmentPath(_ use: YAMLReader) -> String? {
    guard let name = use.text("use") else { return nil }
    let isRelative = !name.hasPrefix("/") && !name.isEmpty
    let candidates = [use.file.neighbour(name)] + (uses.root.map { [Path.join($0, name)] } ?? [])
    let path = isRelative ? candidates.first { FileEntry($0) != nil } : nil
    guard let path else {
      use.diagnostic(
        isRelative
          ? "there is no fragment '\(name.prefix(200))', neither in the folder of this file nor in that of the pack"
          : "the path of a fragment is relative: fragments/NAME.yaml")
      return nil
    }
    guard PackFolder.isFragment(path) else {
      use.diagnostic("fragments are YAML files in a folder with the name '\(FragmentHead.folder)'")
      return nil
    }
    return path
  }

  private func arguments(of head: FragmentHead, _ use: YAMLReader, _ with: YAMLReader?) -> [String: YAMLReader] {
    var arguments: [String: YAMLReader] = [:]
    let names = head.parameters.map(\.name)
    for (name, key, value) in with?.members("with") ?? [] {
      if !names.contains(name) {
        key.diagnostic(
          "the fragment has no parameter '\(name.prefix(60))'"
            + (names.isEmpty ? "" : Suggestion.text(for: name, among: names)))
      }
      arguments[name] = value
    }
    for (name, fallback) in head.parameters where arguments[name] == nil {
      if fallback == nil { use.diagnostic("missing parameter '\(name)' of the fragment; write it into 'with'") }
      // the one message is enough
      arguments[name] = fallback ?? use
    }
    return arguments
  }

  private func outputs(of head: FragmentHead, _ use: YAMLReader, _ renamed: YAMLReader?) -> [String: String] {
    var outputs: [String: String] = [:]
    for (name, _) in head.outputs { outputs[name] = use.file.fragment?.names.name(name) ?? name }
    for (name, key, value) in renamed?.members("outputs") ?? [] {
      guard outputs[name] != nil else {
        let known = outputs.keys.sorted()
        key.diagnostic(
          "the fragment has no output '\(name.prefix(60))'"
            + (known.isEmpty ? "" : Suggestion.text(for: name, among: known)))
        continue
      }
      if let new = StepActionLoader(scope: scope).newName(value) { outputs[name] = new }
    }
    return outputs
  }
}

extension Step {
  /// Makes it a step of the scenario at a place.
  fileprivate mutating func use(at place: Place?, _ when: StepCondition?) {
    usedAt = place
    if let when {
      let own = self.when ?? StepCondition()
      self.when = own.and(when)
    }
    switch operation {
    case .repeat(let count, var steps):
      for index in steps.indices { steps[index].use(at: place, nil) }
      operation = .repeat(count, steps)
    case .concurrently(var branches):
      for branch in branches.indices {
        for index in branches[branch].indices { branches[branch][index].use(at: place, nil) }
      }
      operation = .concurrently(branches)
    default: break
    }
  }
}
