import ConformanceModel
import Testing

@Suite("The source of a requirement")
struct SourceReferenceTests {
  @Test(
    "names documents and their parts",
    arguments: [
      ("RFC 6749 section 5.2", "RFC 6749: section 5.2"),
      ("RFC 8414 sections 3, 3.1 and 5", "RFC 8414: section 3, section 3.1, section 5"),
      (
        "RFC 6749 section 2.3.1 and appendix B; RFC 7617 section 2",
        "RFC 6749: section 2.3.1, appendix B; RFC 7617: section 2"
      ),
      ("RFC 6749 appendices A.1 and A.2", "RFC 6749: appendix A.1, appendix A.2"),
      (
        "RFC 6749 section 5.1 (a MUST there; see 5.2); RFC 9111 section 5.4 deprecates the field",
        "RFC 6749: section 5.1; RFC 9111: section 5.4, deprecates, the, field"
      ),
      (
        "Generating token credentials for API access, steps 3 and 6",
        "Generating token credentials for API access: step 3, step 6"
      ),
      ("Implementing API requests, hint (OAuth 2.0)", "Implementing API requests: hint"),
      ("Status codes of the inbound API (422)", "Status codes of the inbound API: "),
      ("inferred: practice of the suite", "inferred: practice, of, the, suite"), ("", ""), ("; ;(x)", ""),
    ])
  func references(source: String, expected: String) {
    let found = SourceReference.all(in: source).map { reference in
      "\(reference.document): \(reference.parts.map(\.description).joined(separator: ", "))"
    }
    #expect(found.joined(separator: "; ") == expected)
  }

  @Test(
    "is selected by the document, and by a section with its subsections",
    arguments: [
      ("RFC 6749", "RFC 6749 section 5.2", true), ("rfc6749", "RFC 6749 section 5.2", true),
      ("RFC 674", "RFC 6749 section 5.2", false), ("RFC 6750", "RFC 6749 section 5.2; RFC 6750 section 3", true),
      ("RFC 6749 section 5.2", "RFC 6749 section 5.2", true), ("RFC 6749 section 5", "RFC 6749 section 5.2", true),
      ("RFC 6749, §5.2", "RFC 6749 sections 3 and 5.2", true), ("RFC 6749 section 5.2", "RFC 6749 section 5", false),
      ("RFC 6749 section 5.2", "RFC 6749 section 5.21", false), ("RFC 6749 section 1", "RFC 6749 section 10.3", false),
      ("RFC 6749 section 3", "RFC 6749 section 2; RFC 6750 section 3", false),
      ("RFC 6749 section 3", "RFC 6749", false),
      ("RFC 6749 appendix a", "RFC 6749 appendix A.12", true), ("RFC 6749 section 1; RFC 1", "RFC 1", true),
      ("Implementing API requests", "Implementing API requests (which shows GET)", true),
      ("Implementing API requests, hint", "Implementing API requests, step 2, hint", true),
    ])
  func includes(wanted: String, source: String, expected: Bool) {
    let found = SourceReference.all(in: source)
    #expect(SourceReference.all(in: wanted).contains { wanted in found.contains { wanted.includes($0) } } == expected)
  }
}
