// Refuses literal secrets in target files, which are shared: by the names of header fields, parameters and members.

import ConformanceModel
import HTTPModel
import JSONValue
import YAML

extension TargetLoader {
  /// Header fields; a confidential one must not have a literal value.
  func headers(_ reader: YAMLReader) -> [Template.Member] { secretless(reader, "headers") }

  /// Members of a mapping; a confidential one must not have a literal value.
  func secretless(_ reader: YAMLReader, _ what: String) -> [Template.Member] {
    let members = reader.templateMembers(what, scope) ?? []
    refuseSecrets(reader)
    return members
  }

  /// Reports literal secrets in a value, at any depth.
  func refuseSecrets(_ reader: YAMLReader, isConfidential: Bool = false) {
    switch reader.node.kind {
    case .mapping:
      for (name, _, value) in reader.members("a value") ?? [] {
        let inherits = isConfidential && !ConfidentialName.isDescription(name)
        refuseSecrets(value, isConfidential: inherits || ConfidentialName.matches(name))
      }
    case .sequence:
      for item in reader.list("a value") ?? [] { refuseSecrets(item, isConfidential: isConfidential) }
    case .scalar where isConfidential && TargetLoader.isLiteral(reader.scalar): refuseSecret(reader)
    case .scalar: break
    }
  }

  /// A URL; a password and confidential query parameters must not have literal values.
  func urlTemplate(_ reader: YAMLReader, _ what: String) -> Template? {
    let template = reader.textTemplate(what, scope)
    if let template { check(url: template, reader, isBase: what == "base-url") }
    return template
  }

  /// Reports a URL that no request can have, and literal secrets in it.
  ///
  /// - Parameter isBase: It is that of which others are relative.
  func check(url: Template, _ reader: YAMLReader, isBase: Bool = false) {
    let text = url.withReferences(as: TargetLoader.placeholder)
    if let refusal = URLScheme.refusal(of: text, isBase: isBase, placeholder: TargetLoader.placeholder) {
      reader.diagnostic(refusal)
    }
    // the value of a reference is not known yet
    if let refusal = HostName.refusal(inURL: url.withReferences(as: "x")) {
      reader.diagnostic(refusal)
    }
    refuseSecrets(inURL: url, reader)
  }

  func refuseSecrets(inURL url: Template, _ reader: YAMLReader) {
    let text = url.withReferences(as: TargetLoader.placeholder)
    if let start = TargetLoader.authorityStart(in: text) {
      let authority = text[start...].prefix { !"/?#".contains($0) }
      if let end = authority.lastIndex(of: "@"),
        let password = authority[..<end].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).last,
        !password.isEmpty, !password.contains(TargetLoader.placeholder)
      {
        return refuseSecret(reader)
      }
    }
    if let question = text.firstIndex(of: "?") { refuseSecrets(inPairs: text[text.index(after: question)...], reader) }
  }

  /// Where the host of a URL begins, after its user information; also of a URL whose scheme is missing. A path has none.
  private static func authorityStart(in url: String) -> String.Index? {
    if let scheme = url.firstRange(of: "://") { return scheme.upperBound }
    if url.hasPrefix("//") { return url.index(url.startIndex, offsetBy: 2) }
    // `user:password@host`, and not the path `me@example.com`
    return url.prefix { !"/?#@".contains($0) }.contains(":") ? url.startIndex : nil
  }

  /// A body of another kind: JSON and form data are checked by their names.
  func refuseSecrets(inText template: Template, _ reader: YAMLReader) {
    let text = template.withReferences(as: TargetLoader.placeholder)
    if let json = try? JSON(parsing: text) {
      if TargetLoader.hasSecret(json) { refuseSecret(reader) }
    } else if !text.contains(where: { $0.isWhitespace || "<{[".contains($0) }) {
      refuseSecrets(inPairs: text[...], reader)
    }
  }

  /// Program arguments such as `--token=VALUE` and `--token VALUE`.
  func refuseSecrets(inArguments readers: [YAMLReader]) {
    var expectsSecret = false
    for reader in readers {
      guard let text = reader.node.text, !text.contains("${") else {
        expectsSecret = false
        continue
      }
      let isOption = text.hasPrefix("-")
      let parts = text.split(separator: "=", maxSplits: 1)
      let isConfidential = isOption && parts.first.map { ConfidentialName.matches(String($0)) } == true
      if expectsSecret && !isOption || isConfidential && parts.count == 2 { refuseSecret(reader) }
      expectsSecret = isConfidential && parts.count == 1
    }
  }

  func refuseSecret(_ reader: YAMLReader) {
    reader.file.hideLine(reader.place.line)
    reader.diagnostic(
      "a target file must not contain secrets; write ${env.NAME} and set the environment variable NAME, "
        + "or ${file.NAME} with 'files'")
  }

  /// Whether the value of a reference is confidential. An environment variable is judged by its name.
  static func isConfidential(_ reference: Reference) -> Bool {
    let path = reference.path
    if path.first == "env", let name = path.last { return ConfidentialName.matches(name) }
    let confidential = [["run", "key"], ["service", "manager-key"], ["random", "secret"], ["client", "secret"]]
    return confidential.contains(Array(path.prefix(2)))
  }

  /// Takes the place of a reference; it does not occur in URLs and forms, and is valid in JSON strings.
  static let placeholder: Character = "\u{FFFC}"

  private func refuseSecrets(inPairs text: Substring, _ reader: YAMLReader) {
    for pair in text.prefix(while: { $0 != "#" }).split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      if parts.count == 2, ConfidentialName.matches(String(parts[0])), !parts[1].contains(TargetLoader.placeholder) {
        return refuseSecret(reader)
      }
    }
  }

  private static func hasSecret(_ json: JSON, isConfidential: Bool = false) -> Bool {
    switch json {
    case .object(let members):
      members.contains {
        let inherits = isConfidential && !ConfidentialName.isDescription($0.name)
        return hasSecret($0.value, isConfidential: inherits || ConfidentialName.matches($0.name))
      }
    case .array(let items): items.contains { hasSecret($0, isConfidential: isConfidential) }
    case .string(let text): isConfidential && !text.isEmpty && !text.contains(placeholder)
    default: isConfidential && isLiteral(json)
    }
  }

  /// Whether a scalar could be a secret: text without references, or a long number.
  private static func isLiteral(_ scalar: JSON?) -> Bool {
    switch scalar {
    case .string(let text): !text.isEmpty && (try? Template(parsing: text))?.references.isEmpty == true
    case .number(let digits): digits.utf8.count >= 6
    default: false
    }
  }
}

/// Names whose values usually are secrets.
package enum ConfidentialName {
  private static let parts = ["token", "secret", "password", "passwd", "passphrase", "session", "cookie", "credential"]
  /// A name that ends with one of these words describes a secret: `token_type`, `auth-method`.
  private static let descriptions: Set<String> = [
    "alg", "algorithm", "at", "count", "dir", "enabled", "endpoint", "expiry", "file", "folder", "format", "hint", "in",
    "length", "lifetime", "limit", "method", "methods", "mode", "name", "path", "required", "seconds", "size", "ttl",
    "type", "types", "uri", "uris", "url", "urls", "version",
  ]
  private static let wholeWords: Set<String> = ["bearer", "jwt", "pass", "pwd", "sid"]
  private static let others: Set<String> = ["author", "authors", "authority", "authorities"]

  /// Whether the name speaks of a key, token, secret, password, session, cookie, credential or of authentication.
  package static func matches(_ name: String) -> Bool {
    let words = words(name)
    guard !isDescription(name), !words.contains("idempotency") else { return false }
    return words.contains { word in
      if others.contains(word) { return false }
      if parts.contains(where: { word.utf8Contains($0) }) || wholeWords.contains(word) { return true }
      return word.hasSuffix("key") || word.hasSuffix("keys") || word.hasPrefix("auth") || word.hasSuffix("auth")
    }
  }

  static func isDescription(_ name: String) -> Bool { words(name).last.map { descriptions.contains($0) } ?? false }

  /// `X-Api-Key`, `client_secret` and `clientSecret` in words, in lower case.
  private static func words(_ name: String) -> [String] {
    var words: [String] = []
    var previous: Character?
    for character in name {
      guard character.isLetter || character.isNumber else {
        previous = nil
        continue
      }
      if previous == nil || (character.isUppercase && previous?.isLowercase == true) { words.append("") }
      words[words.count - 1] += character.lowercased()
      previous = character
    }
    return words
  }
}

extension Template {
  /// The text with each reference replaced.
  func withReferences(as placeholder: Character) -> String {
    switch self {
    case .literal(let json): json.plainText
    case .reference: String(placeholder)
    case .text(let segments):
      segments.map { if case .literal(let text) = $0 { text } else { String(placeholder) } }.joined()
    case .array, .object: ""
    }
  }
}
