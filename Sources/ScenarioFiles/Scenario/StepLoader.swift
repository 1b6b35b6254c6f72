// Reads steps, in the order in which they are played, so that names are known when they are used.

import ConformanceModel
import JSONValue
import Yams

struct StepLoader {
  let scope: Scope
  /// Inside `concurrently` no step may wait: time moves only when every case rests.
  var insideConcurrently = false

  private var operations: StepActionLoader { StepActionLoader(scope: scope) }

  func steps(_ cursor: YAMLReader, _ what: String) -> [Step] {
    (cursor.list(what) ?? []).compactMap { step($0) }
  }

  private func step(_ cursor: YAMLReader) -> Step? {
    guard let fields = cursor.fields("a step", ScenarioKeywords.step) else { return nil }
    let kinds = StepActionKind.allCases.filter { fields[$0.rawValue] != nil }
    guard kinds.count == 1, let kind = kinds.first, let arguments = fields[kind.rawValue] else {
      cursor.diagnostic(
        kinds.isEmpty
          ? "a step needs an operation: \(StepActionKind.allCases.map(\.rawValue).joined(separator: ", "))"
          : "a step has one operation, this one has \(kinds.count): \(kinds.map(\.rawValue).joined(separator: ", "))")
      return nil
    }
    switch kind {
    case .repeat, .concurrently: return loop(kind, arguments, fields, cursor)
    case .wait:
      for name in ["expect", "only-if", "save", "steps"] where fields[name] != nil {
        fields[name]?.diagnostic("a wait has no '\(name)'")
      }
      if insideConcurrently { arguments.diagnostic("a step inside concurrently cannot wait; wait before or after it") }
    default: fields["steps"]?.diagnostic("'steps' is only for repeat and concurrently")
    }
    guard let loaded = operations.load(kind, arguments) else { return nil }
    var step = Step(
      place: arguments.keyPlace ?? cursor.place, operation: loaded.operation, savedAs: loaded.savedAs,
      manager: loaded.manager)
    // what the step saves can be used in its own expectations: the answer is there when they are judged
    if let name = loaded.savedAs, let kind = loaded.savedKind { scope.save(name, as: kind) }
    step.savings = fields["save"].map { savings($0) } ?? []
    if let expect = fields["expect"] {
      step.expectations = ExpectationLoader(scope: scope, kind: kind).expectations(expect)
    } else if kind != .wait, kind != .http {
      step.expectations = [Expectation(.success(kind), place: step.place)]
    }
    step.condition =
      fields["only-if"].map { ExpectationLoader(scope: scope, kind: kind).conditions($0, "only-if") } ?? []
    return step
  }

  private func loop(
    _ kind: StepActionKind, _ arguments: YAMLReader, _ fields: [String: YAMLReader], _ cursor: YAMLReader
  ) -> Step? {
    for name in ["expect", "only-if", "save"] where fields[name] != nil {
      fields[name]?.diagnostic("\(kind.rawValue) has no '\(name)'; its steps have")
    }
    let place = arguments.keyPlace ?? cursor.place
    var inner = self
    if kind == .concurrently {
      if insideConcurrently { arguments.diagnostic("concurrently cannot stand inside concurrently") }
      inner.insideConcurrently = true
    }
    if kind == .concurrently, case .sequence = arguments.node {
      fields["steps"]?.diagnostic("concurrently has its steps as its value, or a number and 'steps'")
      let branches = inner.steps(arguments, "concurrently").map { [$0] }
      return Step(place: place, operation: .concurrently(branches))
    }
    guard let count = arguments.integer(kind.rawValue, in: kind == .repeat ? 1...10_000 : 2...256) else { return nil }
    guard let body = fields["steps"] else {
      cursor.diagnostic("\(kind.rawValue) needs 'steps'")
      return nil
    }
    let before = scope.names
    scope.save("index", as: .value)
    let steps = inner.steps(body, "steps")
    scope.remove("index")
    if kind == .repeat { return Step(place: place, operation: .repeat(count, steps)) }
    // each copy saves under its own name, so that later steps can tell them apart
    for (name, kind) in scope.names where before[name] == nil {
      scope.remove(name)
      for index in 1...count { scope.save("\(name)-\(index)", as: kind) }
    }
    return Step(place: place, operation: .concurrently(Array(repeating: steps, count: count)))
  }

  private func savings(_ cursor: YAMLReader) -> [Saving] {
    (cursor.members("save") ?? []).compactMap { name, key, value in
      guard let name = operations.newName(key), let source = source(value) else { return nil }
      scope.save(name, as: .value)
      return Saving(name: name, source: source, place: key.place)
    }
  }

  private func source(_ cursor: YAMLReader) -> Saving.Source? {
    if case .mapping = cursor.node {
      let keywords = [Keyword("header", "a header field", Shape.text), Keyword("json", "a JSON Pointer", Shape.text)]
      guard let fields = cursor.fields("save", keywords) else { return nil }
      if fields.count == 1, let header = fields["header"] { return header.text("header").map { .header($0) } }
      if fields.count == 1, let json = fields["json"] { return pointer(json) }
      cursor.diagnostic("say one of: {header: NAME}, {json: POINTER}")
      return nil
    }
    guard let text = cursor.text("save") else { return nil }
    switch text {
    case "status": return .status
    case "text": return .text
    default: return pointer(cursor)
    }
  }

  private func pointer(_ cursor: YAMLReader) -> Saving.Source? {
    cursor.pointer("save").map { .json($0) }
  }
}

extension YAMLReader {
  /// A JSON Pointer (RFC 6901).
  func pointer(_ what: String) -> JSONPointer? {
    guard let text = text(what) else { return nil }
    if let pointer = JSONPointer(text) { return pointer }
    diagnostic("'\(text.prefix(60))' is not a JSON Pointer; it starts with '/' (RFC 6901)")
    return nil
  }
}
