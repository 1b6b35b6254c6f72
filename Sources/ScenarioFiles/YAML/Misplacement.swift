// Names the place of a key that is written at the wrong one, mostly because it is not indented enough.

import ConformanceModel
import JSONValue

enum Misplacement {
  /// `; it is a key of 'token': indent it below that`, if a mapping before the key has a key of that name.
  ///
  /// - Parameters:
  ///   - name: An unknown key.
  ///   - line: Its line.
  ///   - former: The keys before it in its mapping, with their lines.
  ///   - keywords: The keys of its mapping.
  static func advice(
    on name: String, line: Int, after former: [(name: String, line: Int)], among keywords: [Keyword]
  ) -> String? {
    // a key that is not indented follows those of the mapping to which it belongs
    for parent in former.reversed() {
      guard let keyword = keywords.first(where: { $0.name == parent.name }), accepts(keyword, name) else { continue }
      return "; it is a key of '\(parent.name)': " + (parent.line < line ? "indent it below that" : "move it there")
    }
    return nil
  }

  /// `; it is a key of 'token'`, if that is the only key of the mapping whose value has a key of that name.
  static func owner(of name: String, among keywords: [Keyword]) -> String? {
    let owners = keywords.filter { accepts($0, name) }
    return owners.count == 1 ? "; it is a key of '\(owners[0].name)'" : nil
  }

  private static func accepts(_ keyword: Keyword, _ name: String) -> Bool {
    keys(of: keyword.schema).contains(name)
  }

  /// The keys of a mapping with this schema, or of the mappings that it contains by free names or in a list.
  private static func keys(of schema: JSON, depth: Int = 0) -> Set<String> {
    guard depth < 4 else { return [] }
    var keys = Set((schema["properties"]?.object ?? []).map(\.name))
    for inner in [schema["items"], schema["additionalProperties"]].compactMap(\.self) + (schema["oneOf"]?.array ?? []) {
      keys.formUnion(Misplacement.keys(of: inner, depth: depth + 1))
    }
    if let reference = schema["$ref"]?.string, let name = reference.split(separator: "/").last {
      keys.formUnion((definitions[String(name)] ?? []).map(\.name))
    }
    return keys
  }

  private static let definitions: [String: [Keyword]] = [
    "step": ScenarioKeywords.step, "expect": ScenarioKeywords.expect, "conditions": ScenarioKeywords.conditions,
    "payload": ScenarioKeywords.payload, "request": TargetKeywords.request,
    "list-request": TargetKeywords.listRequest, "locator": TargetKeywords.locator,
  ]
}
