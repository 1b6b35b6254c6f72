import ConformanceModel
import Testing

@testable import Exploration

@Suite("Rulings on posts") struct PostRulingTests {
  let sample = Sample()

  @Test(
    "only the whole token is a credential",
    arguments: [
      (PostCall.Credential.token, "success"), (.none, "refusal 401"), (.changed, "refusal 400 401"),
      (.otherCase, "refusal 400 401"), (.shorter, "refusal 400 401"), (.longer, "refusal 400 401"),
      (.doubled, "refusal 400 401"), (.reversed, "refusal 400 401"), (.secret, "refusal 400 401"),
      (.id, "refusal 400 401"), (.unknown, "refusal 401"), (.unsigned, "refusal 401"),
      (.withoutFirst, "refusal 400 401"), (.prefix, "refusal 400 401"), (.otherLast, "either 400 401"),
      (.padded, "either 400 401"),
    ])
  func credentials(credential: PostCall.Credential, expected: String) {
    #expect(sample.post { $0.credential = credential } == expected)
  }

  @Test(
    "the token counts in the header alone",
    arguments: [
      (PostCall.Placement.header, "success"), (.lowerCase, "success"), (.upperCase, "success"), (.blanks, "success"),
      (.otherScheme, "refusal 400 401"), (.noScheme, "refusal 400 401"), (.quoted, "refusal 400 401"),
      (.query, "refusal 400 401"), (.cookie, "refusal 401"), (.headerAndQuery, "refusal 400"),
      (.twice, "refusal 400 401"), (.basic, "refusal 400 401"), (.body, "refusal 401"),
      (.schemeAlone, "refusal 400 401"), (.twoWords, "refusal 400 401"), (.parameter, "refusal 400 401"),
    ])
  func placements(placement: PostCall.Placement, expected: String) {
    #expect(sample.post { $0.placement = placement } == expected)
  }

  @Test("what the target declares of a token in header and query, and of Basic, decides")
  func declared() {
    #expect(Sample { $0.tokenInHeaderAndQuery = "ignored" }.post { $0.placement = .headerAndQuery } == "success")
    #expect(Sample { $0.tokenInHeaderAndQuery = "either" }.post { $0.placement = .headerAndQuery } == "either 400")
    #expect(Sample { $0.basicOpensInbound = true }.post { $0.placement = .basic } == "either 4xx")
  }

  @Test(
    "payloads are accepted or refused by their content",
    arguments: [
      (PostCall.Kind.valid, "success"), (.unicode, "success"), (.charset, "success"), (.largest, "success"),
      (.tooLarge, "refusal 413"), (.wrongEntity, "refusal 422"), (.wrongType, "refusal 422"),
      (.missingMember, "refusal 422"), (.empty, "refusal 422"), (.whiteSpace, "refusal 422"),
      (.truncated, "refusal 400"), (.trailingComma, "refusal 400"), (.notUTF8, "refusal 400"),
      (.notANumber, "refusal 400"), (.leadingZero, "refusal 400"), (.singleQuotes, "refusal 400"),
      (.controlCharacter, "refusal 400"), (.comment, "refusal 400"), (.secondText, "refusal 400"),
      (.emptyObject, "either 4xx"), (.null, "either 4xx"), (.list, "either 4xx"), (.number, "either 4xx"),
      (.string, "either 4xx"), (.halfCharacter, "either 4xx"), (.furtherMembers, "either 400 422"),
      (.above64K, "success"), (.above1M, "success"), (.again, "senseless"),
    ])
  func payloads(payload: PostCall.Kind, expected: String) {
    #expect(sample.post { $0.payload = payload } == expected)
  }

  @Test("between the size that must not be refused and the one that must be, either is right")
  func sizes() {
    let sample = Sample { $0.maxPayload = 100_000 }
    #expect(sample.post { $0.payload = .above64K } == "success")
    #expect(sample.post { $0.payload = .above1M } == "either 413")
    #expect(sample.post { $0.payload = .largest } == "success")
  }

  @Test("bytes that were accepted may be accepted again or refused as known")
  func again() {
    var first = PostCall(name: "first", token: "token", client: "erp", size: 2000)
    let sample = sample.after(.post(first))
    #expect(sample.post { ($0.payload, $0.other) = (.again, "first") } == "either 4xx")
    #expect(sample.post() == "either 4xx")
    #expect(sample.post { $0.size = 2001 } == "success")
    // of another size it would be another payload
    #expect(sample.post { ($0.payload, $0.other, $0.size) = (.again, "first", 2001) } == "senseless")
    #expect(sample.post("depot-token", at: .second) { ($0.payload, $0.other) = (.again, "first") } == "senseless")
    // at the other connector they are another payload
    #expect(sample.post("depot-token", at: .second) == "success")
    first.credential = .none
    #expect(self.sample.after(.post(first)).post() == "success")
    #expect(self.sample.after(.post(first)).post { ($0.payload, $0.other) = (.again, "first") } == "senseless")
  }

  @Test("a blank payload is left open if the target declares that it accepts it")
  func blank() { #expect(Sample { $0.acceptsBlank = true }.post { $0.payload = .empty } == "either 4xx") }

  @Test("other methods than POST are refused unless the target serves them", arguments: CallMethod.allCases)
  func methods(method: CallMethod) {
    #expect(sample.post { $0.method = method } == (method == .post ? "success" : "refusal 501 4xx"))
    let serving = Sample { $0.servesOtherMethods = true }
    #expect(serving.post { $0.method = method } == (method == .post ? "success" : "either 501 4xx"))
  }

  @Test(
    "media types and codings that are not those of the payload are refused",
    arguments: [
      (PostCall.Media.own, "success"), (.absent, "either 4xx"), (.upperCase, "success"), (.charset, "success"),
      (.text, "refusal 400 415 422"),
      (.form, "refusal 400 415 422"), (.binary, "refusal 400 415 422"),
    ])
  func media(media: PostCall.Media, expected: String) {
    #expect(sample.post { $0.media = media } == expected)
    #expect(Sample { $0.acceptsJSON = [] }.post { $0.media = .upperCase } == "senseless")
    #expect(sample.post { $0.coding = .chunked } == "either 411")
    #expect(sample.post { $0.coding = .gzip } == "refusal 4xx")
    #expect(sample.post { $0.coding = .unknown } == "refusal 4xx")
    #expect(sample.post { $0.coding = .compressed } == "either 400 415")
    #expect(Sample { $0.gzipPayload = "accepted" }.post { $0.coding = .compressed } == "success")
    let refusing = Sample { $0.gzipPayload = "refused" }
    #expect(refusing.post { $0.coding = .compressed } == "refusal 400 415")
    #expect(refusing.post("depot-token", at: .second) { $0.coding = .compressed } == "either 400 415")
  }

  @Test("names of header fields may have any case, and many fields are too many for some")
  func fields() {
    for fields in [FieldNames.upperCase, .mixedCase] {
      #expect(sample.post { $0.fields = fields } == "success")
      #expect(sample.post { ($0.fields, $0.placement) = (fields, .query) } == "senseless")
      #expect(sample.token { $0.fields = fields } == "success")
      #expect(sample.token { ($0.fields, $0.media) = (fields, .text) } == "senseless")
    }
    #expect(sample.post { $0.fields = .many } == "either 400 413 431")
    #expect(sample.token { $0.fields = .many } == "either 400 413 431")
  }

  @Test("other spellings of the path are left open, and a longer one is another URL", arguments: PostCall.Path.allCases)
  func paths(path: PostCall.Path) {
    let expected =
      switch path {
      case .plain: "success"
      case .segment, .suffix, .otherCompany: "refusal 401 403 404 405"
      case .query, .lineBreak, .slash, .slashes, .dot, .semicolon, .blank: "either 4xx"
      case .doubled, .parent, .inner, .otherCase, .encoded: "either 4xx 3xx"
      }
    #expect(sample.post { $0.path = path } == expected)
    // whatever the spelling is, a wrong token opens nothing
    let wrong = sample.post { ($0.path, $0.credential) = (path, .unknown) }
    #expect(wrong.hasPrefix("refusal 401"))
  }

  @Test("a token opens its own connector alone")
  func foreign() {
    #expect(sample.post("token", at: .second) == "refusal 401")
    #expect(sample.post("depot-token", at: .first) == "refusal 401")
    #expect(sample.post("depot-token", at: .second) == "success")
    #expect(Sample { $0.foreignToken = [403] }.post("token", at: .second) == "refusal 403")
  }

  @Test("a payload that the target has no sample of makes no sense")
  func samples() {
    #expect(Sample { $0.samples[.first] = ["valid"] }.post { $0.payload = .unicode } == "senseless")
    #expect(Sample { $0.samples[.first] = [] }.post() == "senseless")
  }
}
