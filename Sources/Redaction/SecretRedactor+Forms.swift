// The ways in which a secret shows itself.

import ConformanceModel
import JSONValue

extension SecretRedactor {
  /// As it is, in JSON, in URLs and forms, in hexadecimal, and inside Base64 at each
  /// of the three alignments.
  static func forms(of bytes: [UInt8]) -> [[UInt8]] {
    var forms = [bytes]
    let secret = String(decoding: bytes, as: UTF8.self)
    let isPlain = bytes.allSatisfy(isUnreserved)
    if !isPlain {
      var json: [UInt8] = []
      JSON.write(secret, to: &json)
      forms.append(Array(json.dropFirst().dropLast()))
      let form = FormEncoding.encode(secret)
      forms.append(Array(form.utf8))
      forms.append(Array(form.replacingPlus.utf8))
    }
    forms.append(hex(bytes, letters: UInt8(ascii: "a")))
    forms.append(hex(bytes, letters: UInt8(ascii: "A")))
    for shift in 0..<3 {
      let encoded = Base64.encoded([UInt8](repeating: 0, count: shift) + bytes)
      // only the characters that the secret alone determines
      let core = encoded[[0, 2, 3][shift]..<((shift + bytes.count) * 8 / 6)]
      guard core.count >= 8 else { continue }
      forms.append(Array(core))
      let url = core.map {
        $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
      }
      if !core.elementsEqual(url) { forms.append(url) }
    }
    return forms
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }

  private static func hex(_ bytes: [UInt8], letters: UInt8) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(2 * bytes.count)
    func append(_ digit: UInt8) { result.append(digit < 10 ? UInt8(ascii: "0") + digit : letters + digit - 10) }
    for byte in bytes {
      append(byte >> 4)
      append(byte & 15)
    }
    return result
  }
}

extension String {
  /// `+` as `%20`: the other way to write a space in a URL.
  fileprivate var replacingPlus: String {
    split(separator: "+", omittingEmptySubsequences: false).joined(separator: "%20")
  }
}
