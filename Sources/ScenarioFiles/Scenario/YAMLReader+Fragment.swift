// References in the file of a fragment: to its parameters, and to what its own steps save.

import ConformanceModel
import JSONValue
import YAML

extension YAMLReader {
  /// The template as the scenario has it: with the values of parameters, and with the names in the scenario.
  func renamed(_ template: Template, in fragment: Fragment, _ scope: Scope) -> Template {
    switch template {
    case .reference(let reference): return value(of: reference, in: fragment, scope)
    case .text(let segments):
      var all: [Template.Segment] = []
      for segment in segments {
        guard case .reference(let reference) = segment else {
          all.append(segment)
          continue
        }
        switch value(of: reference, in: fragment, scope) {
        case .literal(let json) where json.array == nil && json.object == nil: all.append(.literal(json.plainText))
        case .reference(let inner): all.append(.reference(inner))
        case .text(let inner): all += inner
        default: diagnostic("'\(reference.name)' is a list or a mapping, and cannot be a part of a text")
        }
      }
      let literals = all.map { if case .literal(let text) = $0 { text } else { String?.none } }
      if literals.allSatisfy({ $0 != nil }) { return .literal(.string(literals.compactMap(\.self).joined())) }
      return .text(all)
    case .literal, .array, .object: return template
    }
  }

  private func value(of reference: Reference, in fragment: Fragment, _ scope: Scope) -> Template {
    guard let argument = fragment.arguments[reference.name] else {
      return .reference(scope.check(reference, in: fragment, at: self))
    }
    if reference.path.count > 1 {
      guard let name = argument.node.text else {
        diagnostic("'\(reference.name)' is a parameter whose value is not the name of a saved value")
        return .literal(.null)
      }
      let inner = Reference(path: [name] + reference.path.dropFirst(), filters: reference.filters)
      return .reference(scope.check(inner, in: argument.file.fragment, at: self))
    }
    let value = argument.template(scope)
    if reference.filters.isEmpty { return value }
    switch value {
    case .literal(let json): return .literal(.string(reference.filters.reduce(json.plainText) { $1.apply($0) }))
    case .reference(var inner):
      inner.filters += reference.filters
      return .reference(inner)
    case .text, .array, .object:
      diagnostic("a filter changes one value, and that of '\(reference.name)' has several parts; apply it in 'with'")
      return value
    }
  }
}
