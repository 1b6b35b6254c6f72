// Reads values that contain references.

import ConformanceModel
import JSONValue
import Yams

extension YAMLReader {
  /// A typed value whose strings may contain `${…}`. Each reference is checked against the scope, if there is one.
  func template(_ scope: Scope?, depth: Int = 0) -> Template {
    guard file.visit() else { return .literal(.null) }
    guard depth < 100 else {
      diagnostic("more than 100 levels of nesting")
      return .literal(.null)
    }
    switch node {
    case .scalar:
      guard case .string(let text) = scalar else { return .literal(scalar ?? .null) }
      return template(text, scope)
    case .sequence(let sequence):
      let items = sequence.map { YAMLReader(node: $0, file: file, keyPlace: place).template(scope, depth: depth + 1) }
      return Template.joining(items)
    case .mapping:
      return Template.joining(templateMembers("a value", scope, depth: depth + 1) ?? [])
    case .alias:
      diagnostic("undefined alias")
      return .literal(.null)
    }
  }

  /// The members of a mapping, each a template.
  func templateMembers(_ what: String, _ scope: Scope?, depth: Int = 0) -> [Template.Member]? {
    members(what)?.map { Template.Member($0.name, $0.value.template(scope, depth: depth)) }
  }

  /// A scalar that may contain references, as text.
  func textTemplate(_ what: String, _ scope: Scope?) -> Template? {
    text(what).map { template($0, scope) }
  }

  private func template(_ text: String, _ scope: Scope?) -> Template {
    do throws(TemplateError) {
      let template = try Template(parsing: text)
      if let scope { for reference in template.references { scope.check(reference, at: self) } }
      return template
    } catch {
      diagnostic("\(error.message); write '$${' for a literal '${'")
      return .literal(.string(text))
    }
  }
}

extension Template {
  /// A literal if nothing in it has to be resolved.
  static func joining(_ items: [Template]) -> Template {
    let literals = items.compactMap { if case .literal(let json) = $0 { json } else { nil } }
    return literals.count == items.count ? .literal(.array(literals)) : .array(items)
  }

  static func joining(_ members: [Member]) -> Template {
    let literals = members.compactMap { member in
      if case .literal(let json) = member.value { JSON.Member(member.name, json) } else { nil }
    }
    return literals.count == members.count ? .literal(.object(literals)) : .object(members)
  }
}
