// Reads steps in the order in which they run, so that variables are known when they are used.

import ConformanceModel
import JSONValue
import YAML

struct StepLoader {
  let scope: Scope
  /// The uses of fragments in the scenario.
  let uses: UsedFiles
  /// Inside `concurrently` no step may wait: time advances only when no case has work to do.
  var insideConcurrently = false
  /// Steps of `finally` run when the case is over.
  var isCleanup = false
  /// The steps of `given` itself can be shared with other cases, not those inside others.
  var isSetup = false

  private var operations: StepActionLoader { StepActionLoader(scope: scope) }

  /// The loader of `given`.
  var setup: StepLoader {
    var loader = self
    loader.isSetup = true
    return loader
  }

  /// The loader of `finally`.
  var cleanup: StepLoader {
    var loader = self
    loader.isCleanup = true
    return loader
  }

  func steps(_ reader: YAMLReader, _ what: String) -> [Step] {
    (reader.list(what) ?? []).flatMap { step($0) }
  }

  /// One step, or the steps of the fragment that it uses.
  private func step(_ reader: YAMLReader) -> [Step] {
    guard let fields = reader.fields("a step", ScenarioKeywords.step) else { return [] }
    if let use = fields["use"] { return usedSteps(use, fields) }
    for name in ["with", "outputs", "once"] { fields[name]?.diagnostic("'\(name)' is only for a step with 'use'") }
    let kinds = StepActionKind.allCases.filter { fields.contains($0.rawValue) }
    guard kinds.count == 1, let kind = kinds.first, let arguments = fields[kind.rawValue] else {
      reader.diagnostic(
        kinds.isEmpty
          ? "missing operation; expected one of: \(StepActionKind.allCases.map(\.rawValue).joined(separator: ", ")), use"
          : "a step has one operation; this one has \(kinds.count): \(kinds.map(\.rawValue).joined(separator: ", "))")
      return []
    }
    // it is about what was saved before the step
    let when = fields["when"].map { $0.stepCondition(scope) }
    var step = step(kind, arguments, fields, reader)
    step?.when = when
    return step.map { [$0] } ?? []
  }

  private func step(_ kind: StepActionKind, _ arguments: YAMLReader, _ fields: Fields, _ reader: YAMLReader) -> Step? {
    switch kind {
    case .repeat, .concurrently: return loop(kind, arguments, fields, reader)
    case .restartTarget:
      for name in StepLoader.responseKeys + ["steps"] where fields[name] != nil {
        fields[name]?.diagnostic("'\(name)' is not allowed in restart-target, which has no response")
      }
      if isCleanup { arguments.diagnostic("a step of finally cannot restart the target: the case is over then") }
      if insideConcurrently {
        arguments.diagnostic("a step inside concurrently cannot restart the target: others have requests in progress")
      }
    case .wait:
      for name in StepLoader.responseKeys + ["steps"] where fields[name] != nil {
        fields[name]?.diagnostic("'\(name)' is not allowed in a wait")
      }
      if isCleanup { arguments.diagnostic("a step of finally cannot wait: the case is over then") }
      if insideConcurrently { arguments.diagnostic("a step inside concurrently cannot wait; wait before or after it") }
    default: fields["steps"]?.diagnostic("'steps' is only for repeat and concurrently")
    }
    if isCleanup {
      fields["only-if"]?.diagnostic("'only-if' is not allowed in finally, which is the end of the case")
    }
    guard let loaded = operations.load(kind, arguments) else { return nil }
    var step = Step(
      place: arguments.keyPlace ?? reader.place, operation: loaded.operation, savedAs: loaded.savedAs,
      manager: loaded.manager)
    // the expectations of a step can use what the step saves
    if let name = loaded.savedAs, let kind = loaded.savedKind { scope.save(name, as: kind) }
    step.savings = fields["save"].map { savings($0) } ?? []
    if let expect = fields["expect"] {
      step.expectations = ExpectationLoader(scope: scope, kind: kind).expectations(expect)
    } else if ![.wait, .restartTarget, .http].contains(kind) {
      step.expectations = [Expectation(.success(kind), place: step.place)]
    }
    step.isJudging = fields["expect"] != nil || fields["until"] != nil
    step.polling = polling(fields, kind)
    step.expectations += step.polling?.conditions ?? []
    step.condition =
      fields["only-if"].map { ExpectationLoader(scope: scope, kind: kind).conditions($0, "only-if") } ?? []
    return step
  }

  /// The keys that are about the response of a step.
  private static let responseKeys = ["expect", "only-if", "until", "within", "every", "save"]

  private func polling(_ fields: Fields, _ kind: StepActionKind) -> Polling? {
    guard let until = fields["until"] else {
      for name in ["within", "every"] { fields[name]?.diagnostic("'\(name)' is only for a step with 'until'") }
      return nil
    }
    var polling = Polling(ExpectationLoader(scope: scope, kind: kind).conditions(until, "until"))
    if let within = fields["within"].flatMap({ $0.timeLimit("within") }) { polling.within = within }
    if let every = fields["every"].flatMap({ $0.timeLimit("every") }) { polling.every = every }
    if polling.every.seconds > polling.within.seconds {
      (fields["every"] ?? fields["within"])?.diagnostic("'every' is longer than 'within': nothing would be tried again")
    }
    return polling
  }

  private func loop(
    _ kind: StepActionKind, _ arguments: YAMLReader, _ fields: Fields, _ reader: YAMLReader
  ) -> Step? {
    for name in StepLoader.responseKeys where fields[name] != nil && !(kind == .concurrently && name == "expect") {
      fields[name]?.diagnostic("'\(name)' is not allowed in \(kind.rawValue); move it into its steps")
    }
    let place = arguments.keyPlace ?? reader.place
    var inner = self
    inner.isSetup = false
    if kind == .concurrently {
      if insideConcurrently { arguments.diagnostic("concurrently cannot be nested") }
      inner.insideConcurrently = true
    }
    if kind == .concurrently, arguments.node.kind == .sequence {
      fields["steps"]?.diagnostic("'steps' is only for concurrently with a number; this one has its steps as its value")
      let branches = scope.branches(arguments.list("concurrently") ?? []) { reader in
        (reader, steps: inner.step(reader))
      }
      var saved: Set<String> = []
      for ((reader, _), names) in branches {
        for (name, kind) in names.sorted(by: { $0.key < $1.key }) {
          if !saved.insert(name).inserted {
            reader.diagnostic("another branch of concurrently saves '\(name)' too; use different names")
          }
          scope.save(name, as: kind)
        }
      }
      return Step(
        place: place, operation: .concurrently(branches.map(\.branch.steps).filter { !$0.isEmpty }),
        expectations: joint(fields))
    }
    guard let count = arguments.integer(kind.rawValue, in: kind == .repeat ? 1...10_000 : 2...256) else { return nil }
    guard let body = fields["steps"] else {
      reader.diagnostic("missing key 'steps' in \(kind.rawValue)")
      return nil
    }
    guard kind == .concurrently else {
      return Step(place: place, operation: .repeat(count, scope.withIndex { inner.steps(body, "steps") }))
    }
    let before = scope.names
    let copies = scope.branches([body]) { body in scope.withIndex { inner.steps(body, "steps") } }
    // each copy saves under a name with its number, so that later steps can use each
    let saved = copies.first?.saved ?? [:]
    for (name, kind) in saved.sorted(by: { $0.key < $1.key }) {
      if before[name] != nil {
        body.diagnostic("'\(name)' is saved before, and the copies save '\(name)-1', '\(name)-2', …; use another name")
      }
      for index in 1...count { scope.save("\(name)-\(index)", as: kind) }
    }
    let steps = copies.flatMap(\.branch)
    return Step(
      place: place, operation: .concurrently(Array(repeating: steps, count: count)),
      expectations: joint(fields, copied: saved))
  }

  /// What is expected of all branches of `concurrently` together.
  private func joint(_ fields: Fields, copied: [String: NameKind]? = nil) -> [Expectation] {
    fields["expect"].map {
      ExpectationLoader(scope: scope, kind: .concurrently, copied: copied).expectations($0)
    } ?? []
  }

  private func savings(_ reader: YAMLReader) -> [Saving] {
    (reader.members("save") ?? []).compactMap { name, key, value in
      guard let name = operations.newName(key), let source = source(value) else { return nil }
      scope.save(name, as: .value)
      return Saving(name: name, source: source, place: key.place)
    }
  }

  private func source(_ reader: YAMLReader) -> Saving.Source? {
    if reader.node.kind == .mapping {
      let keywords = [Keyword("header", "a header field", Shape.text), Keyword("json", "a JSON Pointer", Shape.text)]
      guard let fields = reader.fields("save", keywords) else { return nil }
      if fields.count == 1, let header = fields["header"] { return header.text("header").map { .header($0) } }
      if fields.count == 1, let json = fields["json"] { return pointer(json) }
      reader.diagnostic("expected one of: {header: NAME}, {json: POINTER}")
      return nil
    }
    guard let text = reader.text("save") else { return nil }
    switch text {
    case "status": return .status
    case "text": return .text
    default: return pointer(reader)
    }
  }

  private func pointer(_ reader: YAMLReader) -> Saving.Source? {
    reader.pointer("save").map { .json($0) }
  }
}

extension YAMLReader {
  /// A length of real time.
  func timeLimit(_ what: String) -> RequestTimeLimit? {
    guard let text = text(what) else { return nil }
    let limit = RequestTimeLimit(parsing: text)
    if limit == nil { diagnostic("expected \(RequestTimeLimit.expectation)") }
    return limit
  }

  /// A JSON Pointer (RFC 6901).
  func pointer(_ what: String) -> JSONPointer? {
    guard let text = text(what) else { return nil }
    if let pointer = JSONPointer(text) { return pointer }
    diagnostic("'\(text.prefix(60))' is not a JSON Pointer; it starts with '/' (RFC 6901)")
    return nil
  }
}
