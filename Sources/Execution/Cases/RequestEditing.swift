// Changes that a scenario makes to the usual request of an action.

import ConformanceModel
import HTTPModel
import JSONValue

extension WireRequest {
  /// Applies the changes of a scenario.
  ///
  /// - Parameter fill: Resolves the templates of the scenario.
  mutating func apply(_ edits: RequestEdits, _ fill: (Template) throws(UnresolvedReference) -> JSON)
    throws(UnresolvedReference)
  {
    if let spelling = edits.spelling { url = spelling.apply(to: url) }
    if let method = edits.method { self.method = method }
    for header in edits.headers {
      headers.removeAll { $0.name.lowercased() == header.name.lowercased() }
      switch try fill(header.value) {
      case .null: break
      case .array(let values): headers += values.map { HeaderField(header.name, $0.plainText) }
      case let value: headers.append(HeaderField(header.name, value.plainText))
      }
    }
    var pairs: [(String, String)] = []
    for parameter in edits.query { pairs += FormParameters.pairs(parameter.name, try fill(parameter.value)) }
    addQuery(pairs)
    if let body = edits.body {
      let value = try fill(body)
      self.body = value == .null ? nil : Array(value.plainText.utf8)
    }
    if edits.chunked { chunked = true }
  }

  /// Sets a parameter in the query of the URL, in place of those with its name.
  mutating func setQuery(_ name: String, _ value: String) {
    let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let names = [name, FormEncoding.encode(name)]
    let others = (parts.dropFirst().first ?? "").split(separator: "&").filter { pair in
      !names.contains(String(pair.prefix { $0 != "=" }))
    }
    let pairs = others.map(String.init) + [FormEncoding.encode([(name, value)])]
    url = "\(parts.first ?? "")?\(pairs.joined(separator: "&"))"
  }

  /// Appends parameters to the query of the URL.
  mutating func addQuery(_ pairs: [(String, String)]) {
    guard !pairs.isEmpty else { return }
    url += (url.contains("?") ? "&" : "?") + FormEncoding.encode(pairs)
  }
}

/// Form parameters in order; a name can be repeated.
enum FormParameters {
  /// A list repeats the parameter; null omits it.
  static func pairs(_ name: String, _ value: JSON) -> [(String, String)] {
    switch value {
    case .null: []
    case .array(let values): values.map { (name, $0.plainText) }
    default: [(name, value.plainText)]
    }
  }

  /// Replaces the parameters with the same name.
  static func replace(_ name: String, _ value: JSON, in pairs: inout [(String, String)]) {
    let place = pairs.firstIndex { $0.0 == name } ?? pairs.endIndex
    pairs.removeAll { $0.0 == name }
    pairs.insert(contentsOf: FormParameters.pairs(name, value), at: min(place, pairs.endIndex))
  }
}
