// Values inside of URLs.

import ConformanceModel
import JSONValue

extension Template {
  /// Resolves the template of a URL. Ids and names inside of it are percent-encoded, so that one of them cannot change
  /// the path; a reference with a filter is encoded by that filter alone.
  ///
  /// - Throws: `UnresolvedReference`, also for a value that makes a whole segment of the path `.` or `..`, and for an
  ///   empty id: the request would go to another resource (RFC 3986 section 5.2.4), and percent-encoding does not change
  ///   that.
  func resolvedURL(
    _ lookup: (Reference) throws(UnresolvedReference) -> JSON,
    derived: (_ reference: Reference, _ result: String) -> Void = { _, _ in }
  ) throws(UnresolvedReference) -> String {
    // A template that is one reference is a whole URL.
    guard case .text(let segments) = self else { return try resolved(lookup, derived: derived).plainText }
    var url = ""
    var values: [PathValue] = []
    for segment in segments {
      switch segment {
      case .literal(let literal): url += literal
      case .reference(let reference):
        let start = url.utf8.count
        url += try Template.reference(reference).resolved(
          { reference throws(UnresolvedReference) in
            let value = try lookup(reference)
            return reference.isIdentifier ? .string(FormEncoding.percentEncode(value.plainText)) : value
          }, derived: derived
        ).plainText
        values.append(PathValue(reference: reference, range: start..<url.utf8.count))
      }
    }
    let bytes = Array(url.utf8)
    for value in values where value.changesPath(of: bytes) {
      throw UnresolvedReference(
        reference: value.reference.description,
        reason: "a part of a path must not be empty, '.' or '..': the request would go to another resource")
    }
    return url
  }
}

/// The value of a reference inside of a URL.
private struct PathValue {
  var reference: Reference
  /// In the bytes of the URL.
  var range: Range<Int>

  /// Whether the segment of the path that contains the value is `.` or `..`, or that of an id empty. A value with a slash is a base URL
  /// or several segments; those of connectors are written in the target file, like the URL itself.
  func changesPath(of url: [UInt8]) -> Bool {
    let slash = UInt8(ascii: "/")
    func endsPath(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") }
    guard reference.name != "connector", !url[range].contains(slash),
      !url[..<range.lowerBound].contains(where: endsPath),
      let start = url[..<range.lowerBound].lastIndex(of: slash)
    else { return false }
    let end = url[range.lowerBound...].firstIndex { $0 == slash || endsPath($0) } ?? url.count
    let segment = String(decoding: url[(start + 1)..<end], as: UTF8.self).lowercased().replacing("%2e", with: ".")
    // an empty name may be what a scenario is about; an empty id is one that a response did not have
    return segment.isEmpty ? reference.path.last == "id" : [".", ".."].contains(segment)
  }
}

extension Reference {
  /// It refers to the id or name of something that the run created. The values of connectors may be parts of a path.
  fileprivate var isIdentifier: Bool {
    guard filters.isEmpty, name != "connector", let last = path.last else { return false }
    return path == ["name"] || path.count > 1 && (last == "id" || last == "name")
  }
}
