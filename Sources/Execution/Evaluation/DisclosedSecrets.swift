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

  /// The texts of a response that may be a new secret, if none was found at its location: without blanks, eight
  /// characters or more, not sent, and neither a URL nor a time.
  static func candidates(in result: StepResult) -> [String] {
    let known = result.exchange.request.texts
    let texts: [String]
    if let body = result.body {
      texts = strings(in: body).filter { $0.utf8.count >= 8 && !$0.utf8.contains(UInt8(ascii: " ")) }
    } else {
      texts = SecretFinder.narrow(result.exchange.response.body).split { !isWordByte($0) && !".~+/=".utf8.contains($0) }
        .filter { $0.count >= 12 && $0.contains { (0x30...0x39).contains($0) } && $0.contains { $0 >= 0x41 } }
        .map { String(decoding: $0, as: UTF8.self) }
    }
    return Array(
      texts.lazy.filter { !known.contains($0) && !$0.utf8Contains("://") && TargetTime.instant(.string($0)) == nil }
        .prefix(SecretFinder.maxCount))
  }

  private static func strings(in json: JSON) -> [String] {
    switch json {
    case .string(let text): [text]
    case .array(let items): items.flatMap(strings)
    case .object(let members): members.flatMap { strings(in: $0.value) }
    case .number, .bool, .null: []
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
    return Set(
      locators.compactMap { locator in
        if case .json(let pointer) = locator { pointer.tokens.last } else { nil }
      })
  }
}
