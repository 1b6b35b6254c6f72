// The encodings in which a secret is looked for.

import ConformanceModel
import JSONValue

/// One encoding of a secret.
struct SecretForm {
  /// Its bytes among those of all encodings: at most the encoding of the first 4,096 bytes of the secret, so that the
  /// memory of a secret of megabytes stays small.
  var range: Range<Int>
  /// The length of the whole encoding.
  var length: Int
  /// Whether it is recognised as a whole after its last case, too.
  var outlivesCase = false
  /// Whether it has only characters of tokens, which end it.
  var isToken: Bool
}

/// A secret in its encodings. They are all in one array, since each case registers several secrets.
struct EncodedSecret {
  private(set) var bytes: [UInt8]
  /// The plain one is the first.
  private(set) var forms: [SecretForm] = []
  /// Where the part of the plain form begins that alone is secret: the header and the claims of a JSON Web Token are
  /// like those of others.
  let essence: Int

  /// Of a longer secret only the start is compared, in bytes.
  static let maxCompared = 4096

  /// Plain, in JSON, in forms and URLs, in hexadecimal of both cases, and inside Base64 at each of the three
  /// alignments, in both alphabets. Other escapes are decoded while a text is searched.
  init(_ secret: [UInt8]) {
    let compared = EncodedSecret.start(of: secret)
    let count = compared.count
    essence = EncodedSecret.essence(of: compared)
    let base64 = Base64.size(of: count + 2)
    // with room for the other alphabet
    bytes = [UInt8](unsafeUninitializedCapacity: 5 * count + 6 * base64) { buffer, end in
      compared.withUnsafeBufferPointer { _ = buffer.update(fromContentsOf: $0) }
      end = count
      for uppercase in [false, true] { end += Hex.write(compared, uppercase: uppercase, to: buffer, at: end) }
      // behind as many zeros as the text before it can have in its group of three bytes
      let shifted = [0, 0] + compared
      for shift in 0..<3 { end += Base64.write(shifted[(2 - shift)...], to: buffer, at: end) }
    }
    let isUnreserved = secret.allSatisfy(EncodedSecret.isUnreserved)
    forms.reserveCapacity(EncodedSecret.usualForms)
    forms.append(
      SecretForm(
        range: 0..<count, length: secret.count, outlivesCase: true,
        isToken: isUnreserved || compared.allSatisfy(TokenCharacters.contain)))
    forms.append(SecretForm(range: count..<3 * count, length: 2 * secret.count, outlivesCase: true, isToken: true))
    forms.append(SecretForm(range: 3 * count..<5 * count, length: 2 * secret.count, isToken: true))
    var start = 5 * count
    for shift in 0..<3 {
      addBase64(start, shift, compared.count, length: secret.count)
      start += Base64.size(of: shift + count)
    }
    guard !isUnreserved else { return }
    for (form, length) in zip(EncodedSecret.escaped(compared), EncodedSecret.escapedLengths(secret)) {
      add(form, length: length)
    }
  }

  /// The forms of a secret that has no other characters than tokens have.
  private static let usualForms = 9

  private mutating func add(_ form: [UInt8], length: Int) {
    let isToken = form.allSatisfy(TokenCharacters.contain)
    forms.append(SecretForm(range: bytes.count..<bytes.count + form.count, length: length, isToken: isToken))
    bytes += form
  }

  /// - Parameters:
  ///   - start: Where the Base64 text begins.
  ///   - shift: How many bytes are before the secret in its group.
  ///   - length: That of the whole secret.
  private mutating func addBase64(_ start: Int, _ shift: Int, _ count: Int, length: Int) {
    // only the characters that the secret alone determines
    let first = shift == 0 ? 0 : shift + 1
    let core = start + first..<start + (shift + count) * 8 / 6
    guard core.count >= 8 else { return }
    let length = (shift + length) * 8 / 6 - first
    forms.append(SecretForm(range: core, length: length, outlivesCase: shift == 0, isToken: true))
    let text = bytes[core]
    guard text.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }) else { return }
    add(text.map(EncodedSecret.inURL), length: length)
  }

  /// What is compared of a secret.
  private static func start(of secret: [UInt8]) -> [UInt8] {
    guard secret.count > maxCompared else { return secret }
    var start = secret.prefix(maxCompared)
    // a character is not cut
    while let last = start.last, last >= 0x80 { start.removeLast() }
    return Array(start.isEmpty ? secret.prefix(maxCompared) : start)
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
