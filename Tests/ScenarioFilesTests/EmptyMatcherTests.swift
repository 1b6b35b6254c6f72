import ScenarioFiles
import TestSupport
import Testing

@Suite("A condition that holds for every response")
struct EmptyMatcherTests {
  @Test(
    "is refused, since it checks nothing",
    arguments: [
      ("status: { not: [] }", "a status is never a list or a mapping"),
      ("status: { not: {} }", "a status is never a list or a mapping"),
      ("status: { not: { one-of: [[200]] } }", "a status is never a list or a mapping"),
      ("text: { not: {} }", "a text is never a list or a mapping"),
      ("text: { not: [a] }", "a text is never a list or a mapping"),
      ("text: { contains: '' }", "contains is empty"), ("text: { unlike: '' }", "unlike is empty"),
      ("headers: { Allow: { lists: [] } }", "lists is empty"),
      ("headers: { Allow: { lists: 'GET, POST' } }", "'GET, POST' is not a name (RFC 9110 section 5.6.2)"),
      ("headers: { Allow: { lists: '' } }", "'' is not a name"), ("headers: { Allow: { lists: { a: b } } }", "a name"),
      ("some-text: { not: {} }", "a text is never a list or a mapping"),
      ("text: { unique-members: true }", "a text is never a list or a mapping"),
      ("json: { unique-members: often }", "unique-members must be true or false"),
      ("text: { matches: '' }", "matches is empty"), ("json: { a: { contains: '' } }", "contains is empty"),
    ])
  func refused(condition: String, message: String) throws {
    let error = try #require(throws: Diagnostics.self) { try load("{ \(condition) }", url: "/") }
    #expect(error.description.contains(message), "\(error)")
  }

  @Test(
    "is not one about a list or a mapping in a body",
    arguments: ["json: { items: { not: [] } }", "json: { error: { not: {} } }", "status: { not: { equals: 500 } }"])
  func accepted(condition: String) throws { try load("{ \(condition) }", url: "/") }

  @Test("is as little use as a request without a URL")
  func noURL() throws {
    let error = try #require(throws: Diagnostics.self) { try load("{ status: 200 }", url: "[]") }
    #expect(error.description.contains("url is empty; expected a URL"), "\(error)")
  }

  private func load(_ expect: String, url: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("requirements.yaml", "requirements:\n  - { id: A-01, level: must, source: s, text: t }\n")
    try folder.write(
      "suite/one.yaml",
      "title: A case\ncovers: [A-01]\nsteps:\n  - http: { url: \(url) }\n    expect: \(expect)\n")
    _ = try Library.load([folder.path])
  }
}
