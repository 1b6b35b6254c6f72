import Foundation
import Testing

@testable import XML

@Suite("Reading XML part by part")
struct XMLStreamTests {
  func parts(_ text: String) throws -> [XMLPart] {
    let path = NSTemporaryDirectory() + "stream-\(UUID().uuidString).xml"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    let descriptor = open(path, O_RDONLY)
    defer { close(descriptor) }
    var parts: [XMLPart] = []
    try XMLStream.read(descriptor: descriptor) { parts.append($0) }
    return parts
  }

  @Test("elements come with their attributes, text and CDATA in their order")
  func order() throws {
    let parts = try parts(
      #"<?xml version="1.0"?><a x="1 &lt; 2" n:y="é" xmlns:n="u"><n:b>t&amp;</n:b><![CDATA[<c>]]></a>"#)
    #expect(parts.first == .start(name: "a", attributes: ["x": "1 < 2", "y": "é"]))
    #expect(parts.contains(.start(name: "b", attributes: [:])))
    let text = parts.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined()
    #expect(text == "t&<c>")
    #expect(parts.last == .end(name: "a"))
  }

  @Test(
    "a DOCTYPE is refused before anything of it is used",
    arguments: [
      #"<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>"#,
      #"<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>"#,
      #"<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><a x="&c;">&c;</a>"#,
      #"<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><a/>"#,
    ])
  func doctype(text: String) throws {
    let error = #expect(throws: XMLError.self) { try parts(text) }
    #expect(error?.message == "has a DOCTYPE, which is not supported")
  }

  @Test(
    "what is not well-formed is an error with its line",
    arguments: ["<a>\n<b></a>", "<a", "", "plain", "<a>&nope;</a>", "<a/><b/>"])
  func broken(text: String) throws {
    #expect(throws: XMLError.self) { try parts(text) }
  }

  @Test("a document of many megabytes is read in pieces")
  func large() throws {
    let item = "<i n=\"x\">" + String(repeating: "text ", count: 200) + "</i>"
    let parts = try parts("<a>" + String(repeating: item, count: 4000) + "</a>")
    #expect(parts.count { if case .start = $0 { true } else { false } } == 4001)
  }

  @Test("nesting has a limit")
  func deep() throws {
    #expect(throws: XMLError.self) {
      try parts(String(repeating: "<a>", count: 100_000) + String(repeating: "</a>", count: 100_000))
    }
  }
}
