import ConformanceModel
import JSONValue
import Testing

@Suite("Templates and filters")
struct TemplateTests {
  private static let values: JSON = [
    "erp": ["id": "abc", "secret": "S3cret", "n": .number("1.0")], "list": [["a": 1], ["a": 2]], "none": .null,
    "flag": true, "index": 7,
  ]

  private func fill(_ template: Template) throws(UnresolvedReference) -> JSON {
    try template.resolved { reference throws(UnresolvedReference) in
      guard let value = TemplateTests.values.member(reference.path[...]) else {
        throw UnresolvedReference(reference: reference.description, reason: "nothing was saved")
      }
      return value
    }
  }

  @Test(
    "references in a text are resolved",
    arguments: [
      ("plain", "\"plain\""), ("", "\"\""), ("${erp.id}", "\"abc\""), ("${erp.n}", "1.0"), ("v${erp.n}", "\"v1.0\""),
      ("${flag}", "true"), ("${none}", "null"),
      ("<${none}>", "\"<>\""), ("${list.1.a}", "2"), ("${list}", #"[{"a":1},{"a":2}]"#),
      ("a${erp.id}b${index}c", "\"aabcb7c\""), ("${erp.id}${erp.id}", "\"abcabc\""),
      ("$${erp.id}", "\"${erp.id}\""), ("$$${erp.id}", "\"$${erp.id}\""), ("$", "\"$\""), ("$$", "\"$$\""),
      ("a}b{", "\"a}b{\""), ("$${", "\"${\""),
      ("${erp.id|upper}", "\"ABC\""), ("${ erp.id | upper | reverse }", "\"CBA\""), ("${index|times 3}", "\"777\""),
      ("é${erp.id}🚚", "\"éabc🚚\""), ("${erp.id}\u{301}", "\"abc\u{301}\""), ("${ erp.id|upper }|", "\"ABC|\""),
      ("$\u{301}{a}", "\"$\u{301}{a}\""),
    ])
  func resolved(_ text: String, _ json: String) throws {
    #expect(try fill(try Template(parsing: text)).compact == json)
  }

  @Test(
    "a text that cannot be parsed has the position of its error",
    arguments: [
      ("${", 0), ("ab${x", 2), ("${}", 2), ("a${ b c}", 3), ("${a..b}", 2), ("${.a}", 2), ("${a|}", 2),
      ("${a|nothing}", 2), ("${a|times}", 2), ("${a|times -1}", 2),
      ("${a|times 99999999}", 2), ("${a|first x}", 2), ("${a/b}", 2), ("${a}${", 4),
      ("👩‍👩‍👧é${", 2), ("é${ä|x}", 3), ("${\u{301}a}", 2),
    ])
  func unreadable(_ text: String, _ offset: Int) throws {
    #expect(try #require(throws: TemplateError.self) { _ = try Template(parsing: text) }.offset == offset)
  }

  @Test(
    "a reference without a value is reported with its name",
    arguments: ["${nobody}", "${erp.nothing}", "${list.2}", "${list.x}", "${flag.a}"])
  func unresolved(_ text: String) throws {
    let error = try #require(throws: UnresolvedReference.self) { _ = try fill(try Template(parsing: text)) }
    #expect(error.description == "cannot resolve \(text): nothing was saved")
  }

  @Test(
    "a filter changes a text",
    arguments: [
      ("upper", "aß", "ASS"), ("lower", "AÉ", "aé"), ("swap-case", "aB1é", "Ab1É"), ("swap-case", "straße", "STRASSE"),
      ("swap-case", "ﬁ", "FI"), ("reverse", "ab🚚", "🚚ba"),
      ("drop-first", "abc", "bc"), ("drop-last", "abc", "ab"), ("drop-last", "", ""), ("change-first", "Abc", "Bbc"),
      ("change-first", "xbc", "Abc"), ("change-first", "", ""),
      ("change-last", "abA", "abB"), ("change-last", "ab", "aA"), ("change-last", "", ""), ("base64", "f", "Zg=="),
      ("form-encode", "a b", "a+b"), ("hex", "\n\u{ff}", "0ac3bf"),
      ("times 0", "ab", ""), ("times 2", "ab", "abab"), ("first 2", "abc", "ab"), ("first 9", "abc", "abc"),
      ("first 0", "abc", ""), ("minus 1", "86400", "86399"), ("minus 5", "3", "-2"), ("minus 1", "abc", "abc"),
    ])
  func filter(_ name: String, _ text: String, _ changed: String) throws {
    let template = try Template(parsing: "${x|\(name)}")
    var derived: [String] = []
    let result = try template.resolved(
      { _ throws(UnresolvedReference) in .string(text) }, derived: { derived.append("\($0) \($1)") })
    #expect(result == .string(changed))
    #expect(derived == ["${x|\(name)} \(changed)"])
    #expect(template.references.map(\.description) == ["${x|\(name)}"])
  }

  @Test("a text that would exceed 16 MiB remains unchanged")
  func longest() {
    #expect(Filter.times(Filter.maxText).apply("a").utf8.count == Filter.maxText)
    #expect(Filter.times(Filter.maxText).apply("ab") == "ab")
  }

  @Test("references in arrays and objects are resolved, those in names are not")
  func nested() throws {
    let template = Template.object([.init("${a}", .array([.reference(Reference(path: ["erp", "id"])), .literal(1)]))])
    #expect(try fill(template).compact == #"{"${a}":["abc",1]}"#)
    #expect(template.references.map(\.name) == ["erp"])
  }
}

@Suite("Cases")
struct CasesTests {
  private static let product = Cases.product([
    .init(name: "a", values: .list([.literal("x"), .literal(.null)])), .init(name: "b", values: .range(3...5)),
  ])

  @Test("columns are combined, and the last one varies fastest")
  func product() {
    let names = (0..<CasesTests.product.count).map { CasesTests.product.row($0)?.name }
    #expect(names == ["a=x, b=3", "a=x, b=4", "a=x, b=5", "a=null, b=3", "a=null, b=4", "a=null, b=5"])
  }

  @Test("a million cases need no memory until they are used")
  func million() {
    let cases = Cases.product([.init(name: "a", values: .range(1...1000)), .init(name: "b", values: .range(0...999))])
    #expect(cases.count == 1_000_000)
    #expect(cases.row(999_999)?.name == "a=1000, b=999")
  }

  @Test("a scenario without cases is one case without a row")
  func single() {
    #expect(Cases.single.count == 1)
    #expect(Cases.single.row(0) == nil)
  }

  @Test(
    "a row's name is short and in ASCII",
    arguments: [
      (.literal("a\nü"), "v=a\\u{a}\\u{fc}"), (.literal(.number("1.0")), "v=1.0"),
      (.literal(["k": [1]]), #"v={"k":[1]}"#), (.reference(Reference(path: ["a", "b"])), "v=${a.b}"),
      (.text([.literal("x"), .reference(Reference(path: ["a"], filters: [.upper]))]), "v=x${a|upper}"),
      (.array([]), "v=..."), (.object([]), "v=..."),
      (.literal(.string(String(repeating: "y", count: 61))), "v=" + String(repeating: "y", count: 57) + "..."),
    ] as [(Template, String)])
  func names(_ value: Template, _ name: String) {
    #expect(Cases.Row.name(of: [.init("v", value)]) == name)
  }
}

@Suite("Filters of instants")
struct InstantFilterTests {
  private func apply(_ filters: String, to text: String = "2022-07-20T10:03:08Z") throws -> JSON {
    try Template(parsing: "${now|\(filters)}").resolved { _ throws(UnresolvedReference) in .string(text) }
  }

  @Test(
    "move and write them",
    arguments: [
      ("plus 1d", "2022-07-21T10:03:08Z"), ("plus 1d 12h", "2022-07-21T22:03:08Z"),
      ("minus 3s", "2022-07-20T10:03:05Z"),
      ("rfc3339", "2022-07-20T10:03:08Z"), ("date", "2022-07-20"), ("plus 14h | date", "2022-07-21"),
      ("http-date", "Wed, 20 Jul 2022 10:03:08 GMT"), ("unix", 1_658_311_388), ("unix-ms", 1_658_311_388_000),
      ("plus 250ms|unix-ms", 1_658_311_388_250), ("unix|upper", "1658311388"), ("unix|minus 8", "1658311380"),
    ] as [(String, JSON)])
  func move(filters: String, expected: JSON) throws { #expect(try apply(filters) == expected) }

  @Test("leave other texts as they are", arguments: ["plus 1d", "date", "unix", "http-date", "rfc3339", "unix-ms"])
  func others(filter: String) throws { #expect(try apply(filter, to: "soon") == "soon") }

  @Test("have their description, and unknown units are refused")
  func description() throws {
    for filter in ["plus 1d 12h", "minus 3s", "unix", "rfc3339", "http-date", "date", "unix-ms"] {
      guard case .reference(let reference) = try Template(parsing: "${now|\(filter)}") else {
        Issue.record("no reference")
        continue
      }
      #expect(reference.description == "${now|\(filter)}")
    }
    for filter in ["plus", "plus 1", "plus 1w", "minus 1d 2d", "plus 12h 1d", "plus -1d"] {
      #expect(throws: TemplateError.self) { try Template(parsing: "${now|\(filter)}") }
    }
  }
}

@Suite("Filters of spellings")
struct SpellingFilterTests {
  private func apply(_ filters: String, to text: String) throws -> String {
    try Template(parsing: "${x|\(filters)}").resolved { _ throws(UnresolvedReference) in .string(text) }.plainText
  }

  @Test(
    "change one segment of a URL, counted from the end",
    arguments: [
      ("change-segment 1", "/v1/acme/orders-elsewhere?q=/A"), ("swap-case-segment 1", "/v1/acme/ORDERS?q=/A"),
      ("swap-case-segment 2", "/v1/ACME/orders?q=/A"), ("escape-segment 1", "/v1/acme/%6F%72%64%65%72%73?q=/A"),
      ("swap-case-segment 9", "/V1/acme/orders?q=/A"),
    ])
  func segments(filter: String, expected: String) throws {
    #expect(try apply(filter, to: "https://Host/v1/acme/orders?q=/A".replacing("https://Host", with: "")) == expected)
    #expect(try apply(filter, to: "https://Host/v1/acme/orders?q=/A") == "https://Host" + expected)
  }

  @Test("write a text as escapes of JSON, which mean the same text")
  func json() throws {
    #expect(try apply("json-escape", to: "aé") == "\\u0061\\u00e9")
    for text in ["", "a\"\\\n", "漢字", "🚚"] {
      #expect(try JSON(parsing: "\"\(apply("json-escape", to: text))\"") == .string(text))
    }
  }

  @Test("have their description, and segments count from 1")
  func description() throws {
    for filter in ["change-segment 2", "swap-case-segment 1", "escape-segment 3", "json-escape"] {
      guard case .reference(let reference) = try Template(parsing: "${x|\(filter)}") else {
        Issue.record("no reference")
        continue
      }
      #expect(reference.description == "${x|\(filter)}")
    }
    for filter in ["swap-case-segment", "swap-case-segment 0", "upper-segment 1", "json-escape 1"] {
      #expect(throws: TemplateError.self) { try Template(parsing: "${x|\(filter)}") }
    }
  }
}
