import ConformanceModel
import JSONValue
import TestSupport
import Testing

@Suite("Challenges of WWW-Authenticate")
struct ChallengeTests {
  @Test(
    "challenges are read with their parameters",
    arguments: [
      ([], []), ([""], []), ([" , ,"], []), (["Bearer"], ["Bearer {}"]), (["bearer "], ["bearer {}"]),
      (["Basic, Bearer"], ["Basic {}", "Bearer {}"]),
      (["Basic", "Bearer"], ["Basic {}", "Bearer {}"]), ([#"Bearer realm="a""#], [#"Bearer {"realm":"a"}"#]),
      ([#"Bearer realm="a", error="invalid_token""#], [#"Bearer {"realm":"a","error":"invalid_token"}"#]),
      ([#"Bearer Realm = "a" ,error =invalid_token"#], [#"Bearer {"realm":"a","error":"invalid_token"}"#]),
      (
        [#"Bearer error="x", Basic realm="y", charset=UTF-8"#],
        [#"Bearer {"error":"x"}"#, #"Basic {"realm":"y","charset":"UTF-8"}"#]
      ),
      (
        [#"Newauth realm="apps, \"x\" = 1", type=1, Basic realm="simple""#],
        [#"Newauth {"realm":"apps, \"x\" = 1","type":"1"}"#, #"Basic {"realm":"simple"}"#]
      ),
      (["Negotiate abc=="], ["Negotiate {}"]),
      (["Negotiate a87421000492aa874209af8bc028, Bearer"], ["Negotiate {}", "Bearer {}"]),
      ([#"Negotiate YWJj/+==, Bearer error="x""#], ["Negotiate {}", #"Bearer {"error":"x"}"#]),
      ([#"Bearer a="1", a="2""#], [#"Bearer {"a":"1","a":"2"}"#]), ([#"Bearer realm="""#], [#"Bearer {"realm":""}"#]),
      ([#"Bearer realm="ü""#], [#"Bearer {"realm":"ü"}"#]),
    ] as [([String], [String])])
  func table(_ fields: [String], _ challenges: [String]) {
    let read = Challenges(fields)
    #expect(read.list.map { "\($0.scheme) \($0.json.compact)" } == challenges)
    #expect(read.syntaxError == nil)
  }

  @Test(
    "fields outside of the grammar are read as far as possible, and the first error is reported",
    arguments: [
      ("(), Bearer", "Bearer {}", "'(' at byte 1"), (#""quoted", Bearer"#, "Bearer {}", "'\"' at byte 1"),
      ("Bearer (x), error=y", #"Bearer {"error":"y"}"#, "no comma at byte 8, after the scheme"),
      (
        #"Bearer realm="a" error="b""#, #"Bearer {"realm":"a","error":"b"}"#,
        "no comma at byte 18, after a complete parameter"
      ),
      (
        #"Bearer realm="a"; error="b""#, #"Bearer {"realm":"a","error":"b"}"#,
        "';' at byte 17, after a complete parameter; parameters are separated by commas"
      ),
      (
        "Bearer realm=my realm, error=b", #"Bearer {"realm":"my"} realm {"error":"b"}"#,
        "no comma at byte 17, after a complete parameter"
      ),
      (
        "Bearer realm=https://a/b, error=b", #"Bearer {"realm":"https","error":"b"}"#,
        "the value of 'realm' needs quotes: it is not a token"
      ),
      (#"Bearer realm="open"#, "Bearer {}", "the quoted value of 'realm' does not end"),
      (#"Bearer realm="a\"#, "Bearer {}", "the quoted value of 'realm' does not end"),
      ("Bearer realm=, error=b", "Bearer {}", "the parameter 'error' follows a challenge with a token"),
      ("realm=a", "realm {}", "the parameter 'realm' has no scheme before it"),
      ("Bearer\trealm=a", "Bearer {}", "an unexpected character at byte 7, after the scheme 'Bearer'"),
      ("Bearer a=b, c d=e", #"Bearer {"a":"b"} c {"d":"e"}"#, nil),
      ("Bearer a=b c", #"Bearer {"a":"b"} c {}"#, "no comma at byte 12, after a complete parameter"),
      ("Bearer a=b, =c", #"Bearer {"a":"b"}"#, "'=' at byte 13"),
    ])
  func malformed(_ field: String, _ challenges: String, _ error: String?) {
    let read = Challenges([field])
    #expect(read.syntaxError == error)
    #expect(read.list.map { "\($0.scheme) \($0.json.compact)" }.joined(separator: " ") == challenges)
  }

  @Test("random fields never crash", arguments: 0..<4 as Range<UInt64>)
  func fuzz(_ seed: UInt64) {
    var random = SplitMix(seed: seed)
    let letters = Array("Ba=\",\\ /\t(é~0")
    for _ in 0..<2500 {
      let field = String(
        (0..<Int.random(in: 0...24, using: &random)).map { _ in
          letters[Int.random(in: 0..<letters.count, using: &random)]
        })
      #expect(Challenges([field]).list.allSatisfy { !$0.scheme.isEmpty })
    }
  }
}
