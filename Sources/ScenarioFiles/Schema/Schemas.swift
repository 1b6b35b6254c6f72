// Generates JSON Schemas for editors from the keywords of the loaders.

import ConformanceModel
public import JSONValue

public enum Schemas {
  /// All schemas, with their file names.
  public static var all: [(file: String, schema: JSON)] {
    [
      ("scenario.schema.json", scenario), ("fragment.schema.json", fragment), ("target.schema.json", target),
      ("expected.schema.json", expected),
      ("requirements.schema.json", requirements), ("invariants.schema.json", invariants),
    ]
  }

  /// The schema of scenario files.
  public static var scenario: JSON {
    document(
      "A conformance scenario", Shape.closed(ScenarioKeywords.scenario, required: ["title", "covers", "steps"]),
      definitions: scenarioDefinitions)
  }

  /// The schema of fragments.
  public static var fragment: JSON {
    document(
      "Steps that scenarios share", Shape.closed(FragmentKeywords.file, required: ["steps"]),
      definitions: scenarioDefinitions.map { ($0.0, acceptingParameters($0.1)) })
  }

  /// The same schema, in which the value of each key can also be a reference to a parameter.
  private static func acceptingParameters(_ schema: JSON) -> JSON {
    switch schema {
    case .array(let items): return .array(items.map(acceptingParameters))
    case .object(let members):
      return .object(
        members.map { member in
          guard member.name == "properties", let properties = member.value.object else {
            return .init(member.name, acceptingParameters(member.value))
          }
          return .init(
            member.name,
            .object(
              properties.map { property in
                let parts = acceptingParameters(property.value).object ?? []
                let others = parts.filter { $0.name != "description" }
                // any value is allowed already
                if others.isEmpty { return property }
                return .init(
                  property.name,
                  .object(
                    parts.filter { $0.name == "description" } + [
                      .init("anyOf", [.object(others), ["type": "string", "pattern": #"^\$\{[^}]+\}$"#]])
                    ]))
              }))
        })
    default: return schema
    }
  }

  private static var scenarioDefinitions: [(String, JSON)] {
    [
      ("name", ["type": "string", "pattern": "^[A-Za-z0-9_-]{1,80}$"]),
      ("step", step),
      ("payload", ["oneOf": [Shape.scalar, exactlyOne(ScenarioKeywords.payload)]]),
      (
        "expect",
        [
          "oneOf": [
            Shape.words(StepActionKind.allCases.map(\.success)),
            Shape.closed(ScenarioKeywords.expect, atLeastOne: true),
          ]
        ]
      ),
      ("conditions", Shape.closed(ScenarioKeywords.conditions, atLeastOne: true)),
      ("when", Shape.closed(TargetKeywords.behaviours)),
      ("step-condition", Shape.closed(ScenarioKeywords.stepCondition + TargetKeywords.behaviours, atLeastOne: true)),
      ("cases", cases),
    ]
  }

  /// The schema of target files.
  public static var target: JSON {
    let whole = Shape.closed(TargetKeywords.target, required: ["target", "base-url", "token", "connectors"])
    let definitions: [(String, JSON)] = [
      ("request", Shape.closed(TargetKeywords.request, required: ["request"])),
      ("list-request", Shape.closed(TargetKeywords.listRequest, required: ["request"])),
      ("locator", ["oneOf": [Shape.text, exactlyOne(TargetKeywords.locator)]]),
    ]
    return document(
      "A target of conformance runs",
      [
        "if": ["anyOf": [["required": ["include"]], ["not": ["required": ["target"]]]]], "then": partial(whole),
        "else": whole,
      ], definitions: definitions + definitions.map { ("\(partialPrefix)\($0.0)", partial($0.1)) })
  }

  private static let partialPrefix = "partial-"

  /// The same schema for a file whose other parts are in files that it includes, or that include it.
  private static func partial(_ schema: JSON) -> JSON {
    switch schema {
    case .array(let items): return .array(items.map(partial))
    case .object(let members):
      return .object(
        members.compactMap { member in
          switch member.name {
          case "required", "minProperties": nil
          case "$ref":
            .init("$ref", .string((member.value.string ?? "").replacing("/$defs/", with: "/$defs/\(partialPrefix)")))
          case "properties":
            .init("properties", .object((member.value.object ?? []).map { .init($0.name, removable($0.value)) }))
          case "additionalProperties" where member.value.object != nil: .init(member.name, removable(member.value))
          default: .init(member.name, partial(member.value))
          }
        })
    default: return schema
    }
  }

  /// The partial schema of a key, which null removes.
  private static func removable(_ schema: JSON) -> JSON {
    let parts = partial(schema).object ?? []
    let others = parts.filter { $0.name != "description" }
    if others.isEmpty { return .object(parts) }
    return .object(
      parts.filter { $0.name == "description" } + [.init("anyOf", [.object(others), ["type": "null"]])])
  }

  /// The schema of files of expected deviations.
  public static var expected: JSON {
    document(
      "The expected deviations of a target", Shape.closed(TargetKeywords.deviations, required: ["expected"]),
      definitions: [])
  }

  /// The schema of requirements.yaml.
  public static var requirements: JSON {
    document(
      "The requirements of a pack", Shape.closed(RequirementKeywords.file, required: ["requirements"]),
      definitions: [
        ("requirement", Shape.closed(RequirementKeywords.requirement, required: ["id", "level", "source", "text"]))
      ])
  }

  /// The schema of invariants.yaml.
  public static var invariants: JSON {
    document(
      "Conditions that every exchange must meet", Shape.closed(InvariantKeywords.file, required: ["invariants"]),
      definitions: [
        ("invariant", Shape.closed(InvariantKeywords.invariant, required: ["id", "title", "covers", "expect"])),
        ("name", ["type": "string", "pattern": "^[A-Za-z0-9_-]{1,80}$"]),
        (
          "expect",
          [
            "oneOf": [
              Shape.words(StepActionKind.allCases.map(\.success)),
              Shape.closed(ScenarioKeywords.expect, atLeastOne: true),
            ]
          ]
        ),
        ("conditions", Shape.closed(ScenarioKeywords.conditions, atLeastOne: true)),
      ])
  }

  private static func document(_ title: String, _ root: JSON, definitions: [(String, JSON)]) -> JSON {
    let head: [JSON.Member] = [
      .init("$schema", "https://json-schema.org/draft/2020-12/schema"), .init("title", .string(title)),
    ]
    return .object(head + (root.object ?? []) + [.init("$defs", .object(definitions.map { .init($0.0, $0.1) }))])
  }

  /// A step: exactly one operation, with its other keys.
  private static var step: JSON {
    let operations = (StepActionKind.allCases.map(\.rawValue) + ["use"]).map {
      JSON.object([.init("required", .array([.string($0)]))])
    }
    return .object((Shape.closed(ScenarioKeywords.step).object ?? []) + [.init("oneOf", .array(operations))])
  }

  private static func exactlyOne(_ keywords: [Keyword]) -> JSON {
    .object((Shape.closed(keywords).object ?? []) + [.init("minProperties", 1), .init("maxProperties", 1)])
  }

  private static var cases: JSON {
    let range: JSON = [
      "type": "object", "additionalProperties": false, "required": ["from", "to"],
      "properties": ["from": ["type": "integer"], "to": ["type": "integer"]],
    ]
    let column: JSON = ["oneOf": [["type": "array", "minItems": 1], range]]
    return [
      "oneOf": [
        ["type": "array", "minItems": 1, "items": ["type": "object"]],
        ["type": "object", "minProperties": 1, "additionalProperties": column],
        ["type": "object", "additionalProperties": false, "required": ["file"], "properties": ["file": Shape.text]],
        Shape.closed(ScenarioKeywords.samples, required: ["samples"]),
      ]
    ]
  }
}
