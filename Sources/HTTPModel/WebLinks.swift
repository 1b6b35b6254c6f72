// The links of a response in its Link header fields (RFC 8288 section 3).

extension [HeaderField] {
  /// The target of the first link with this relation type, as it is written: absolute, or relative to the URL of the
  /// response.
  ///
  /// - Parameter relation: A registered relation type in lower case, such as `next`.
  public func link(_ relation: String) -> String? {
    values("Link").lazy.flatMap(WebLink.links).first { $0.relations.contains(relation) }?.target
  }
}

private struct WebLink {
  var target: String
  /// In lower case.
  var relations: [String] = []

  /// The links of one field value, up to the first one that does not follow the grammar.
  static func links(_ value: String) -> [WebLink] {
    var scanner = FieldScanner(value)
    var links: [WebLink] = []
    while !scanner.isAtEnd {
      scanner.skipWhitespace()
      if scanner.read(",") { continue }
      guard scanner.read("<"), var link = WebLink(&scanner) else { break }
      link.readParameters(&scanner)
      links.append(link)
      scanner.skipToComma()
    }
    return links
  }

  /// Reads the target, up to and with `>`.
  private init?(_ scanner: inout FieldScanner) {
    target = ""
    while let next = scanner.next {
      _ = scanner.read(next)
      if next == ">" { return }
      target.unicodeScalars.append(next)
    }
    return nil
  }

  private mutating func readParameters(_ scanner: inout FieldScanner) {
    var hasRelation = false
    while true {
      scanner.skipWhitespace()
      guard scanner.read(";") else { return }
      scanner.skipWhitespace()
      let name = scanner.token().lowercased()
      scanner.skipWhitespace()
      guard scanner.read("=") else { continue }
      scanner.skipWhitespace()
      let value = scanner.quotedString() ?? scanner.token()
      // only the first counts (section 3.3)
      guard name == "rel", !hasRelation else { continue }
      hasRelation = true
      relations = value.lowercased().split(separator: " ").map(String.init)
    }
  }
}
