// What is recognised as a secret in a response, and what is not.

import ConformanceModel
import HTTPModel
import JSONValue
import Redaction
import Testing

@Suite("Secrets that a response discloses")
struct SecretFinderTests {
  private static func found(headers: [HeaderField] = [], json text: String? = nil, body: String? = nil) throws
    -> [String: [String]]
  {
    let bytes = Array((text ?? body ?? "").utf8)
    let secrets = SecretFinder(names: ["ticket"]).secrets(
      headers: headers, body: bytes, json: try text.map { try JSON(parsing: $0) })
    return Dictionary(grouping: secrets, by: \.name).mapValues { $0.map(\.value) }
  }

  @Test(
    "a placeholder for a hidden secret is no secret",
    arguments: [
      "**********", "••••••••", "xxxxxxxxxxxx", "<hidden>", "[REDACTED]", "(not shown)", "********1f3a", "********X.3f",
      "----------", "…………", "0000000000",
    ])
  func placeholder(text: String) throws {
    let json = JSON.object([.init("client_secret", .string(text))])
    #expect(try SecretFinderTests.found(json: json.compact) == [:])
  }

  @Test(
    "a secret that has some of the same characters is one",
    arguments: ["x1xxx2k9d8f7g6h5", "<k9d8f7g6>", "a.b.c....d.e.f1234", "hidden-secret-4"])
  func noPlaceholder(text: String) throws {
    let json = JSON.object([.init("client_secret", .string(text))])
    #expect(try SecretFinderTests.found(json: json.compact) == ["client_secret": [text]])
  }

  @Test(
    "are members of known names, with or without separators, in nested values and in any type",
    arguments: [
      (#"{"access_token":"abcd"}"#, "access_token", "abcd"),
      (#"{"data":[{"clientSecret":"abcd"}]}"#, "clientSecret", "abcd"),
      (#"{"password":12345}"#, "password", "12345"), (#"{"secret":{"value":"abcdef"}}"#, "secret", "abcdef"),
      (#"{"ticket":"abcd"}"#, "ticket", "abcd"), (#"{"REFRESH-TOKEN":"abcd"}"#, "REFRESH-TOKEN", "abcd"),
    ])
  func named(_ json: String, _ name: String, _ value: String) throws {
    #expect(try SecretFinderTests.found(json: json) == [name: [value]])
    let secrets = SecretFinder(names: ["ticket"]).secrets(
      headers: [], body: Array(json.utf8), json: try JSON(parsing: json))
    #expect(secrets.map(\.evidence) == [.name])
  }

  @Test("are no ids, whatever the member or the header field is called in which a target has them")
  func ids() {
    let value = "client-m2Xv9QbK4tLz", body = #"{"keys":[{"key":"client-m2Xv9QbK4tLz"}]}"#
    func found(_ finder: SecretFinder) -> [String] {
      finder.secrets(
        headers: [HeaderField("X-Key", value)], body: Array(body.utf8), json: try? JSON(parsing: body)
      ).map(\.value)
    }
    #expect(found(SecretFinder()) == [value])
    #expect(found(SecretFinder(ids: ["key", "X-Key"])).isEmpty)
    // unless the target has secrets there as well
    #expect(found(SecretFinder(names: ["key"], ids: ["key", "X-Key"])) == [value])
  }

  @Test(
    "are found in a text that is not JSON",
    arguments: [
      ("access_token=abcd&x=1", ["abcd"]), (#"{"access_token": "abcd", "cut"#, ["abcd"]),
      ("<client_secret>abcd</client_secret>", ["abcd"]), (#"{"secret":"a\/bcd","cut"#, [#"a\/bcd"#, "a/bcd"]),
      ("apiKey: 9f8e7d6c5b4a3928\n", ["9f8e7d6c5b4a3928"]),
    ])
  func unparsed(_ body: String, _ values: [String]) throws {
    #expect(try SecretFinderTests.found(body: body).values.flatMap(\.self) == values)
  }

  private static let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"

  @Test(
    "are in their places in header fields",
    arguments: [
      ("Set-Cookie", "sid=9f8e7d6c5b4a3928; Path=/; HttpOnly", ["9f8e7d6c5b4a3928"]),
      ("set-cookie", "id=\"k3J9x8Qz\"; Secure", ["k3J9x8Qz"]),
      ("Location", "https://example.com/cb?code=SplxlOBe&state=xyz", ["SplxlOBe"]),
      ("Location", "https://example.com/cb#access_token=2YotnFZF&token_type=bearer", ["2YotnFZF"]),
      ("Location", "/cb?id_token=abc%2Bdef", ["abc%2Bdef", "abc+def"]),
      ("Location", "/next?sessionKey=9f8e7d6c5b4a39281706", ["9f8e7d6c5b4a39281706"]),
      ("X-Auth-Token", "9f8e7d6c5b4a39281706", ["9f8e7d6c5b4a39281706"]),
      ("X-Api-Key", "kQ7vLmZpRtYwXsAbCdEf", ["kQ7vLmZpRtYwXsAbCdEf"]),
      ("X-Debug", "user \(jwt);", [jwt]),
    ])
  func headers(_ name: String, _ value: String, _ values: [String]) throws {
    let secrets = SecretFinder().secrets(headers: [HeaderField(name, value)], body: [], json: nil)
    #expect(secrets.map(\.value) == values)
    #expect(secrets.allSatisfy { $0.evidence == .place })
  }

  @Test(
    "are JSON Web Tokens anywhere, and values that look random under names that suggest a secret",
    arguments: [
      (#"{"debug":"\#(jwt)"}"#, [jwt]), (#"{"a":[["x \#(jwt) y"]]}"#, [jwt]),
      (#"{"sessionId":"9f8e7d6c5b4a39281706"}"#, ["9f8e7d6c5b4a39281706"]),
      (#"{"api_key":"kQ7vLmZpRtYwXsAbCdEf"}"#, ["kQ7vLmZpRtYwXsAbCdEf"]),
      (#"{"keys":["9f8e7d6c5b4a39281706"]}"#, ["9f8e7d6c5b4a39281706"]),
      (#"{"resetToken":"0b5f0d3e-6e1c-4b7e-9a55-2f6d1c7e8a90"}"#, ["0b5f0d3e-6e1c-4b7e-9a55-2f6d1c7e8a90"]),
    ])
  func placed(_ json: String, _ values: [String]) throws {
    #expect(try SecretFinderTests.found(json: json).values.flatMap(\.self) == values)
  }

  @Test(
    "are not ids, dates, URLs, words and UUIDs",
    arguments: [
      #"{"id":"0b5f0d3e-6e1c-4b7e-9a55-2f6d1c7e8a90","order":"9f8e7d6c5b4a39281706"}"#,
      #"{"token_type":"Bearer","expires_in":86400,"scope":"orders:write"}"#,
      #"{"token_expires_at":"2026-11-28T09:07:34Z","session_date":"2026-11-28"}"#,
      #"{"token_endpoint":"https://example.com/oauth/token/v2","password_url":"/users/me/password/reset"}"#,
      #"{"token_endpoint_auth_methods_supported":["client_secret_basic","private_key_jwt","tls_client_auth"]}"#,
      #"{"id_token_signing_alg_values_supported":["RS256"],"key":"status","monkey":"9f8e7d6c5b4a39281706"}"#,
      #"{"keyword":"9f8e7d6c5b4a39281706","secretary":"9f8e7d6c5b4a39281706","client_id":"kQ7vLmZpRtYwXsAbCdEf"}"#,
      #"{"session":"aaaaaaaaaaaaaaaaaaaa1","token":"a b c d e f g h 1 2 3 4"}"#,
      #"{"text":"a.b.c and eyJhbGciOiJIUzI1NiJ9.x and 1.2.3","note":"eyJ0eXAiOiJKV1QifQ.e30.c2ln"}"#,
    ])
  func ordinary(_ json: String) throws {
    #expect(try SecretFinderTests.found(json: json) == [:])
  }

  @Test(
    "are not in ordinary header fields",
    arguments: [
      ("Date", "Sat, 28 Nov 2026 09:07:34 GMT"), ("ETag", "\"9f8e7d6c5b4a39281706\""),
      ("X-Request-Id", "0b5f0d3e-6e1c-4b7e-9a55-2f6d1c7e8a90"), ("Content-Type", "application/json; charset=utf-8"),
      ("Set-Cookie", "theme=dark; Path=/"), ("Set-Cookie", "sid=; Max-Age=0"), ("Set-Cookie", "language=en-GB"),
      ("Set-Cookie", "consent=2026-11-28T09:07:34Z"), ("Location", "https://example.com/clients/42?page=2&state=xyz"),
      ("Location", "/orders/0b5f0d3e-6e1c-4b7e-9a55-2f6d1c7e8a90"), ("X-Token-Type", "Bearer"),
      ("Link", "</a?b=c>; rel=next"),
    ])
  func ordinaryHeaders(_ name: String, _ value: String) {
    #expect(SecretFinder().secrets(headers: [HeaderField(name, value)], body: [], json: nil).isEmpty)
  }

  @Test(
    "are found in large bodies of many names in time that grows with their size",
    arguments: ["a=", "access_token=", "key=", "key:", "\"key\":\"x\",", "a>", "token=\"", "x ", "\"", "\\", "a\n"])
  func manyNames(part: String) {
    let body = Array(String(repeating: part, count: 400_000 / part.utf8.count).utf8)
    #expect(SecretFinder().secrets(headers: [], body: body, json: nil).count <= SecretFinder.maxCount + 1)
  }

  @Test("are found in values of other names, and behind values")
  func nested() {
    let body = #"{"data": "access_token=inner-token-1&client_secret='inner-secret-2'", "refresh_token": outer-token-3,"#
    let found = SecretFinder().secrets(headers: [], body: Array(body.utf8), json: nil).map(\.value)
    #expect(Set(found) == ["inner-token-1", "inner-secret-2", "outer-token-3"])
  }

  private static let value = "zX81kQpL0vW5tR7yU3mNaB4cD6eF8gH0"

  @Test(
    "are found by their names in texts of other formats",
    arguments: [
      #"{"body":"{\"access_token\":\"VALUE\"}"}"#, #"{"a":"[{\"b\":\"{\\\"client_secret\\\":\\\"VALUE\\\"}\"}]"}"#,
      #"<input name="client_secret" value="VALUE">"#, #"<x name="access_token" value="VALUE"/>"#,
      "<access_token><![CDATA[VALUE]]></access_token>", #"<o:access_token xmlns:o="urn:x">VALUE</o:access_token>"#,
      #"{"message":"invalid token Bearer VALUE"}"#, "the header was: bearer VALUE", #"{"api":{"key":"VALUE"}}"#,
    ])
  func formats(text: String) {
    let body = Array(text.replacing("VALUE", with: SecretFinderTests.value).utf8)
    let found = SecretFinder().secrets(headers: [], body: body, json: try? JSON(parsing: body))
    #expect(found.contains { $0.value == SecretFinderTests.value }, "\(found)")
  }

  @Test(
    "are found in header fields that carry credentials",
    arguments: [
      ("Authorization", "Bearer VALUE"), ("WWW-Authenticate", #"Bearer realm="x", access_token="VALUE""#),
      ("Location", "https://user:VALUE@example.com/"), ("Authentication-Info", "token=VALUE"),
      ("X-Debug", "Bearer VALUE"),
    ])
  func fields(name: String, value: String) {
    let field = HeaderField(name, value.replacing("VALUE", with: SecretFinderTests.value))
    let found = SecretFinder().secrets(headers: [field], body: [], json: nil)
    #expect(found.contains { $0.value == SecretFinderTests.value }, "\(found)")
  }
}
