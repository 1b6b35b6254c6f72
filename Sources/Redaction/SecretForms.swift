// The encodings in which a secret is looked for.

import ConformanceModel
import JSONValue

/// One encoding of a secret.
struct SecretForm {
  /// At most the encoding of the first 4,096 bytes: the memory of a secret of megabytes stays small.
  var bytes: [UInt8]
  /// The length of the whole encoding.
  var length: Int
  /// Where the part begins that alone is secret: the header and the claims of a JSON Web Token are like those of others.
  var essence = 0
  /// Whether it is recognised as a whole after its last case, too.
  var outlivesCase = false
}

enum SecretForms {
  /// Of a longer secret only the start is compared, in bytes.
  static let maxCompared = 4096

  /// Plain, in JSON, in forms and URLs, in hexadecimal of both cases, and inside Base64 at each of the three
  /// alignments, in both alphabets. The plain form is the first. Other escapes are decoded while a text is searched.
  static func forms(of secret: [UInt8]) -> [SecretForm] {
    var start = secret.prefix(maxCompared)
    // a character is not cut
    if start.count < secret.count { while let last = start.last, last >= 0x80 { start.removeLast() } }
    if start.isEmpty { start = secret.prefix(maxCompared) }
    let compared = Array(start)
    let plain = SecretForm(bytes: compared, length: secret.count, essence: essence(of: compared), outlivesCase: true)
    var forms = [plain]
    if !secret.allSatisfy(isUnreserved) {
      forms += zip(escaped(compared), escapedLengths(secret)).map { SecretForm(bytes: $0, length: $1) }
    }
    for uppercase in [false, true] {
      let digits = Hex.bytes(compared, uppercase: uppercase)
      forms.append(SecretForm(bytes: digits, length: 2 * secret.count, outlivesCase: !uppercase))
    }
    // behind as many zeros as the text before it can have in its group of three bytes
    let shifted = [0, 0] + compared
    for shift in 0..<3 {
      let encoded = shifted.withUnsafeBufferPointer {
        Base64.encoded(UnsafeBufferPointer(rebasing: $0[(2 - shift)...]))
      }
      // only the characters that the secret alone determines
      let first = shift == 0 ? 0 : shift + 1
      let core = Array(encoded[first..<((shift + compared.count) * 8 / 6)])
      guard core.count >= 8 else { continue }
      let length = (shift + secret.count) * 8 / 6 - first
      forms.append(SecretForm(bytes: core, length: length, outlivesCase: shift == 0))
      guard core.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }) else { continue }
      forms.append(SecretForm(bytes: core.map(inURL), length: length))
    }
    return forms
  }

  /// Where the signature of a JSON Web Token begins (RFC 7515 section 7.1); 0 for other secrets. A scenario may have
  /// changed the header or the claims, so that one of them is no JSON object.
  private static func essence(of secret: [UInt8]) -> Int {
    let dot = UInt8(ascii: ".")
    guard secret.contains(dot) else { return 0 }
    let parts = secret.split(separator: dot, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].starts(with: "eyJ".utf8) || parts[1].starts(with: "eyJ".utf8) else { return 0 }
    return parts[2].startIndex
  }

  /// As a JSON string, as a form, and as a form with `%20` for a space.
  private static func escaped(_ bytes: [UInt8]) -> [[UInt8]] {
    let secret = String(decoding: bytes, as: UTF8.self)
    var json: [UInt8] = []
    JSON.write(secret, to: &json)
    let form = Array(FormEncoding.encode(secret).utf8)
    let url = form.flatMap { $0 == UInt8(ascii: "+") ? Array("%20".utf8) : [$0] }
    return [Array(json.dropFirst().dropLast()), form, url]
  }

  /// The lengths of these forms. They are counted part by part: as a whole they take many times the memory of a secret.
  private static func escapedLengths(_ secret: [UInt8]) -> [Int] {
    var lengths = [0, 0, 0]
    var start = 0
    while start < secret.count {
      var end = min(start + maxCompared, secret.count)
      // a character is not cut
      while end < secret.count, end > start + 1, secret[end] & 0xC0 == 0x80 { end -= 1 }
      for (index, form) in escaped(Array(secret[start..<end])).enumerated() { lengths[index] += form.count }
      start = end
    }
    return lengths
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }

  private static func inURL(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "+"): UInt8(ascii: "-")
    case UInt8(ascii: "/"): UInt8(ascii: "_")
    default: byte
    }
  }
}
