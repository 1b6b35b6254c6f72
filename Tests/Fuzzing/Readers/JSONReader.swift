// JSON: a parsed value is written and parsed again as the same value, Foundation parses it, and JSON Pointers find it.

import ConformanceModel
import Foundation
import JSONValue
import RunEvents

struct JSONReader: Reader {
  let workplace: Workplace
  let name = "json"
  let tokens = [
    "{", "}", "[", "]", ",", ":", "\"", "\\u0041", "\\ud83d\\ude00", "\\ud800", "\\n", "true", "false", "null", "1E5",
    "-", ".", "\"a\":1,",
  ]
  let structure = Structure.json

  init(_ workplace: Workplace) { self.workplace = workplace }

  func corpus() throws -> [[UInt8]] { try JSONReader.samples(workplace) }

  static func samples(_ workplace: Workplace) throws -> [[UInt8]] {
    let texts = [
      #"{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer","expires_in":86400}"#,
      #"[1,-0,1.50,1e3,true,false,null,"",{},[]]"#,
      #"{"a":{"b":[{"c":"\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t"}]},"a":2,"":3,"~/":4,"*":5}"#, "  \t\r\n{ } ",
      "\"\u{2028}\u{7F}\"", "0",
    ]
    return texts.map { Array($0.utf8) }
      + (try Workplace.files("Scenarios/schema", ".json").prefix(1).map(Workplace.read).map { Array($0.prefix(4000)) })
  }

  func check(_ input: [UInt8]) throws {
    let json: JSON
    do throws(JSONError) { json = try JSON(parsing: input) } catch {
      return try promise(
        (0...input.count).contains(error.offset) && !error.message.isEmpty, "the error is outside of the text: \(error)"
      )
    }
    let written = json.compactBytes
    try promise(JSONReader.read(written) == json, "written and parsed again, the value differs")
    try promise(JSONReader.read(written)?.compactBytes == written, "written twice, the text differs")
    try promise(
      JSONReader.read(Array(json.indented.utf8))?.compactBytes == written,
      "indented and parsed again, the value differs")
    try promise(!written.contains { $0 < 0x20 }, "the written text contains a control character")
    try promise(json.means(json), "the value does not equal itself")
    if isPortable(json) {
      let others = try? JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)
      try promise(others != nil, "Foundation rejects the text")
    }
    try checkPointers(json)
  }

  static func read(_ bytes: [UInt8]) -> JSON? { try? JSON(parsing: bytes) }

  /// Whether other parsers must accept it: they may refuse large numbers and deep nesting.
  private func isPortable(_ json: JSON, depth: Int = 0) -> Bool {
    switch json {
    case .number(let text):
      text.utf8.count < 18 && (Double(text) ?? .infinity).isFinite && !text.contains { "eE".contains($0) }
    case .array(let items): depth < 100 && items.allSatisfy { isPortable($0, depth: depth + 1) }
    case .object(let members): depth < 100 && members.allSatisfy { isPortable($0.value, depth: depth + 1) }
    default: true
    }
  }

  /// Writes and parses a pointer to each of the first values (RFC 6901).
  private func checkPointers(_ json: JSON) throws {
    var paths: [(tokens: [String], value: JSON)] = [([], json)]
    var index = 0
    while index < paths.count, paths.count < 60 {
      let (tokens, value) = paths[index]
      index += 1
      for (place, item) in (value.array ?? []).enumerated() { paths.append((tokens + [String(place)], item)) }
      for member in value.object ?? [] {
        guard let found = value[member.name] else { throw FuzzFinding("a member is not found by its name") }
        paths.append((tokens + [member.name], found))
      }
    }
    for (tokens, value) in paths {
      let written = JSONPointer(tokens: tokens).description
      guard let pointer = JSONPointer(written) else {
        throw FuzzFinding("the written pointer '\(written)' is not parsed")
      }
      try promise(
        pointer.tokens.map { Array($0.utf8) } == tokens.map { Array($0.utf8) },
        "the pointer '\(written)' is parsed as another one")
      try promise(pointer.values(in: json).contains(value), "the pointer '\(written)' finds another value")
    }
  }
}

/// JSON Pointers.
struct PointerReader: Reader {
  let name = "pointer"
  let tokens = ["/", "~0", "~1", "~", "*", "-", "0", "01"]
  let structure = Structure.none

  func corpus() -> [[UInt8]] { ["", "/clients/0/client_id", "/clients/*/id", "/a~1b/~0", "/"].map { Array($0.utf8) } }

  func check(_ input: [UInt8]) throws {
    let text = String(decoding: input, as: UTF8.self)
    guard let pointer = JSONPointer(text) else {
      return try promise(!text.isEmpty && text.utf8.first != UInt8(ascii: "/"), "a pointer is refused")
    }
    try promise(text.isEmpty || text.utf8.first == UInt8(ascii: "/"), "a pointer that does not start with '/'")
    try promise(
      pointer.tokens.count == text.utf8.count { $0 == UInt8(ascii: "/") },
      "the number of parts differs from the number of slashes")
    guard let again = JSONPointer(pointer.description) else { throw FuzzFinding("the written pointer is not parsed") }
    try promise(
      again.tokens.map { Array($0.utf8) } == pointer.tokens.map { Array($0.utf8) },
      "written and parsed again, the pointer differs")
    _ = pointer.values(in: [["a": 1], ["b": [2, 3]]])
  }
}
