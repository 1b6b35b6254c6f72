import Testing

@testable import Execution

@Suite("A relative URL")
struct URLReferenceTests {
  @Test(
    "leads where the examples of RFC 3986 section 5.4 say",
    arguments: [
      ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
      ("//g", "http://g"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), ("#s", "http://a/b/c/d;p?q"),
      ("g#s", "http://a/b/c/g"), (";x", "http://a/b/c/;x"), ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"),
      ("./", "http://a/b/c/"), ("..", "http://a/b/"), ("../", "http://a/b/"), ("../g", "http://a/b/g"),
      ("../..", "http://a/"), ("../../g", "http://a/g"), ("../../../g", "http://a/g"), ("/./g", "http://a/g"),
      ("/../g", "http://a/g"), ("g.", "http://a/b/c/g."), ("..g", "http://a/b/c/..g"), ("./g/.", "http://a/b/c/g/"),
      ("g/../h", "http://a/b/c/h"), ("g?y/../x", "http://a/b/c/g?y/../x"), ("g:h", "g:h"),
      ("https://h/p?q", "https://h/p?q"),
    ])
  func examples(reference: String, url: String) {
    #expect(URLReference.resolve(reference, against: "http://a/b/c/d;p?q") == url)
  }

  @Test("begins at the root of a URL without a path")
  func root() {
    #expect(URLReference.resolve("g?x", against: "https://a:8443") == "https://a:8443/g?x")
    #expect(URLReference.resolve("?x", against: "https://a:8443?y") == "https://a:8443?x")
  }
}
