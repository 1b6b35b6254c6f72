// The schema and the guide of the run log are made from the table of events.

import ConformanceModel
import Foundation
import JSONValue
import RunEvents
import Testing

@Suite("The schema and the guide of the run log")
struct RunLogSchemaTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let writesGolden = ProcessInfo.processInfo.environment["CONFORM_WRITE_GOLDEN"] != nil

  @Test("the shipped schema is what the table of events makes")
  func schema() throws {
    let path = RunLogSchemaTests.root.appendingPathComponent("Scenarios/schema/\(RunLogSchema.file)")
    let schema = RunLogSchema.schema.indented + "\n"
    if RunLogSchemaTests.writesGolden { try Data(schema.utf8).write(to: path) }
    #expect(String(decoding: try Data(contentsOf: path), as: UTF8.self) == schema)
  }

  @Test("the guide has the tables of all events and records, as the encoder writes them")
  func guide() throws {
    let path = RunLogSchemaTests.root.appendingPathComponent("Reports/README.md")
    let text = String(decoding: try Data(contentsOf: path), as: UTF8.self)
    let regenerated = try #require(GeneratedTables.regenerated(text, RunLogGuide.table))
    if RunLogSchemaTests.writesGolden { try Data(regenerated.utf8).write(to: path) }
    #expect(regenerated == text)
    for name in RunLogGuide.names { #expect(text.contains("\n<!-- table: \(name) -->\n"), "\(name)") }
    #expect(GeneratedTables.regenerated("<!-- table: nonsense -->\n<!-- end -->", RunLogGuide.table) == nil)
  }

  @Test("every member that an event is written with is in the schema, with its type", arguments: [false, true])
  func members(full: Bool) throws {
    let lines = RunLogSchema.schema["oneOf"]?.array ?? []
    var seen: Set<String> = []
    for event in EventTests.events("text", EventTests.Size.all[1], full: full) {
      var bytes: [UInt8] = []
      event.encode(to: &bytes)
      let json = try JSON(parsing: bytes)
      let schema = try #require(lines.first { $0["properties"]?["event"]?["const"] == json["event"] })
      seen.insert(json["event"]?.string ?? "")
      RunLogSchemaTests.check(json, schema)
    }
    #expect(seen.count == lines.count)
  }

  @Test("every reference in the schema leads to a record, and each record is used")
  func references() {
    let schema = RunLogSchema.schema
    let references = Set(RunLogSchemaTests.references(schema))
    let defined = Set(schema["$defs"]?.object?.map { "#/$defs/\($0.name)" } ?? [])
    #expect(references == defined)
  }

  private static func references(_ schema: JSON) -> [String] {
    (schema["$ref"]?.string.map { [$0] } ?? [])
      + (schema.object?.map(\.value) ?? schema.array ?? []).flatMap(references)
  }

  /// As a validator would: types, required members, no others, numbers within their limits, words of their list.
  private static func check(_ json: JSON, _ schema: JSON) {
    if let reference = schema["$ref"]?.string {
      let name = String(reference.dropFirst("#/$defs/".count))
      return check(json, RunLogSchema.schema["$defs"]?[name] ?? .null)
    }
    if let words = schema["enum"]?.array { return #expect(words.contains(json)) }
    if let word = schema["const"] { return #expect(json == word) }
    switch schema["type"]?.string {
    case "object":
      for name in schema["required"]?.array?.compactMap(\.string) ?? [] { #expect(json[name] != nil, "\(name)") }
      for member in json.object ?? [] {
        guard let inner = schema["properties"]?[member.name] else {
          Issue.record("'\(member.name)' is not in the schema")
          continue
        }
        #expect(inner["description"]?.string?.isEmpty == false)
        check(member.value, inner)
      }
    case "array": for item in json.array ?? [] { check(item, schema["items"] ?? .null) }
    case "integer":
      #expect((schema["minimum"]?.int ?? .max)...(schema["maximum"]?.int ?? .max) ~= json.int ?? .min)
    case "number": #expect(json.double ?? -1 >= 0)
    case "string": #expect(json.string != nil)
    case "boolean": #expect(json.bool != nil)
    case let other: Issue.record("no type: \(other ?? "none")")
    }
  }
}
