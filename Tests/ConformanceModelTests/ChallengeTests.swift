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
      ([#"Bearer realm="open"#], [#"Bearer {"realm":"open"}"#]), ([#"Bearer realm="a\"#], [#"Bearer {"realm":"a\\"}"#]),
      ([#"Bearer realm="ü""#], [#"Bearer {"realm":"ü"}"#]), (["(), Bearer"], ["Bearer {}"]),
      ([#""quoted", Bearer"#], ["Bearer {}"]),
      (["Bearer (x), error=y"], [#"Bearer {"error":"y"}"#]),
    ] as [([String], [String])])
  func table(_ fields: [String], _ challenges: [String]) {
    #expect(Challenge.parse(fields).map { "\($0.scheme) \($0.json.compact)" } == challenges)
  }

  @Test("random fields never crash", arguments: 0..<4 as Range<UInt64>)
  func fuzz(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let letters = Array("Ba=\",\\ /\t(é~0")
    for _ in 0..<2500 {
      let field = String(
        (0..<Int.random(in: 0...24, using: &random)).map { _ in
          letters[Int.random(in: 0..<letters.count, using: &random)]
        })
      #expect(Challenge.parse([field]).allSatisfy { !$0.scheme.isEmpty })
    }
  }
}
