import HTTPModel
import Testing

@Suite("Media types (RFC 9110 section 8.3.1)")
struct MediaTypeTests {
  @Test(
    "are read with their parameters, whatever the case, with white space around a semicolon",
    arguments: [
      ("application/json", "application/json"), (" Application/JSON\t", "application/json"),
      ("application/json;charset=utf-8", "application/json charset=utf-8"),
      ("application/json \t; \tCharset=\"UTF-8\"", "application/json charset=UTF-8"),
      ("text/plain; a=\"b; c=\\\"d\\\"\";e=f", "text/plain a=b; c=\"d\" e=f"), ("text/plain;", "text/plain"),
      ("text/plain; ; a=b", "text/plain a=b"), ("application/vnd.api+json", "application/vnd.api+json"),
    ])
  func valid(text: String, read: String) throws {
    let type = try #require(MediaType(text))
    #expect(([type.essence] + type.parameters.map { "\($0.name)=\($0.value)" }).joined(separator: " ") == read)
  }

  @Test(
    "outside of the grammar are none",
    arguments: [
      "", "json", "/json", "application/", "application /json", "application/json, text/html", "a/b c", "a/b;c",
      "a/b;c=", "a/b;c= d", "a/b;c=\"d", "a/b/c", "a/b;c=\"d\"e",
    ])
  func invalid(text: String) { #expect(MediaType(text) == nil) }
}
