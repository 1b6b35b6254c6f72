// Distinguishes a slip of the target file from a fault of the service: the value is in the response, but elsewhere.

import ConformanceModel
import HTTPModel
import JSONValue
import Redaction
import XML

/// A locator of the target file finds nothing in a successful response, which has what it looks for at another place.
/// What depends on it cannot be judged.
enum MislocatedValue {
  /// What a locator looks for.
  enum Part: String {
    case id, secret
    case token = "access-token"
    /// Of all clients, or of all payloads.
    case ids, payloads
  }

  /// - Parameters:
  ///   - key: Where the target file writes the locator: `clients.create: answer`.
  ///   - place: The place of the request in the target file.
  ///   - known: Texts that the response has for another reason: what was sent, and what was located.
  /// - Returns: `nil` if nothing in the response looks like the value: then the service does not send it.
  static func slip(
    _ part: Part, at locator: Locator, of key: String, in result: StepResult, known: Set<String>, place: Place?
  ) -> TargetFileSlip? {
    guard result.statusMeansSuccess, !result.exchange.response.isCut else { return nil }
    let found: [String]
    let isList = part == .ids || part == .payloads
    switch (locator, result.body) {
    case (.sent, _): return nil
    case (.json(let pointer), let body?):
      if isList {
        guard let elsewhere = MislocatedValue.lists(body, instead: pointer, part) else { return nil }
        found = elsewhere
      } else {
        found = MislocatedValue.candidates(body, part, known, at: pointer)
      }
    case (.json, nil):
      // a token endpoint has to respond with JSON; elsewhere the target file can name an XPath expression
      guard part != .token, result.isMarkup else { return nil }
      found = ["XML or HTML (use xpath or regex)"]
    case (_, let body?) where !isList: found = MislocatedValue.candidates(body, part, known, at: nil)
    case (_, nil) where !isList:
      found = DisclosedSecrets.words(in: result.exchange.response.body).contains { !known.contains($0) } ? ["text"] : []
    // no match of a regular expression or of XPath is an empty list
    default: return nil
    }
    guard !found.isEmpty else { return nil }
    let description =
      "nothing at \(locator) in this response, which has \(found.prefix(3).joined(separator: ", ")): "
      + "correct '\(part.rawValue)' in '\(key)' of the target file"
    return TargetFileSlip(description: description, place: place)
  }

  /// The lifetime of a token is not at the place that the target file writes.
  ///
  /// - Returns: `nil` if the response has no number that looks like a lifetime: it is only recommended (RFC 6749
  ///   section 5.1).
  static func lifetime(at locator: Locator, found: JSON?, in result: StepResult, place: Place?) -> TargetFileSlip? {
    guard let body = result.body, !result.exchange.response.isCut else { return nil }
    var pointer: [String]?
    if case .json(let written) = locator { pointer = written.tokens }
    let elsewhere = leaves(of: body).filter { leaf in
      guard leaf.tokens != pointer, Int(leaf.text) != nil, let name = leaf.tokens.last?.lowercased() else {
        return false
      }
      return ["expir", "lifetime", "ttl", "valid"].contains(where: name.contains)
    }
    guard !elsewhere.isEmpty else { return nil }
    let places = elsewhere.prefix(3).map { JSONPointer(tokens: $0.tokens).description }.joined(separator: ", ")
    return TargetFileSlip(
      description: "\(found == nil ? "nothing" : "no number") at \(locator) in this response, which has \(places): "
        + "correct 'expires-in' in 'token: answer' of the target file", place: place)
  }

  /// The members of a response that may be the value.
  private static func candidates(_ body: JSON, _ part: Part, _ known: Set<String>, at pointer: JSONPointer?) -> [String]
  {
    leaves(of: body).filter { leaf in
      guard leaf.tokens != pointer?.tokens, !known.contains(leaf.text), let name = leaf.tokens.last else {
        return false
      }
      switch part {
      case .secret, .token: return SecretName.suggestsSecret(name) && leaf.text.utf8.count >= 8 || leaf.isRandom
      case .id: return name.lowercased().hasSuffix("id") || name.lowercased().hasSuffix("key") || leaf.isRandom
      case .ids, .payloads: return false
      }
    }.map { JSONPointer(tokens: $0.tokens).description }
  }

  /// What a response has where a list is expected; `nil` if the list is there, if only empty.
  private static func lists(_ body: JSON, instead pointer: JSONPointer, _ part: Part) -> [String]? {
    let prefix = pointer.beforeItems
    guard let list = prefix.value(in: body) else { return members(of: body, at: []) }
    guard let items = list.array else { return members(of: list, at: prefix.tokens) }
    guard let first = items.first else { return nil }
    return members(of: first, at: prefix.tokens + ["*"])
  }

  /// What an item of a list is that cannot be one: an id is text or a number, and a payload is not null, nor is it the
  /// list of the payloads. `nil` if all can be.
  static func wrongItem(_ items: [JSON], _ part: Part, at locator: Locator) -> String? {
    guard case .json(let pointer) = locator else { return nil }
    let isList = pointer.tokens.contains("*")
    return items.lazy.compactMap { item -> String? in
      switch item {
      case .null: "an item that is null"
      case .array where !isList: "the list itself as its only item, so end it in /*"
      case .array, .object, .bool: part == .ids ? "an item that is neither text nor a number" : nil
      case .string, .number: nil
      }
    }.first
  }

  private static func members(of json: JSON, at tokens: [String]) -> [String] {
    switch json {
    case .object(let members): members.map { JSONPointer(tokens: tokens + [$0.name]).description }
    case .array: ["\(JSONPointer(tokens: tokens + ["*"]))"]
    default: []
    }
  }

  /// A text or number of a JSON body.
  struct Leaf {
    var tokens: [String]
    var text: String
    var isRandom: Bool { SecretText.looksRandom(text) }
  }

  private static let maxLeaves = 200

  static func leaves(of json: JSON) -> [Leaf] {
    var leaves: [Leaf] = []
    func add(_ json: JSON, _ tokens: [String]) {
      guard leaves.count < maxLeaves else { return }
      switch json {
      case .string(let text), .number(let text): leaves.append(Leaf(tokens: tokens, text: text))
      case .object(let members): for member in members { add(member.value, tokens + [member.name]) }
      case .array(let items): for (index, item) in items.enumerated() { add(item, tokens + ["\(index)"]) }
      case .bool, .null: break
      }
    }
    add(json, [])
    return leaves
  }
}

extension StepResult {
  /// Why an XPath expression finds nothing in the body, whatever it is; `nil` if the body is XML.
  fileprivate var unreadableXML: String? {
    if exchange.response.body.isEmpty { return "the response has no body" }
    do throws(XMLError) { _ = try XMLDocument(parsing: exchange.response.body) } catch {
      return "the response is not XML (\(error))"
    }
    return nil
  }

  /// Whether the locator finds text, never a number.
  fileprivate var isMarkup: Bool {
    exchange.response.body.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } == UInt8(ascii: "<")
  }
}

extension StepResult {
  /// The items of a list that the target file locates; `nil` if the response has no such list. Sets why.
  ///
  /// - Throws: `UnresolvedReference` if a regular expression takes too much work on the body.
  mutating func list(
    _ part: MislocatedValue.Part, at locator: Locator, of key: String, _ patterns: PatternCache, place: Place
  ) throws(UnresolvedReference) -> [JSON]? {
    let items = try values(at: locator, patterns)
    if !items.isEmpty {
      self.doubt = LocatedText.fragment(of: items, part, at: locator, key, self, place)
      guard let wrong = MislocatedValue.wrongItem(items, part, at: locator) else { return items }
      setMissing("the list at \(locator) has \(wrong)", part, key, place)
      return nil
    }
    self.mislocated = MislocatedValue.slip(part, at: locator, of: key, in: self, known: [], place: place)
    if case .xpath = locator, let reason = unreadableXML {
      setMissing(reason, part, key, place)
      return nil
    }
    guard case .json(let pointer) = locator else { return [] }
    guard let body else {
      setMissing(
        exchange.response.body.isEmpty ? "the response has no body" : "the response is not JSON", part, key, place)
      return nil
    }
    if pointer.beforeItems.value(in: body)?.array != nil { return [] }
    setMissing("the response has no list at \(locator)", part, key, place)
    return nil
  }
}

extension StepResult {
  /// No document says where a list is: only the target file can be wrong if a successful response does not have it.
  private mutating func setMissing(_ reason: String, _ part: MislocatedValue.Part, _ key: String, _ place: Place) {
    self.missingReason = reason
    guard self.mislocated == nil, statusMeansSuccess, !exchange.response.isCut else { return }
    self.mislocated = TargetFileSlip(
      description: "\(reason): correct '\(part.rawValue)' in '\(key)' of the target file", place: place)
  }
}

extension JSONPointer {
  /// The list whose items it selects: the part before the first `*`.
  fileprivate var beforeItems: JSONPointer {
    JSONPointer(tokens: Array(tokens.prefix(tokens.firstIndex(of: "*") ?? tokens.count)))
  }
}
