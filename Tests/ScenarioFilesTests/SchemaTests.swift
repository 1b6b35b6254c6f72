import ConformanceModel
import Foundation
import JSONValue
import Testing

@testable import ScenarioFiles

@Suite("The shipped schemas and pack")
struct SchemaTests {
  private static let pack = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Scenarios")

  @Test("a shipped schema is the generated one", arguments: Schemas.all.map(\.file))
  func drift(_ file: String) throws {
    let shipped = try Data(contentsOf: SchemaTests.pack.appendingPathComponent("schema/\(file)"))
    let schema = try #require(Schemas.all.first { $0.file == file }?.schema)
    #expect(String(decoding: shipped, as: UTF8.self) == schema.indented + "\n")
  }

  @Test("no other schema is shipped")
  func nothingElse() throws {
    let names = try FileManager.default.contentsOfDirectory(
      atPath: SchemaTests.pack.appendingPathComponent("schema").path)
    // the schema of the run log is made from the table of events
    #expect(names.sorted() == (Schemas.all.map(\.file) + ["run-log.schema.json"]).sorted())
  }

  private static let tables: [(file: String, keys: [Keyword])] = [
    (
      "scenario.schema.json",
      ScenarioKeywords.scenario + ScenarioKeywords.step + ScenarioKeywords.expect + ScenarioKeywords.payload
        + ScenarioKeywords.wait + StepActionKind.allCases.flatMap { ScenarioKeywords.keys($0) ?? [] }
    ),
    (
      "target.schema.json",
      TargetKeywords.target + TargetKeywords.token + TargetKeywords.tokenAnswer + TargetKeywords.connector
        + TargetKeywords.sample
        + TargetKeywords.request + TargetKeywords.clients + TargetKeywords.given + TargetKeywords.inbox
        + TargetKeywords.clock
        + TargetKeywords.behaviours
    ),
    ("requirements.schema.json", RequirementKeywords.file + RequirementKeywords.requirement),
  ]

  @Test("every key of the loaders is in the schema, with its description", arguments: SchemaTests.tables.map(\.file))
  func everyKey(_ file: String) throws {
    let schema = try #require(Schemas.all.first { $0.file == file }?.schema)
    var described: Set<String> = []
    SchemaTests.collect(schema, into: &described)
    for keyword in SchemaTests.tables.first(where: { $0.file == file })?.keys ?? [] {
      #expect(described.contains("\(keyword.name): \(keyword.meaning)"))
    }
  }

  @Test("every reference in a schema has a definition", arguments: Schemas.all.map(\.file))
  func references(_ file: String) throws {
    let schema = try #require(Schemas.all.first { $0.file == file }?.schema)
    for name in SchemaTests.references(schema) {
      #expect(schema["$defs"]?[String(name.dropFirst("#/$defs/".count))] != nil, "\(name)")
    }
  }

  @Test("the shipped pack and targets load without errors")
  func pack() throws {
    let library = try Library.load([SchemaTests.pack.path])
    #expect(library.scenarios.count > 100)
    #expect(Set(library.requirements.map(\.id)).count == library.requirements.count)
    _ = try Target.load(SchemaTests.pack.appendingPathComponent("targets/reference.yaml").path)
  }

  private static func collect(_ schema: JSON, into described: inout Set<String>) {
    for member in schema["properties"]?.object ?? [] {
      described.insert("\(member.name): \(member.value["description"]?.string ?? "")")
    }
    for value in schema.object?.map(\.value) ?? schema.array ?? [] { collect(value, into: &described) }
  }

  private static func references(_ schema: JSON) -> [String] {
    (schema["$ref"]?.string.map { [$0] } ?? [])
      + (schema.object?.map(\.value) ?? schema.array ?? []).flatMap(references)
  }
}
