// Masks secrets in what a launched program prints.

import ConformanceModel
import HTTPModel
import Redaction

/// Masks the secrets that are known, and values that have the name of a secret: a program may print a secret before conform
/// has received it.
struct OutputMask: Sendable {
  let redactor: SecretRedactor
  /// The names of further members whose values are confidential at this target.
  let credentialNames: Set<String>

  private static let mask = Array("***".utf8)
  private static let newline = UInt8(ascii: "\n")

  /// - Parameter lines: Whole lines, with their line breaks.
  func mask(_ lines: [UInt8]) -> [UInt8] {
    Array(
      redactor.redact(lines).split(separator: OutputMask.newline, omittingEmptySubsequences: false)
        .map { maskByName(Array($0)) }.joined(separator: [OutputMask.newline]))
  }

  private func maskByName(_ line: [UInt8]) -> [UInt8] {
    var line = OutputMask.maskCredentials(line)
    let secrets = SecretFinder(names: credentialNames).secrets(headers: [], body: line, json: nil)
    for secret in secrets where !secret.value.hasPrefix("$") {
      line.replace(Array(secret.value.utf8), with: OutputMask.mask)
    }
    return line
  }

  /// Masks what follows `Bearer` or `Basic` (RFC 9110 section 11.4), unless it is a word of a sentence.
  private static func maskCredentials(_ line: [UInt8]) -> [UInt8] {
    var words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map(Array.init)
    for index in words.indices.dropFirst() {
      let before = String(decoding: words[index - 1], as: UTF8.self).lowercased()
      guard before.hasSuffix("bearer") || before.hasSuffix("basic") else { continue }
      let token = words[index].prefix { $0.isToken68Character || $0 == UInt8(ascii: "=") }
      let hasDigit = token.contains { (0x30...0x39).contains($0) }
      guard token.count >= 16 || token.count >= 4 && hasDigit else { continue }
      words[index].replaceSubrange(..<token.endIndex, with: mask)
    }
    return Array(words.joined(separator: [UInt8(ascii: " ")]))
  }
}
