// The examples of RFC 7515, RFC 7517, RFC 7638 and RFC 8037, and what must not be verified.

import ConformanceModel
import Cryptography
import JSONValue
import Testing

@Suite("JSON Web Signatures") struct JSONWebSignatureTests {
  private static let joe =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

  private static let modulus =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS"
    + "-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2"
    + "CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9"
    + "gb54h4FRWyuXpoQ"

  /// An algorithm, the public key, and a token that it signed.
  static let examples: [(SignatureAlgorithm, JSON, String)] = [
    // RFC 7515 appendix A.2
    (
      .rs256, ["kty": "RSA", "n": .string(modulus), "e": "AQAB"],
      "eyJhbGciOiJSUzI1NiJ9.\(joe)."
        + "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdb"
        + "F9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383"
        + "LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWy"
        + "wlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    ),
    // appendix A.3
    (
      .es256,
      [
        "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
      ],
      "eyJhbGciOiJFUzI1NiJ9.\(joe)."
        + "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    ),
    // appendix A.4
    (
      .es512,
      [
        "kty": "EC", "crv": "P-521",
        "x": "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
        "y": "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2",
      ],
      "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA."
        + "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgo"
        + "XD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn"
    ),
    // RFC 8037 appendix A.4
    (
      .edDSA, ["kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"],
      "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
        + "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    ),
  ]

  @Test("of the specifications are verified, and no others", arguments: examples)
  func published(algorithm: SignatureAlgorithm, jwk: JSON, token: String) throws {
    let key = try #require(VerifyingKey(jwk: jwk))
    let parsed = try #require(JSONWebSignature(parsing: token))
    #expect(parsed.header["alg"] == .string(algorithm.rawValue))
    #expect(key.verifies(parsed.signature, of: parsed.signingInput, by: algorithm))
    #expect(key.jwk == jwk)
    for other in SignatureAlgorithm.allCases where other != algorithm {
      #expect(!key.verifies(parsed.signature, of: parsed.signingInput, by: other), "\(other)")
    }
    for index in [0, parsed.signature.count / 2, parsed.signature.count - 1] {
      var changed = parsed.signature
      changed[index] ^= 1
      #expect(!key.verifies(changed, of: parsed.signingInput, by: algorithm), "byte \(index)")
    }
    #expect(!key.verifies(parsed.signature, of: parsed.signingInput + [0], by: algorithm))
    for wrong in [[], parsed.signature + [0], Array(parsed.signature.dropLast())] {
      #expect(!key.verifies(wrong, of: parsed.signingInput, by: algorithm))
    }
  }

  @Test("by HMAC are those of RFC 7515 appendix A.1")
  func hmac() throws {
    let key = try #require(
      Base64.urlDecode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"))
    let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\(Self.joe).dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    let parsed = try #require(JSONWebSignature(parsing: token))
    #expect(HMACSignature.sign(parsed.signingInput, key: key, by: .hs256) == parsed.signature)
    #expect(HMACSignature.verifies(parsed.signature, of: parsed.signingInput, key: key, by: .hs256))
    #expect(!HMACSignature.verifies(parsed.signature, of: parsed.signingInput, key: key + [0, 1], by: .hs256))
    #expect(!HMACSignature.verifies([], of: parsed.signingInput, key: key, by: .hs256))
    #expect(HMACSignature.sign([1], key: [], by: .hs384)?.count == 48)
    #expect(HMACSignature.sign([1], key: key, by: .es256) == nil)
  }

  /// RFC 8032 section 7.1, test 1, in the form of RFC 8410 section 7.
  private static let ed25519 = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
    -----END PRIVATE KEY-----
    """

  @Test("are made as RFC 8037 appendix A has them, with the thumbprint of its key")
  func made() throws {
    let key = try #require(SigningKey(pem: Self.ed25519))
    let token = try #require(Self.examples.last).2
    let parsed = try #require(JSONWebSignature(parsing: token))
    #expect(key.sign(parsed.signingInput, by: .edDSA) == parsed.signature)
    #expect(key.publicKey.thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
    #expect(VerifyingKey(jwk: ["kty": "RSA", "n": .string(Self.modulus), "e": "AQAB"]) != nil)
    #expect(key.sign([1], by: .es256) == nil && key.sign([1], by: .hs256) == nil)
    let made = JSONWebSignature.compact(header: ["alg": "none"], payload: ["iss": "joe"]) { _ in [] }
    #expect(made == "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UifQ.")
  }

  @Test("of a generated key are verified by its JSON Web Key alone", arguments: SignatureAlgorithm.ofPrivateKeys)
  func generated(algorithm: SignatureAlgorithm) throws {
    let key = try #require(SigningKey.generate(for: algorithm))
    #expect(key.algorithms.contains(algorithm))
    let read = try #require(key.pem.flatMap { SigningKey(pem: $0) })
    let message = Array("header.claims".utf8)
    let jwk = try #require(read.publicKey.jwk)
    let verifying = try #require(VerifyingKey(jwk: jwk))
    #expect(verifying.pem == key.publicKey.pem && verifying.pem?.hasPrefix("-----BEGIN PUBLIC KEY-----") == true)
    let stranger = try #require(SigningKey.generate(for: algorithm))
    // signatures of ECDSA differ, and have leading zeros at times
    for _ in 0..<(algorithm.family == .ecdsa ? 40 : 1) {
      let signature = try #require(read.sign(message, by: algorithm))
      #expect(verifying.verifies(signature, of: message, by: algorithm))
      #expect(!stranger.publicKey.verifies(signature, of: message, by: algorithm))
    }
    #expect(SignatureAlgorithm.ofSecrets.allSatisfy { SigningKey.generate(for: $0) == nil })
  }

  @Test(
    "are not read from anything else",
    arguments: [
      "", ".", "..", "a.b", "a.b.c", "eyJhbGciOiJub25lIn0.e30", "eyJhbGciOiJub25lIn0.e30.AA.AA", "W10.e30.",
      "e30=.e30.",
      "eyJhbGciOiJub25lIn0.e3+.", "eyJhbGciOiJub25lIn0. e30.", "\u{00E9}.e30.",
    ])
  func malformed(text: String) { #expect(JSONWebSignature(parsing: text) == nil) }

  @Test("need a key that an algorithm has")
  func otherKeys() {
    #expect(SigningKey(pem: "") == nil)
    #expect(SigningKey(pem: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n") == nil)
    // an encrypted key must not ask for its password
    #expect(SigningKey(pem: Self.encrypted) == nil)
    for jwk in [
      [:], ["kty": "oct", "k": "AAAA"], ["kty": "RSA", "n": "AQAB", "e": "AQAB"], ["kty": "RSA", "n": 1, "e": "AQAB"],
      ["kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"], ["kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"],
      // not on the curve
      [
        "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
      ], ["kty": "OKP", "crv": "Ed25519", "x": "AA"], ["kty": "OKP", "crv": "X25519", "x": "AA"], "key", [],
    ] as [JSON] { #expect(VerifyingKey(jwk: jwk) == nil, "\(jwk)") }
  }

  private static let encrypted = """
    -----BEGIN ENCRYPTED PRIVATE KEY-----
    MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhZ+D4VF6s07gICCAAw
    DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEDQ9tBOveIXYeAiA41TpiQEEQOLB
    DC2Y4wW5llTNjTIDeBAcGGZUR67T2qfeawqN3Eym4PlwRKH3ny9xbXGdYgvrc5I/
    KDgzDyBp06WBreKO33Y=
    -----END ENCRYPTED PRIVATE KEY-----
    """
}
