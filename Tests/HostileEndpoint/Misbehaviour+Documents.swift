// JSON and XML documents that exhaust a careless reader.

extension Misbehaviour {
  private static func json(
    _ name: String, _ does: String, _ verdict: Verdict = .failed, says: String...,
    expect: String = "json: { ok: true }", body: @escaping @Sendable () -> String
  ) -> Misbehaviour {
    Misbehaviour(name, does, verdict, words: says, step: "http: { url: \"URL\" }\n    expect: { \(expect) }") {
      $0.respond(["HTTP/1.1 200 OK"], body())
    }
  }

  private static func members(_ count: Int, _ member: (Int) -> String) -> String {
    "{" + (0..<count).map(member).joined(separator: ",") + "}"
  }

  static let json = [
    json("json-deep-arrays", "nests 100,000 arrays", says: "more than 512 levels of nesting") {
      String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
    },
    json("json-deep-objects", "nests 100,000 objects", says: "more than 512 levels of nesting") {
      String(repeating: "{\"a\":", count: 100_000) + "1" + String(repeating: "}", count: 100_000)
    },
    json("json-open-arrays", "opens 900,000 arrays", says: "more than 512 levels of nesting") {
      String(repeating: "[", count: 900_000)
    },
    json("json-many-items", "sends an array of 500,000 items", says: "more than 200000 values") {
      "[" + String(repeating: "0,", count: 500_000) + "0]"
    },
    json("json-many-arrays", "sends 300,000 empty arrays", says: "more than 200000 values") {
      "[" + String(repeating: "[],", count: 300_000) + "[]]"
    },
    json(
      "json-many-members", "sends an object of 10^6 members", .errored("internal"),
      says: "truncated after 1048576 bytes"
    ) {
      "{" + String(repeating: "\"member\":0,", count: 1_000_000) + "\"ok\":true}"
    },
    json("json-large-strings", "sends 10 MB of strings", .errored("internal"), says: "truncated after 1048576 bytes") {
      "[" + String(repeating: "\"\(String(repeating: "s", count: 99_998))\",", count: 100) + "1]"
    },
    json("json-large-secret", "issues a secret of 10 MB", .errored("internal"), says: "truncated after 1048576 bytes") {
      "{\"access_token\":\"\(String(repeating: "s3cr3t/+", count: 1_250_000))\"}"
    },
    json(
      "json-wrong-items", "sends 100,000 items that each violate the expectation", says: "more mismatches",
      expect: "json: { each: { ok: true } }"
    ) {
      "[" + String(repeating: "{},", count: 100_000) + "{}]"
    },
    json(
      "json-unknown-members", "sends 50,000 unexpected members", says: "more mismatches",
      expect: "json: { exactly: { ok: true } }"
    ) {
      members(50_000) { "\"m\($0)\":0" }
    },
    json("json-same-member", "repeats a member 50,000 times", says: "/ok: expected true") {
      members(50_000) { "\"ok\":\($0)" }
    },
    json("json-huge-exponent", "sends the number 1e999999", says: "/ok: expected true, got 1e999999") {
      "{\"ok\":1e999999}"
    },
    json(
      "json-two-huge-numbers", "sends a number beyond all limits instead of the expected one", says: "/n: expected",
      expect: "json: { n: 1e999998 }"
    ) { "{\"n\":1e999999}" },
    json("json-many-digits", "sends a number of 100,000 digits", says: "/ok: expected true, got 999") {
      "{\"ok\":\(String(repeating: "9", count: 100_000))}"
    },
    json("json-nan", "sends NaN", says: "not JSON") { "{\"ok\":NaN}" },
    json("json-infinity", "sends -Infinity", says: "not JSON") { "{\"ok\":-Infinity}" },
    json("json-lone-surrogate", "sends half of a surrogate pair", says: "lone surrogate") { "{\"ok\":\"\\ud800\"}" },
    json("json-surrogates-turned", "sends a surrogate pair in the wrong order", says: "lone surrogate") {
      "{\"ok\":\"\\udc00\\ud800\"}"
    },
    json("json-byte-order-mark", "starts its JSON with a byte order mark, which is ignored", says: "/ok: expected true")
    {
      "\u{FEFF}{\"ok\":false}"
    },
    json("json-and-more", "sends text after its JSON", says: "text after the value") { "{\"ok\":true}{}" },
    json("json-comments", "puts comments into its JSON", says: "not JSON") { "{/* */\"ok\":true}" },
    json(
      "json-many-secrets", "issues 10,000 secrets in one response", .errored("protocol"), says: "more than 256 secrets"
    ) {
      "[" + (0..<10_000).map { "{\"client_secret\":\"secret-number-\($0)\"}" }.joined(separator: ",") + "]"
    },
    json("json-huge-secret", "issues a secret of 900 KB", says: "/ok: missing (expected true)") {
      "{\"access_token\":\"\(String(repeating: "s3cr3t/+", count: 112_000))\"}"
    },
  ]

  private static func xml(
    _ name: String, _ does: String, _ verdict: Verdict = .failed, says: String..., path: String = "/a",
    body: @escaping @Sendable () -> String
  ) -> Misbehaviour {
    Misbehaviour(
      name, does, verdict, words: says,
      step: "http: { url: \"URL\" }\n    expect: { xml: { \"\(path)\": \"true\" } }"
    ) {
      $0.respond(["HTTP/1.1 200 OK", "Content-Type: text/xml"], body().replacing("ELSEWHERE", with: $0.elsewhere))
    }
  }

  static let xml = [
    xml("xml-laughs", "declares entities that grow to a billion", says: "declares entities") {
      let levels = (1...9).map { "<!ENTITY l\($0) \"\(String(repeating: "&l\($0 - 1);", count: 10))\">" }.joined()
      return "<!DOCTYPE a [<!ENTITY l0 \"true\">\(levels)]><a b=\"&l9;\">&l9;</a>"
    },
    xml("xml-quadratic", "refers to a long entity 10,000 times", says: "declares entities") {
      "<!DOCTYPE a [<!ENTITY l \"\(String(repeating: "l", count: 50_000))\">]>"
        + "<a>\(String(repeating: "&l;", count: 10_000))</a>"
    },
    xml("xml-file", "declares a file of the machine as an entity", says: "declares entities") {
      "<!DOCTYPE a [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><a>&f;</a>"
    },
    xml(
      "xml-elsewhere", "declares an entity, a parameter entity and a DTD of another server", says: "declares entities"
    ) {
      "<!DOCTYPE a SYSTEM \"ELSEWHERE/dtd\" [<!ENTITY % p SYSTEM \"ELSEWHERE/parameter\">%p;"
        + "<!ENTITY f SYSTEM \"ELSEWHERE/entity\">]><a>&f;</a>"
    },
    xml("xml-deep", "nests 40,000 elements", says: "not XML", "depth") {
      String(repeating: "<a>", count: 40_000) + String(repeating: "</a>", count: 40_000)
    },
    xml("xml-deeper", "nests 100,000 elements", .errored("internal"), says: "more than 100000 elements") {
      String(repeating: "<a>", count: 100_000) + String(repeating: "</a>", count: 100_000)
    },
    xml(
      "xml-many-elements", "sends 200,000 elements", .errored("internal"),
      says: "more than 100000 elements and attributes"
    ) {
      "<a>\(String(repeating: "<b/>", count: 200_000))</a>"
    },
    xml(
      "xml-many-attributes", "sends an element of 90,000 attributes", .errored("internal"),
      says: "an element with more than 1000 attributes"
    ) {
      "<a \((0..<90_000).map { "a\($0)=\"\"" }.joined(separator: " "))/>"
    },
    xml("xml-long-attribute", "sends an attribute of 900 KB", says: "/a: expected \"true\"") {
      "<a b=\"\(String(repeating: "x", count: 900_000))\"/>"
    },
    xml(
      "xml-large-text", "sends 10 MB of text in an element", .errored("internal"), says: "truncated after 1048576 bytes"
    ) {
      "<a>\(String(repeating: "text ", count: 2_000_000))</a>"
    },
    xml("xml-unclosed", "never closes what it opens", says: "not XML") { "<a><b><c>" },
    xml("xml-wrong-encoding", "declares an encoding that it does not use", says: "not XML") {
      "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>true</a>"
    },
    xml("xml-html", "sends a page instead of XML", says: "not XML") {
      "<!doctype html><p>It works<br></html>"
    },
    xml(
      "xml-nested-text", "lets a path find the same text 250 times", .errored("internal"),
      says: "more text than the whole document has",
      path: "//a"
    ) {
      String(repeating: "<a>", count: 250) + String(repeating: "x", count: 900_000)
        + String(repeating: "</a>", count: 250)
    },
  ]
}
