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
