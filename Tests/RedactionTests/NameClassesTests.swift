// What names say about their values.

import Testing

@testable import Redaction

@Suite("Classes of names")
struct NameClassesTests {
  @Test(
    "a name is the same with other separators and in other case, at the first and at the second look",
    arguments: [
      ("access_token", true, true), ("accessToken", true, true), ("X-Auth-Token", false, true),
      ("appPass", false, true), ("passage", false, false),
      ("ticket", true, false), ("Ticket", true, false), ("color", false, false), ("", false, false),
    ])
  func classes(name: String, isConfidential: Bool, suggestsSecret: Bool) {
    let classes = NameClasses(confidential: ["accesstoken", "ticket"])
    for _ in 0..<2 {
      #expect(classes[name].isConfidential == isConfidential)
      #expect(classes[name].suggestsSecret == suggestsSecret)
    }
  }

  @Test("names beyond the memory are classified too")
  func manyNames() {
    let classes = NameClasses(confidential: ["ticket"])
    for number in 0..<5000 { _ = classes["name-\(number)"] }
    #expect(classes["ticket"].isConfidential)
    #expect(classes["late-token"].suggestsSecret)
  }
}
