import ConformanceModel
import Testing

@Suite("Spellings of paths") struct PathSpellingTests {
  private let url = "http://Host:8080/v1/acme/Orders?x=/1"

  @Test(
    "each changes the path alone",
    arguments: [
      (PathSpelling.trailingSlash, "/v1/acme/Orders/"), (.doubledSlash, "//v1/acme/Orders"),
      (.dotSegment, "/v1/acme/./Orders"), (.parentSegment, "/v1/acme/x/../Orders"), (.otherCase, "/V1/ACME/oRDERS"),
      (.encodedLetters, "/v1/acme/%4F%72%64%65%72%73"), (.addedSegment, "/v1/acme/Orders/conform"),
      (.otherParent, "/v1/acme-elsewhere/Orders"),
    ])
  func paths(spelling: PathSpelling, path: String) {
    #expect(spelling.apply(to: url) == "http://Host:8080\(path)?x=/1")
  }

  @Test("a URL without a path gets one", arguments: PathSpelling.allCases)
  func noPath(spelling: PathSpelling) {
    #expect(spelling.apply(to: "http://host").hasPrefix("http://host"))
    #expect(!spelling.apply(to: "").contains("http"))
  }
}
