// Reads values that contain references.

import ConformanceModel
import JSONValue
import YAML

extension YAMLReader {
  /// A typed value whose strings may contain `${…}`. Each reference is checked against the scope, if there is one.
  func template(_ scope: Scope?, depth: Int = 0) -> Template {
    guard file.visit() else { return .literal(.null) }
    guard depth < 100 else {
      diagnostic("more than 100 levels of nesting")
      return .literal(.null)
    }
    switch node.kind {
    case .scalar:
      let scalar = scalar ?? .null
      guard case .string(let text) = scalar else { return .literal(scalar) }
      return template(text, scope)
    case .sequence:
      let items = node.items.map {
        inner($0, keyMark: node.mark).template(scope, depth: depth + 1)
      }
      return Template.joining(items)
    case .mapping:
      return Template.joining(templateMembers("a value", scope, depth: depth + 1) ?? [])
    }
  }

  /// The members of a mapping, each a template.
  func templateMembers(_ what: String, _ scope: Scope?, depth: Int = 0) -> [Template.Member]? {
    members(what)?.map { Template.Member($0.name, $0.value.template(scope, depth: depth)) }
  }

  /// A scalar that may contain references, as text.
  func textTemplate(_ what: String, _ scope: Scope?) -> Template? {
    written(what).map { template($0, scope) }
  }

  private func template(_ text: String, _ scope: Scope?) -> Template {
    do throws(TemplateError) {
      let template = try Template(parsing: text)
      if let scope, let fragment = file.fragment { return renamed(template, in: fragment, scope) }
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
    var literals: [JSON] = []
    literals.reserveCapacity(items.count)
    for item in items {
      guard case .literal(let json) = item else { return .array(items) }
      literals.append(json)
    }
    return .literal(.array(literals))
  }

  static func joining(_ members: [Member]) -> Template {
    var literals: [JSON.Member] = []
    literals.reserveCapacity(members.count)
    for member in members {
      guard case .literal(let json) = member.value else { return .object(members) }
      literals.append(JSON.Member(member.name, json))
    }
    return .literal(.object(literals))
  }
}
