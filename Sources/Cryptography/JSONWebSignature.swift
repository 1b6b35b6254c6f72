// JSON Web Signatures in the compact serialization (RFC 7515 section 3.1).

import ConformanceModel
public import JSONValue

public struct JSONWebSignature: Sendable {
  /// The protected header.
  public let header: JSON
  /// What is signed.
  public let payload: [UInt8]
  /// The bytes that the signature covers: header and payload, encoded.
  public let signingInput: [UInt8]
  public let signature: [UInt8]

  /// Reads a token.
  ///
  /// - Returns: `nil` unless it has three parts in base64url, of which the first is a JSON object.
  public init?(parsing text: String) {
    let parts = text.split(separator: ".", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 3, let header = Base64.urlDecode(parts[0]), let payload = Base64.urlDecode(parts[1]),
      let signature = Base64.urlDecode(parts[2]), let json = try? JSON(parsing: header), json.object != nil
    else { return nil }
    self.header = json
    self.payload = payload
    self.signature = signature
    signingInput = Array(parts[0].utf8) + [UInt8(ascii: ".")] + Array(parts[1].utf8)
  }

  /// A signed token.
  ///
  /// - Parameter sign: Makes the signature of the bytes that it covers.
  public static func compact<Failure: Error>(
    header: JSON, payload: JSON, sign: ([UInt8]) throws(Failure) -> [UInt8]
  ) throws(Failure) -> String {
    let input = Base64.urlEncode(header.compactBytes) + "." + Base64.urlEncode(payload.compactBytes)
    return input + "." + Base64.urlEncode(try sign(Array(input.utf8)))
  }
}
