// Values inside of URLs.

import ConformanceModel
import JSONValue

extension Template {
  /// Resolves the template of a URL. Ids and names inside of it are percent-encoded, so that one of them cannot change
  /// the path; a reference with a filter is encoded by that filter alone.
  func resolvedURL(
    _ lookup: (Reference) throws(UnresolvedReference) -> JSON,
    derived: (_ reference: Reference, _ result: String) -> Void = { _, _ in }
  ) throws(UnresolvedReference) -> String {
    // A template that is one reference is a whole URL.
    guard case .text = self else { return try resolved(lookup, derived: derived).plainText }
    return try resolved(
      { reference throws(UnresolvedReference) in
        let value = try lookup(reference)
        return reference.isIdentifier ? .string(FormEncoding.percentEncode(value.plainText)) : value
      }, derived: derived
    ).plainText
  }
}

extension Reference {
  /// It refers to the id or name of something that the run created. The values of connectors may be parts of a path.
  fileprivate var isIdentifier: Bool {
    guard filters.isEmpty, name != "connector", let last = path.last else { return false }
    return path == ["name"] || path.count > 1 && (last == "id" || last == "name")
  }
}
