// The JSON Schema of a line of the run log.

public import JSONValue

public enum RunLogSchema {
  /// The name of its file.
  public static let file = "run-log.schema.json"

  /// JSON Schema 2020-12; each line of `run.jsonl` is one instance.
  public static var schema: JSON {
    var definitions: [JSON.Member] = []
    for event in EventTypes.all {
      define(event.record, in: &definitions)
    }
    return [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "An event: one line of the run log of conform",
      "type": "object",
      "required": ["event"],
      "oneOf": .array(EventTypes.all.map(line)),
      "$defs": .object(definitions),
    ]
  }

  private static func line(_ event: EventDescription) -> JSON {
    object(
      event.record, description: event.meaning,
      first: [JSON.Member("event", ["description": "the event", "const": .string(event.name)])])
  }

  /// A record that others refer to, and those that it refers to.
  private static func define(_ record: RecordDescription, in definitions: inout [JSON.Member]) {
    for field in record.fields {
      guard let inner = field.shape.record, !definitions.contains(where: { $0.name == inner.name }) else { continue }
      definitions.append(JSON.Member(inner.name, object(inner)))
      define(inner, in: &definitions)
    }
  }

  private static func object(_ record: RecordDescription, description: String? = nil, first: [JSON.Member] = [])
    -> JSON
  {
    let required = first.map(\.name) + record.fields.filter(\.isRequired).map(\.name)
    let properties = record.fields.map { field in
      JSON.Member(
        field.name,
        .object([.init("description", .string(field.meaning))] + (field.shape.schema.object ?? [])))
    }
    return .object(
      (description.map { [JSON.Member("description", .string($0))] } ?? []) + [
        .init("type", "object"), .init("additionalProperties", false),
        .init("required", .array(required.map { .string($0) })), .init("properties", .object(first + properties)),
      ])
  }
}

extension LogShape {
  /// The record that it is, or a list of.
  var record: RecordDescription? {
    switch self {
    case .record(let record): record
    case .list(let item): item.record
    default: nil
    }
  }

  fileprivate var schema: JSON {
    switch self {
    case .text: ["type": "string"]
    case .boolean: ["type": "boolean"]
    case .integer(let range), .instant(let range):
      ["type": "integer", "minimum": .int(range.lowerBound), "maximum": .int(range.upperBound)]
    case .seconds: ["type": "number", "minimum": 0]
    case .words(let words): ["enum": .array(words.map { .string($0) })]
    case .list(let item): ["type": "array", "items": item.schema]
    case .record(let record): ["$ref": .string("#/$defs/\(record.name)")]
    }
  }
}
