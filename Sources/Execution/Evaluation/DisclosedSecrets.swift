// The names under which a target discloses secrets, and what else of a response may be one.

import ConformanceModel
import HTTPModel
import JSONValue
import Redaction

enum DisclosedSecrets {
  /// The secrets under one name in a body that is not JSON.
  static func unparsed(in result: StepResult, named locator: Locator) -> [String] {
    guard result.body == nil, case .json(let pointer) = locator, let name = pointer.tokens.last else { return [] }
    let found = SecretFinder(names: [name]).secrets(headers: [], body: result.exchange.response.body, json: nil)
    return found.filter { SecretFinder.plain($0.name) == SecretFinder.plain(name) }.map(\.value)
  }

  /// The words of a body that may be tokens, if none was found at its location: 20 or more characters, not only
  /// letters.
  static func words(in body: [UInt8]) -> [String] {
    SecretFinder.narrow(body).split { !isWordByte($0) && !".~+/=".utf8.contains($0) }.lazy
      .filter { $0.count >= 20 && $0.contains { (0x30...0x39).contains($0) } && $0.contains { $0 >= 0x41 } }.prefix(
        SecretFinder.maxCount
      ).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The texts of a response that may be a new secret, if none was found at its location: whatever has eight bytes or
  /// more, was not sent, and is no time. Of a body that is not JSON these are its lines and words.
  ///
  /// - Returns: `nil` if there are too many to mask them all.
  static func candidates(in result: StepResult) -> [String]? {
    let response = result.exchange.response
    var texts = result.body.map { strings(in: $0) } ?? lines(of: response.body) + words(in: response.body)
    for field in response.headers where !SecretFinder.isOrdinary(field) {
      texts.append(field.value)
      // a secret is a part of a Link or of a Location
      texts += field.value.split { "?&=;,<>\" ".contains($0) }.map(String.init)
    }
    let known = result.exchange.request.texts
    var seen: Set<String> = []
    texts = texts.filter {
      $0.utf8.count >= 8 && !known.contains($0) && !isTime($0) && seen.insert($0).inserted
    }
    return texts.count <= SecretFinder.maxCount ? texts : nil
  }

  /// Digits are a time only if they are as many as the seconds or milliseconds since 1970 have today.
  private static func isTime(_ text: String) -> Bool {
    let isNumber = text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    return TargetTime.instant(.string(text)) != nil && (!isNumber || [10, 13].contains(text.utf8.count))
  }

  /// Members that are no secrets in any response of an authorization server (RFC 6749 sections 5.1 and 5.2), and explain
  /// why there is none.
  private static let plainNames: Set = [
    "token_type", "scope", "error", "error_description", "error_uri", "grant_types", "token_endpoint_auth_method",
  ]

  private static func strings(in json: JSON) -> [String] {
    switch json {
    case .string(let text), .number(let text): [text]
    case .array(let items): items.flatMap(strings)
    case .object(let members):
      members.flatMap { member in
        // the secret may be the name
        let name = isIdentifier(member.name) ? [] : [member.name]
        return plainNames.contains(member.name) ? [] : name + strings(in: member.value)
      }
    case .bool, .null: []
    }
  }

  /// Whether a text is a name as people give them: letters, with few digits.
  private static func isIdentifier(_ name: String) -> Bool {
    let digits = name.utf8.count { (0x30...0x39).contains($0) }
    return name.utf8.count <= 40 && digits <= 2 && name.utf8.allSatisfy(isWordByte)
  }

  private static func lines(of body: [UInt8]) -> [String] {
    SecretFinder.narrow(body).split { $0 == 0x0A || $0 == 0x0D }.map {
      String(decoding: $0.drop(while: HeaderField.isBlank), as: UTF8.self)
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte >= 0x80
  }
}

extension Target {
  /// Where a response that creates a client has the secret (RFC 7591 section 3.2.1 if the target file does not say).
  var secretLocator: Locator {
    if case .http(let clients) = clients, let locator = clients.requests[.create]?.answer["secret"] { return locator }
    return .json(JSONPointer(tokens: ["client_secret"]))
  }

  /// The names of the members in which this target discloses credentials.
  var credentialNames: Set<String> {
    var locators = [token.accessToken]
    if case .http(let clients) = clients { locators += clients.requests.values.compactMap { $0.answer["secret"] } }
    return Set(locators.compactMap(\.memberName))
  }

  /// The names of the members and header fields in which this target has the ids of clients, and receipts.
  var idNames: Set<String> {
    var locators = connectors.compactMap(\.receipt) + connectors.compactMap { $0.receiptLookup?.answer["receipt"] }
    if case .http(let clients) = clients {
      locators += clients.requests.values.flatMap { [$0.answer["id"], $0.answer["ids"]].compactMap(\.self) }
    }
    let names = locators.compactMap { locator in
      if case .header(let name) = locator { name } else { locator.memberName }
    }
    return Set(names).subtracting(credentialNames)
  }
}

extension Locator {
  /// The name of the member that has the value, or the list with it.
  fileprivate var memberName: String? {
    guard case .json(let pointer) = self else { return nil }
    return pointer.tokens.last { $0 != "*" && Int($0) == nil }
  }
}
