// Recognises the secrets that a response discloses: by the names of members, by their place, and by their form.

public import HTTPModel
public import JSONValue

/// A secret in a response.
public struct FoundSecret: Sendable, Hashable {
  /// The name under which it was found: of a member, a parameter, a cookie or a header field; or `jwt`.
  public var name: String
  public var value: String
  /// How certain it is.
  public var evidence: Evidence

  public enum Evidence: Sendable, Hashable {
    /// A member that is known to hold a credential, such as `access_token`: to show it elsewhere is a leak.
    case name
    /// The place or the form of the value: it is masked, and no more.
    case place
  }

  public init(name: String, value: String, evidence: Evidence) {
    self.name = name
    self.value = value
    self.evidence = evidence
  }
}

/// Finds secrets in the header fields and the body of a response. Ordinary ids, dates, URLs and UUIDs under neutral
/// names are not secrets.
public struct SecretFinder: Sendable {
  /// Members whose values are confidential (RFC 6749 section 5.1, RFC 7591 section 3.2.1), without separators.
  private static let usualNames: Set<String> = [
    "accesstoken", "refreshtoken", "clientsecret", "registrationaccesstoken", "idtoken", "secret", "password",
  ]

  /// The number of secrets that one response may disclose: each is searched for in every later response.
  public static let maxCount = 256

  /// Shorter values, in bytes, are not secrets.
  static let minLength = 4

  private let names: NameClasses

  /// - Parameters:
  ///   - names: Further members whose values are confidential at the target.
  ///   - ids: Members and header fields whose values are ids there, although their names suggest secrets: `key`.
  public init(names: Set<String> = [], ids: Set<String> = []) {
    self.names = NameClasses(
      confidential: SecretFinder.usualNames.union(names.map(SecretFinder.plain)), ids: Set(ids.map(SecretFinder.plain)))
  }

  /// The secrets of a response, each value once, those of known names first. More than `maxCount` are possible.
  ///
  /// - Parameter json: The body as JSON; `nil` if it is not JSON, such as a form or a truncated text.
  public func secrets(headers: [HeaderField], body: [UInt8], json: JSON?) -> [FoundSecret] {
    // JSON is UTF-8 (RFC 8259 section 8.1): another text is read as one in UTF-16 or UTF-32 if it has zeros
    let body = json == nil ? SecretFinder.narrow(body) : body
    var members = MemberSecrets()
    if let json { find(in: json, &members) }
    var found = json == nil ? named(inUnparsed: body) : members.named
    for field in headers { found += secrets(in: field) }
    found += bearers(in: body)
    found += members.placed
    found += JWT.all(in: body).map { FoundSecret(name: "jwt", value: $0, evidence: .place) }
    var seen: Set<String> = []
    return found.filter { !SecretText.isPlaceholder($0.value) && seen.insert($0.value).inserted }
  }

  /// The text without zeros, which are between the characters of ASCII in UTF-16 and UTF-32.
  package static func narrow(_ text: [UInt8]) -> [UInt8] { text.contains(0) ? text.filter { $0 != 0 } : text }

  // MARK: - Members

  /// The secrets among the members of a JSON value.
  private struct MemberSecrets {
    /// The values of members of known names.
    var named: [FoundSecret] = []
    /// Values that look random under names that suggest a secret, except those of known names.
    var placed: [FoundSecret] = []
  }

  /// - Parameters:
  ///   - name: That of the member with the value.
  ///   - isSecret: The name suggests a secret.
  ///   - isFound: The value is inside of one that was found by its name.
  private func find(
    in json: JSON, name: String = "", isSecret: Bool = false, isFound: Bool = false, _ found: inout MemberSecrets
  ) {
    switch json {
    case .array(let items):
      for item in items { find(in: item, name: name, isSecret: isSecret, isFound: isFound, &found) }
    case .object(let members):
      for member in members {
        let nameClass = names[member.name]
        if nameClass.isConfidential, !isFound {
          for text in SecretFinder.texts(in: member.value) {
            found.named.append(FoundSecret(name: member.name, value: text, evidence: .name))
          }
        }
        find(
          in: member.value, name: member.name, isSecret: nameClass.suggestsSecret && !nameClass.isConfidential,
          isFound: isFound || nameClass.isConfidential, &found)
      }
    case .string(let text):
      if let json = inner(text) {
        find(in: json, isFound: isFound, &found)
      } else if isSecret, SecretText.looksRandom(text) {
        found.placed.append(FoundSecret(name: name, value: text, evidence: .place))
      }
    default: break
    }
  }

  /// All texts and numbers in a value: whatever is in the place of a token counts as one.
  private static func texts(in json: JSON) -> [String] {
    switch json {
    case .string(let text), .number(let text): return text.utf8.count >= minLength ? [text] : []
    case .array(let items): return items.flatMap(texts)
    case .object(let members): return members.flatMap { texts(in: $0.value) }
    default: return []
    }
  }

  /// The secrets in a text that is not JSON, such as a form, a page, or a truncated body: values after a name.
  private func named(inUnparsed body: [UInt8]) -> [FoundSecret] {
    var found: [FoundSecret] = []
    var words = NamedValues(body)
    /// The name of a form field, and where its tag has it: `<input name="client_secret" value="…">`.
    var field: (name: String, end: Int)?
    while found.count <= SecretFinder.maxCount, let (word, value) = words.next() {
      var name = word
      if let last = field, name == "value" || name == "content", value.startIndex - last.end < SecretFinder.maxTag {
        name = last.name
      }
      field = nil
      if name == "name" || name == "id", value.count <= SecretFinder.maxTag {
        field = (String(decoding: value, as: UTF8.self), value.endIndex)
      }
      guard value.count >= SecretFinder.minLength else { continue }
      let nameClass = names[name]
      if nameClass.isConfidential {
        found.append(FoundSecret(name: name, value: String(decoding: value, as: UTF8.self), evidence: .name))
        // with its escapes decoded
        if case .string(let text)? = try? JSON(parsing: [0x22] + value + [0x22]), !text.utf8.elementsEqual(value) {
          found.append(FoundSecret(name: name, value: text, evidence: .name))
        }
        // what it contains is masked as a part of it
        words.skip(to: value.endIndex)
      } else if nameClass.suggestsSecret,
        SecretText.looksRandom(String(decoding: value.prefix(SecretText.maxJudged), as: UTF8.self))
      {
        found.append(FoundSecret(name: name, value: String(decoding: value, as: UTF8.self), evidence: .place))
        words.skip(to: value.endIndex)
      }
    }
    return found
  }

  /// The values of a form field are in the same tag, in bytes.
  private static let maxTag = 256

  /// JSON inside of a text, as in `{"body": "{\"access_token\": …}"}`.
  private func inner(_ text: String) -> JSON? {
    guard let first = text.utf8.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
      text.utf8.count <= SecretFinder.maxInner
    else { return nil }
    return try? JSON(parsing: text)
  }

  private static let maxInner = 1 << 20

  /// What follows `Bearer` (RFC 6750 section 2.1) and looks random.
  private func bearers(in text: [UInt8]) -> [FoundSecret] {
    let word = Array("earer ".utf8)
    var found: [FoundSecret] = []
    guard text.count > word.count else { return found }
    var index = 0
    while found.count <= SecretFinder.maxCount, let start = text[index...].firstIndex(of: word[0]) {
      index = start + 1
      guard text[start...].starts(with: word) else { continue }
      let token = text[(start + word.count)...].prefix { TokenCharacters.contain($0) }
      index = max(index, token.endIndex)
      let value = String(decoding: token, as: UTF8.self)
      if SecretText.looksRandom(value) { found.append(FoundSecret(name: "token", value: value, evidence: .place)) }
    }
    return found
  }

  // MARK: - Places

  private func secrets(in field: HeaderField) -> [FoundSecret] {
    guard !SecretFinder.isOrdinary(field) else { return [] }
    let name = field.name.lowercased()
    let bytes = Array(field.value.utf8)
    // a field repeats what was sent as often as it discloses what is new: it is masked, and no leak elsewhere
    let named = named(inUnparsed: bytes).map { FoundSecret(name: $0.name, value: $0.value, evidence: .place) }
    return named + bearers(in: bytes) + placed(in: field, name)
  }

  /// Fields that nearly all responses have, and that name no secrets.
  private static let ordinaryFields = [
    "date", "server", "content-type", "content-length", "connection", "keep-alive", "transfer-encoding",
    "cache-control", "pragma", "expires", "vary", "allow", "last-modified", "retry-after",
  ]

  /// Whether nearly all responses have the field, and no secret in it.
  package static func isOrdinary(_ field: HeaderField) -> Bool { ordinaryFields.contains(where: field.isNamed) }

  private func placed(in field: HeaderField, _ name: String) -> [FoundSecret] {
    let value = field.value
    switch name {
    case "authorization":
      let words = value.split(separator: " ").dropFirst().map(String.init)
      return words.filter { $0.utf8.count >= 16 }.map { FoundSecret(name: field.name, value: $0, evidence: .place) }
    case "set-cookie": return cookie(value)
    case "location", "content-location", "refresh", "link": return parameters(ofURL: value) + tokens(value)
    default:
      let words = value.split(whereSeparator: { " ,;\"".contains($0) }).map(String.init)
      let random = names[field.name].suggestsSecret ? words.filter(SecretText.looksRandom) : []
      return random.map { FoundSecret(name: field.name, value: $0, evidence: .place) } + tokens(value)
    }
  }

  private func tokens(_ text: String) -> [FoundSecret] {
    JWT.all(in: Array(text.utf8)).map { FoundSecret(name: "jwt", value: $0, evidence: .place) }
  }

  /// The value of a cookie (RFC 6265 section 4.1.1): long ones, and shorter ones that look random.
  private func cookie(_ field: String) -> [FoundSecret] {
    guard let pair = field.split(separator: ";", maxSplits: 1).first, let equals = pair.firstIndex(of: "=") else {
      return []
    }
    let name = pair[..<equals].filter { $0 != " " }
    let value = pair[pair.index(after: equals)...].trimming(" \"")
    guard value.utf8.count >= 16 ? !SecretText.isOrdinary(value) : SecretText.looksRandom(value, minLength: 8) else {
      return []
    }
    return [FoundSecret(name: String(name), value: value, evidence: .place)]
  }

  /// Parameters that carry a credential (RFC 6749 sections 4.1.2 and 4.2.2; OpenID Connect).
  private static let urlParameters: Set<String> = [
    "code", "accesstoken", "idtoken", "token", "refreshtoken", "clientsecret", "password", "assertion",
  ]

  private func parameters(ofURL text: String) -> [FoundSecret] {
    userinfo(of: text)
      + text.split(whereSeparator: { "?#&;<>, ".contains($0) }).flatMap { part -> [FoundSecret] in
        guard let equals = part.firstIndex(of: "=") else { return [] }
        let name = String(part[..<equals])
        let value = part[part.index(after: equals)...].trimming("\"")
        let isNamed = SecretFinder.urlParameters.contains(SecretFinder.plain(name)) && value.utf8.count >= 4
        guard isNamed || names[String(name)].suggestsSecret && SecretText.looksRandom(value) else { return [] }
        return [FoundSecret(name: name, value: value, evidence: .place)]
          + (PercentEncoding.decode(value).map { [FoundSecret(name: name, value: $0, evidence: .place)] } ?? [])
      }
  }

  /// The password of a URL (RFC 3986 section 3.2.1).
  private func userinfo(of text: String) -> [FoundSecret] {
    guard let start = text.firstRange(of: "://")?.upperBound, let at = text[start...].firstIndex(of: "@"),
      let colon = text[start..<at].firstIndex(of: ":"), !text[start..<at].contains("/")
    else { return [] }
    let password = String(text[text.index(after: colon)..<at])
    return password.utf8.count >= SecretFinder.minLength
      ? [FoundSecret(name: "password", value: password, evidence: .place)] : []
  }

  /// `accessToken` and `access-token` are the same name.
  package static func plain(_ name: String) -> String { name.lowercased().filter { $0 != "_" && $0 != "-" } }
}

extension Substring {
  fileprivate func trimming(_ characters: String) -> String {
    var rest = self
    while let first = rest.first, characters.contains(first) { rest.removeFirst() }
    while let last = rest.last, characters.contains(last) { rest.removeLast() }
    return String(rest)
  }
}

private enum PercentEncoding {
  /// - Returns: `nil` if nothing is encoded, or the result is not UTF-8.
  static func decode(_ text: String) -> String? {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return nil }
    var decoder = EscapeDecoder(Array(text.utf8)[...])
    guard decoder.decodeLayer() else { return nil }
    return String(validating: decoder.bytes, as: UTF8.self)
  }
}
