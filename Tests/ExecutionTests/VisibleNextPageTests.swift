import ConformanceModel
import HTTPModel
import JSONValue
import TestSupport
import Testing

@testable import Execution

@Suite("Another page of a list")
struct VisibleNextPageTests {
  private func binding(_ body: String, _ list: String = "/items/*/id", _ headers: [HeaderField] = []) -> String? {
    let result = StepResult(Exchange(request: WireRequest(url: "/"), response: WireResponse(200, body, headers)))
    let tokens = list.split(separator: "/").map { String($0) }
    return VisibleNextPage.binding(in: result, list: .json(JSONPointer(tokens: tokens)))
  }

  @Test(
    "is seen in the objects around the list, by the usual names",
    arguments: [
      (#"{"items":[],"next":"/c?page=2"}"#, "pages: { next: /next }"),
      (#"{"items":[],"next":{"href":"https://a/c"}}"#, "pages: { next: /next/href }"),
      (#"{"items":[],"_links":{"self":{"href":"/"},"next":{"href":"/c"}}}"#, "pages: { next: /_links/next/href }"),
      (#"{"items":[],"@odata.nextLink":"https://a/c"}"#, "pages: { next: /@odata.nextLink }"),
      (#"{"items":[],"meta":{"pages":{"links":{"next":"?p=2"}}}}"#, "pages: { next: /meta/pages/links/next }"),
      (#"{"items":[],"nextPageToken":"abc"}"#, "pages: { next: /nextPageToken, query: NAME }"),
      (#"{"items":[],"page":{"next":2}}"#, "pages: { next: /page/next, query: NAME }"),
    ])
  func seen(body: String, expected: String) { #expect(binding(body) == expected) }

  @Test(
    "is not seen if there is none",
    arguments: [
      #"{"items":[]}"#, #"{"items":[],"next":null}"#, #"{"items":[],"next":""}"#, #"{"items":[],"next":false}"#,
      #"{"items":[{"id":"a","next":"/b"}]}"#, #"{"items":[],"links":{"prev":"/c"}}"#, "[]", "no JSON",
      #"{"items":[],"context":"/c"}"#,
    ])
  func notSeen(body: String) { #expect(binding(body) == nil) }

  @Test("is seen around a nested list, and in a Link header field first")
  func elsewhere() {
    let nested = #"{"data":{"clients":[],"next":"/a"},"next":"/b"}"#
    #expect(binding(nested, "/data/clients/*") == "pages: { next: /data/next }")
    #expect(
      binding(nested, "/data/clients/*", [HeaderField("Link", "</c>; rel=next")])
        == "pages: { next: { header: Link } }")
  }
}
