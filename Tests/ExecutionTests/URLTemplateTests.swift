// Values inside of URLs: none of them changes which resource a request goes to.

import ConformanceModel
import JSONValue
import Testing

@testable import Execution

@Suite("Templates of URLs")
struct URLTemplateTests {
  private static func url(_ template: String, _ values: [String: JSON]) throws -> String {
    try Template(parsing: template).resolvedURL { reference throws(UnresolvedReference) in
      try TemplateResolver.value(of: reference, in: values)
    }
  }

  @Test(
    "an id is percent-encoded, so that it stays one segment of the path",
    arguments: [
      ("cl-1", "/clients/cl-1"), ("a/../b", "/clients/a%2F..%2Fb"), ("a?b=c#d", "/clients/a%3Fb%3Dc%23d"),
      ("...", "/clients/..."), (".hidden", "/clients/.hidden"), ("%2e%2e", "/clients/%252e%252e"),
    ])
  func encoded(id: String, url: String) throws {
    #expect(try URLTemplateTests.url("/clients/${client.id}", ["client": ["id": .string(id)]]) == url)
  }

  @Test(
    "an id that leaves its segment empty or makes it a dot segment is refused, wherever it is in the path",
    arguments: ["", ".", ".."],
    ["/clients/${client.id}", "/clients/${client.id}/secret", "/clients/${client.id}?force=1", "/x/${client.id}#top"])
  func dots(id: String, template: String) throws {
    let error = #expect(throws: UnresolvedReference.self) {
      try URLTemplateTests.url(template, ["client": ["id": .string(id)]])
    }
    #expect(error?.reference == "${client.id}")
    #expect(error?.reason.contains("must not be empty, '.' or '..'") == true)
  }

  @Test("any value is refused that makes a dot segment, also with others and with an encoded dot")
  func others() throws {
    for (template, text) in [
      ("/a/${row}/b", ".."), ("/a/.${row}/b", "."), ("/a/${row}${row}/b", "."), ("/a/${row}/b", "%2E%2e"),
      ("/a/${row|percent-encode}", ".."), ("/a/${row}", "."),
    ] {
      #expect(throws: UnresolvedReference.self, "\(template) \(text)") {
        try URLTemplateTests.url(template, ["row": .string(text)])
      }
    }
  }

  @Test(
    "values elsewhere in a URL may be anything: base URLs, queries, parts of a segment, and those of connectors",
    arguments: [
      ("${base}/token", "http://127.0.0.1:80", "http://127.0.0.1:80/token"), ("/in?q=${base}", "..", "/in?q=.."),
      ("/in?q=/${base}", "", "/in?q=/"), ("/in-${base}", "", "/in-"), ("/v${base}/in", "1", "/v1/in"),
      ("${base}/in", "", "/in"), ("/clients/${base}", "", "/clients/"), ("/${base}/in", "a/../b", "/a/../b/in"),
    ])
  func free(template: String, value: String, url: String) throws {
    #expect(try URLTemplateTests.url(template, ["base": .string(value)]) == url)
    #expect(try URLTemplateTests.url("/${connector.path}/in", ["connector": ["path": ""]]) == "//in")
  }
}
