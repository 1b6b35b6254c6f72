// The facts of the responses to one step that can be compared with those of another run.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents

/// The facts of a step from all of its exchanges: a step inside `concurrently` has several responses in any order.
struct ResponseFacts {
  let line: Int
  let sentence: String
  /// What exists, with its type: `header cache-control`, `body /error` → `string`. Array items have the name `*`.
  private(set) var shapes: [String: Set<String>] = [:]
  /// The values that can be compared. Strings are in quotes.
  private(set) var values: [String: Set<String>] = [:]
  /// Arrays without items: the shape of their items is unknown.
  private(set) var emptyArrays: Set<String> = []

  private static let maxShapes = 500
  private static let maxDepth = 20
  private static let maxHeaders = 100
  private static let maxName = 80
  private static let maxValues = 8
  private static let maxText = 300
  /// Header fields that describe the connection, not the response.
  private static let framing: Set<String> = [
    "connection", "keep-alive", "transfer-encoding", "content-length", "date", "alt-svc", "via",
  ]

  /// The facts of the steps of a case, in the order of the scenario: concurrent steps end in any order.
  ///
  /// - Parameter sent: Random words that conform sent.
  static func list(_ steps: [StepRecord], sent: Set<String>) -> [ResponseFacts] {
    var list: [ResponseFacts] = []
    var indices: [Int: Int] = [:]
    for step in steps {
      guard let exchange = step.exchange, !exchange.isRetried, exchange.failure == nil else { continue }
      let index = indices[step.line] ?? list.count
      if index == list.count {
        indices[step.line] = index
        list.append(ResponseFacts(line: step.line, sentence: step.sentence))
      }
      list[index].take(exchange, sent)
    }
    return list.sorted { $0.line < $1.line }
  }

  private init(line: Int, sentence: String) {
    self.line = line
    self.sentence = sentence
  }

  private mutating func take(_ exchange: ExchangeRecord, _ sent: Set<String>) {
    values["status", default: []].insert("\(exchange.status)")
    var fields: [String: [String]] = [:]
    for field in exchange.responseHeaders.prefix(ResponseFacts.maxHeaders) {
      fields[field.name.lowercased(), default: []].append(field.value)
    }
    for (name, texts) in fields where !ResponseFacts.framing.contains(name) {
      let facet = "header \(SafeText.start(of: name, longest: ResponseFacts.maxName))"
      shape(facet, "present")
      let text = Stability.text(texts.joined(separator: ", "), sent: sent, keepsNumbers: true)
      if !Stability.isVolatile(name: name) { value(facet, text) }
    }
    take(exchange.responseBody, sent)
  }

  private mutating func take(_ body: BodyRecord, _ sent: Set<String>) {
    guard body.size > 0 else { return shape("body", "empty") }
    guard !body.isBase64 else { return shape("body", "binary") }
    // a part of a body cannot be compared
    guard body.omitted == 0, !body.isCut else { return }
    if let json = try? JSON(parsing: body.text) { return take(json, "body ", name: "", sent, depth: 0) }
    shape("body", "text")
    if body.text.utf8.count <= ResponseFacts.maxText {
      value("body", JSON.string(Stability.text(body.text, sent: sent)).compact)
    }
  }

  private mutating func take(_ json: JSON, _ path: String, name: String, _ sent: Set<String>, depth: Int) {
    guard shapes.count < ResponseFacts.maxShapes, depth < ResponseFacts.maxDepth else { return }
    let facet = path == "body " ? "body" : path
    shape(facet, json.typeName)
    switch json {
    case .object(let members):
      for member in members.prefix(ResponseFacts.maxShapes) {
        let name =
          Stability.isGenerated(name: member.name) || sent.contains(member.name)
          ? "*" : SafeText.start(of: member.name, longest: ResponseFacts.maxName)
        take(member.value, path + JSONPointer(tokens: [name]).description, name: name, sent, depth: depth + 1)
      }
    case .array(let items):
      if items.isEmpty { emptyArrays.insert(facet) }
      for item in items.prefix(ResponseFacts.maxShapes) { take(item, "\(path)/*", name: name, sent, depth: depth + 1) }
    case .string(let text):
      if !Stability.isVolatile(name: name) { value(facet, JSON.string(Stability.text(text, sent: sent)).compact) }
    case .number(let text):
      if !Stability.isVolatile(name: name), !Stability.isMoment(text) {
        value(facet, SafeText.start(of: text, longest: 40))
      }
    case .bool, .null: value(facet, json.compact)
    }
  }

  private mutating func shape(_ facet: String, _ kind: String) { shapes[facet, default: []].insert(kind) }

  private mutating func value(_ facet: String, _ value: String) {
    if values[facet]?.count ?? 0 < ResponseFacts.maxValues { values[facet, default: []].insert(value) }
  }
}

extension ResponseFacts {
  struct Difference: Hashable {
    var facet: String
    var before: String
    var now: String
    /// A value differs, not the existence or type of a part.
    var isValue: Bool
  }

  /// What differs in the new run.
  func differences(_ now: ResponseFacts) -> [Difference] {
    var differences: [Difference] = []
    // all other differences follow from a different status
    if let one = values["status"], let other = now.values["status"], ResponseFacts.differ(one, other) {
      return [
        Difference(facet: "status", before: ResponseFacts.words(one), now: ResponseFacts.words(other), isValue: true)
      ]
    }
    var covered: [String] = []
    for facet in Set(shapes.keys).union(now.shapes.keys).sorted()
    where ResponseFacts.differ(shapes[facet], now.shapes[facet]) {
      // the parts of a part that is missing or has another type are covered by it
      if covered.contains(where: { facet.hasPrefix($0) }) { continue }
      covered.append(facet == "body" ? "body " : facet + "/")
      if shapes[facet] == nil, isBelowEmpty(facet) { continue }
      if now.shapes[facet] == nil, now.isBelowEmpty(facet) { continue }
      differences.append(
        Difference(facet: facet, before: shapeWords(facet), now: now.shapeWords(facet), isValue: false))
    }
    for (facet, one) in values {
      guard let other = now.values[facet], ResponseFacts.differ(one, other),
        !ResponseFacts.differ(shapes[facet], now.shapes[facet])
      else { continue }
      guard ResponseFacts.areFew(facet, one, other),
        Stability.isComparable(one.subtracting(other), other.subtracting(one))
      else { continue }
      differences.append(
        Difference(facet: facet, before: ResponseFacts.words(one), now: ResponseFacts.words(other), isValue: true))
    }
    return differences
  }

  /// If a step has several responses, a subset of the values is not a change.
  private static func differ(_ one: Set<String>?, _ other: Set<String>?) -> Bool {
    guard let one, let other else { return one != other }
    return !one.isSubset(of: other) && !other.isSubset(of: one)
  }

  /// Lists may contain what other cases left, and many different values are not a property of the step.
  private static func areFew(_ facet: String, _ one: Set<String>, _ other: Set<String>) -> Bool {
    facet.contains("/*") ? one.count == 1 && other.count == 1 : one.count < maxValues && other.count < maxValues
  }

  private func isBelowEmpty(_ facet: String) -> Bool {
    emptyArrays.contains { facet.hasPrefix($0 == "body" ? "body /" : $0 + "/") }
  }

  /// For a header field the value, which says more than `present`.
  private func shapeWords(_ facet: String) -> String {
    ResponseFacts.words(
      facet.hasPrefix("header ") && shapes[facet] != nil ? values[facet] ?? shapes[facet] : shapes[facet])
  }

  private static func words(_ values: Set<String>?) -> String {
    values.map { $0.sorted().joined(separator: " or ") } ?? "absent"
  }
}
