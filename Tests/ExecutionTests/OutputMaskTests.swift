import Redaction
import Testing

@testable import Execution

@Suite("Secrets in what a launched program prints")
struct OutputMaskTests {
  private func mask(_ text: String) -> String {
    let redactor = SecretRedactor()
    redactor.register("a-known-secret-value", as: "ERP_SECRET")
    let mask = OutputMask(redactor: redactor, credentialNames: ["apiKey"])
    return String(decoding: mask.mask(Array(text.utf8)), as: UTF8.self)
  }

  @Test("a known secret is masked by its name")
  func known() { #expect(mask("got a-known-secret-value\n") == "got $ERP_SECRET\n") }

  @Test(
    "a value with the name of a secret is masked before the harness knows it",
    arguments: [
      ("issued {\"access_token\": \"fresh-value-1\", \"expires_in\": 60}\n", "fresh-value-1"),
      ("POST /token client_secret=fresh-value-2&grant_type=x\n", "fresh-value-2"),
      ("password: fresh-value-3\n", "fresh-value-3"), ("apiKey=fresh-value-4\n", "fresh-value-4"),
      ("Authorization: Bearer fresh-value-5\n", "fresh-value-5"),
      ("authorization=Basic ZnJlc2g6dmFsdWU=\n", "ZnJlc2g6dmFsdWU="),
    ])
  func byName(line: String, secret: String) {
    let masked = mask(line)
    #expect(!masked.contains(secret), "\(masked)")
    #expect(masked.contains("***") && masked.hasSuffix("\n"))
  }

  @Test("sentences and other values are kept")
  func kept() {
    let text = "Bearer token expired\nuses Basic authentication for 127.0.0.1:80\nexpires_in: 86400\n\n"
    #expect(mask(text) == text)
  }
}
