// Writing, reading and validating XML.

import Foundation
import Testing

@testable import XML

@Suite("The XML writer")
struct XMLWriterTests {
  private func written(_ write: (XMLWriter) throws -> Void) throws -> [UInt8] {
    let path = NSTemporaryDirectory() + "xml-\(UUID().uuidString)%41&.xml"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let writer = try XMLWriter(path: path)
    try write(writer)
    try writer.end()
    return try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test("nests elements, indented, in UTF-8")
  func nests() throws {
    let bytes = try written { writer in
      try writer.element("a", [("b", "1")]) { try writer.element("c", text: "ü") }
    }
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"1\">\n  <c>ü</c>\n</a>\n")
  }

  @Test(
    "what any text says comes back, with illegal characters made visible",
    arguments: [
      ("a<b>&\"'", "a<b>&\"'"), ("]]>", "]]>"), ("tab\tline\nreturn\r\n", "tab\tline\nreturn\r\n"),
      ("\u{0}\u{1B}[31m", "\\u{0}\\u{1B}[31m"),
      ("\u{FFFE}\u{FFFF}", "\\u{FFFE}\\u{FFFF}"), ("🎉\u{10FFFF}é", "🎉\u{10FFFF}é"),
      ("\u{7F}\u{9B}\u{202E}\u{61C}", "\\u{7F}\\u{9B}\\u{202E}\\u{61C}"),
      ("<![CDATA[x]]><!--", "<![CDATA[x]]><!--"), ("&#0;&amp;", "&#0;&amp;"),
    ])
  func texts(_ given: String, _ expected: String) throws {
    let bytes = try written { try $0.element("a", [("b", given)], text: given) }
    let document = try XMLDocument(parsing: bytes)
    #expect(try document.text(xpath: "/a") == [expected])
    #expect(try document.text(xpath: "/a/@b") == [expected])
  }

  @Test("a text of two megabytes is written whole")
  func large() throws {
    let text = String(repeating: "0123456789é\u{1}", count: 150_000)
    let bytes = try written { try $0.element("a", text: text) }
    #expect(
      try XMLDocument(parsing: bytes).text(xpath: "/a") == [text.replacingOccurrences(of: "\u{1}", with: "\\u{1}")])
  }

  @Test("a full disk is an error in the system's words")
  func fullDisk() throws {
    let writer = XMLWriter(FileSink(descriptor: open("/dev/full", O_WRONLY)))
    let error = #expect(throws: XMLError.self) {
      try writer.element("a", text: "short")
      try writer.end()
    }
    #expect(error?.description == "cannot be written: No space left on device")
  }

  @Test("a file that is there is not written over")
  func existing() throws {
    let error = #expect(throws: XMLError.self) { try XMLWriter(path: "/dev/null") }
    #expect(error?.description == "cannot be written: File exists")
  }
}

@Suite("Legal text")
struct XMLTextTests {
  @Test("the fast path agrees with a look at each scalar")
  func everyScalar() {
    for value in Array(UInt32(0)...0x2100) + Array(0xD700...0x1_0000)
      + Array(stride(from: 0x2100, to: 0x11_0000, by: 251))
    {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = "a" + String(Character(scalar))
      let expected = XMLText.isPlain(scalar) ? text : "a\\u{\(String(value, radix: 16, uppercase: true))}"
      if XMLText.legal(text).utf8.elementsEqual(expected.utf8) { continue }
      Issue.record("U+\(String(value, radix: 16))")
    }
  }
}

@Suite("An XML document")
struct XMLDocumentTests {
  static let order = Array(
    #"<o:order xmlns:o="urn:orders" xmlns="urn:plain" n="7"><o:line>a</o:line><o:line>b<i>c</i></o:line><plain/></o:order>"#
      .utf8)

  @Test(
    "XPath finds texts of nodes, and gives numbers, booleans and strings",
    arguments: [
      ("/o:order/o:line", ["a", "bc"]), ("/o:order/@n", ["7"]), ("count(//o:line)", ["2"]),
      ("boolean(//o:nothing)", ["false"]),
      ("//*[local-name()='plain']", [""]), ("//plain", []), ("string(//o:line[2])", ["bc"]),
      ("//o:line/text()", ["a", "b"]),
    ])
  func xpath(_ expression: String, _ expected: [String]) throws {
    #expect(try XMLDocument(parsing: Self.order).text(xpath: expression) == expected)
  }

  @Test("an expression that makes a text of the whole document for each node is given up after a time")
  func texts() throws {
    let items = (0..<5000).map { "<p><id>\($0)</id><x>\(String(repeating: "a", count: 60))</x></p>" }.joined()
    let document = try XMLDocument(parsing: Array("<r>\(items)</r>".utf8))
    for expression in ["//p[string(/) != id]/id", "//id[not(contains(string(ancestor::r), .))]"] {
      let error = #expect(throws: XMLError.self) { try document.text(xpath: expression, timeLimit: 0.05) }
      #expect(error?.isUndecided == true)
    }
    #expect(try document.text(xpath: "//p[1]/id") == ["0"])
  }

  @Test(
    "an expression that takes too much work on a large document is given up, and not on a small one",
    arguments: ["//i[not(. = preceding::i)]", "//i[count(preceding::i) < 5]", "//a[.//i = //i/@n]/i[count(//i) > 3]"])
  func work(expression: String) throws {
    func document(_ count: Int) throws -> XMLDocument {
      let items = (0..<count).map { "<i n='\($0)'>\($0)</i>" }.joined()
      return try XMLDocument(parsing: Array("<a>\(items)</a>".utf8))
    }
    #expect(throws: Never.self) { try document(20).text(xpath: expression) }
    let error = #expect(throws: XMLError.self) { try document(30_000).text(xpath: expression) }
    #expect(error?.isUndecided == true && error?.message.contains("takes too much work") == true)
    // plain paths stay within the limit on the largest document
    #expect(try document(33_000).text(xpath: "//i/@n").count == 33_000)
    #expect(try document(33_000).text(xpath: "/a/i[@n = '7']") == ["7"])
  }

  @Test("an expression that is not XPath is an error", arguments: ["//[", "", "//unknown:a", "a\u{0}b", "nothing()"])
  func badXPath(_ expression: String) throws {
    let document = try XMLDocument(parsing: Self.order)
    #expect(throws: XMLError.self) { try document.text(xpath: expression) }
  }

  @Test("a mistake has its line")
  func line() throws {
    let error = #expect(throws: XMLError.self) { try XMLDocument(parsing: Array("<a>\n<b>\n</a>".utf8)) }
    #expect(error?.line == 3)
    #expect(error?.message.contains("b") == true)
  }

  @Test(
    "what is no document is an error",
    arguments: ["", " ", "{}", "<a>", "<a>\u{1}</a>", "<a/><b/>", "<a b='1' b='2'/>", "<a>&nothing;</a>"])
  func noDocument(_ text: String) {
    #expect(throws: XMLError.self) { try XMLDocument(parsing: Array(text.utf8)) }
  }

  @Test("broken UTF-8 is an error")
  func brokenUTF8() {
    #expect(throws: XMLError.self) { try XMLDocument(parsing: Array("<a>".utf8) + [0xFF, 0xC3] + Array("</a>".utf8)) }
  }

  @Test("entities are refused: neither a bomb nor a file of this machine is read", .timeLimit(.minutes(1)))
  func entities() {
    var bomb = "<!DOCTYPE a [<!ENTITY e0 \"0123456789\">"
    for level in 1...20 { bomb += "<!ENTITY e\(level) \"\(String(repeating: "&e\(level - 1);", count: 10))\">" }
    #expect(throws: XMLError.self) { try XMLDocument(parsing: Array("\(bomb)]><a>&e20;</a>".utf8)) }
    #expect(throws: XMLError.self) { try XMLDocument(parsing: Array("\(bomb)]><a/>".utf8)) }
    #expect(throws: XMLError.self) {
      try XMLDocument(parsing: Array(#"<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/hostname">]><a>&f;</a>"#.utf8))
    }
  }

  @Test("a document type that names a file elsewhere loads nothing")
  func externalType() throws {
    let document = try XMLDocument(parsing: Array(#"<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a>x</a>"#.utf8))
    #expect(try document.text(xpath: "/a") == ["x"])
  }

  @Test("nesting without end is refused, in bounded stack")
  func deep() {
    #expect(throws: XMLError.self) { try XMLDocument(parsing: Array(String(repeating: "<a>", count: 100_000).utf8)) }
  }

  @Test("documents are read in many tasks at a time")
  func concurrent() async throws {
    try await withThrowingTaskGroup(of: [String].self) { group in
      for _ in 0..<64 { group.addTask { try XMLDocument(parsing: Self.order).text(xpath: "//o:line") } }
      for try await texts in group { #expect(texts == ["a", "bc"]) }
    }
  }
}

@Suite("An XML schema")
struct XMLSchemaTests {
  private func schema(_ text: String) throws -> XMLSchema {
    let path = NSTemporaryDirectory() + "schema-\(UUID().uuidString).xsd"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try XMLSchema(path: path)
  }

  private let order = """
    <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="order"><xs:complexType><xs:sequence>
    <xs:element name="line" type="xs:int" maxOccurs="2"/></xs:sequence></xs:complexType></xs:element></xs:schema>
    """

  @Test("a valid document has no errors")
  func valid() throws {
    #expect(try schema(order).errors(in: XMLDocument(parsing: Array("<order><line>1</line></order>".utf8))).isEmpty)
  }

  @Test("each error has its line")
  func invalid() throws {
    let errors = try schema(order).errors(
      in: XMLDocument(parsing: Array("<order>\n<line>x</line>\n<other/></order>".utf8)))
    #expect(errors.map(\.line) == [2, 3])
    #expect(errors.first?.message.contains("'x' is not a valid value") == true)
  }

  @Test("what is no schema is an error")
  func noSchema() throws {
    #expect(throws: XMLError.self) {
      try schema("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:element/></xs:schema>")
    }
    #expect(throws: XMLError.self) { try schema("nothing") }
    #expect(throws: XMLError.self) { try XMLSchema(path: "/nowhere/at/all.xsd") }
  }
}
