import ConformanceModel
import Foundation
import HTTPModel
import RunEvents
import Testing

@testable import Reporting

@Suite("Generated values")
struct StabilityTests {
  @Test(
    "are replaced by a placeholder, other text is unchanged",
    arguments: [
      ("Bearer $TOKEN", "Bearer ‹secret›"), ("Basic ***abc", "Basic ‹secret›"), ("client-Hj6aET9vqkoE", "‹generated›"),
      ("receipt-eKHytQRS-R-L", "‹generated›"),
      ("c27rr7knkdnv9o", "‹generated›"), ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", "‹generated›"),
      ("2022-07-20T10:03:08Z", "‹time›"),
      ("until 2022-07-20T10:03:08Z.", "until ‹time›."), ("Wed, 20 Jul 2022 10:03:08 GMT", "‹time›"),
      ("http://127.0.0.1:45573/v1/acme", "http://‹host›/v1/acme"),
      ("order 17 accepted", "order ‹generated› accepted"), ("invalid_client", "invalid_client"),
      ("the token is unknown", "the token is unknown"),
      ("ReferenceService", "ReferenceService"), ("application/json; charset=utf-8", "application/json; charset=utf-8"),
      ("a   b", "a b"), ("", ""),
    ])
  func text(text: String, stable: String) { #expect(Stability.text(text) == stable) }

  @Test("numbers in header fields are part of the value")
  func headers() {
    #expect(Stability.text("max-age=3600", keepsNumbers: true) == "max-age=3600")
    #expect(Stability.text("1795435200", keepsNumbers: true) == "‹generated›")
  }

  @Test("random words that the harness sent are recognized")
  func sent() { #expect(Stability.text("no order qwertzuiop", sent: ["qwertzuiop"]) == "no order ‹sent›") }

  @Test(
    "are recognized by the name of their member as well",
    arguments: [
      ("id", true), ("client_id", true), ("clientId", true), ("X-Request-Id", true), ("created_at", true),
      ("createdAt", true), ("Date", true), ("Set-Cookie", true),
      ("access_token", true), ("token_type", false), ("expires_in", false), ("error", false), ("paid", false),
      ("Cache-Control", false), ("format", false),
    ])
  func names(name: String, isVolatile: Bool) { #expect(Stability.isVolatile(name: name) == isVolatile) }
}

@Suite("Changed responses")
struct AnswerComparisonTests {
  /// What differs in the answers of three cases that are alike.
  func changes(_ before: ExchangeRecord, _ now: ExchangeRecord) throws -> [String] {
    let ids = ["one", "two", "three"]
    let comparison = try Folder().compare(
      ids.map { SampleCase($0, .passed, answers: [before]) }, ids.map { SampleCase($0, .passed, answers: [now]) })
    return try #require(comparison.responses).map { "\($0.subject): \($0.before) -> \($0.now) (\($0.cases))" }
  }

  @Test(
    "are listed by status, header field and member",
    arguments: [
      (Sample.answer(201), Sample.answer(202), ["status: 201 -> 202 (3)"]),
      (
        Sample.answer(200, ["Cache-Control": "no-store"]), Sample.answer(200),
        ["header cache-control: no-store -> absent (3)"]
      ),
      (Sample.answer(200, ["cache-control": "no-store"]), Sample.answer(200, ["Cache-Control": "no-store"]), []),
      (
        Sample.answer(200, ["Cache-Control": "max-age=60"]), Sample.answer(200, ["Cache-Control": "max-age=0"]),
        ["header cache-control: max-age=60 -> max-age=0 (3)"]
      ),
      (
        Sample.answer(400, [:], #"{"error":"invalid_client"}"#), Sample.answer(400, [:], #"{"error":"invalid_grant"}"#),
        [#"body /error: "invalid_client" -> "invalid_grant" (3)"#]
      ),
      (
        Sample.answer(200, [:], #"{"expires_in":86400}"#), Sample.answer(200, [:], #"{"expires_in":3600}"#),
        ["body /expires_in: 86400 -> 3600 (3)"]
      ),
      (
        Sample.answer(200, [:], #"{"expires_in":86400}"#), Sample.answer(200, [:], #"{"expires_in":"86400"}"#),
        ["body /expires_in: number -> string (3)"]
      ),
      (Sample.answer(200, [:], #"{"a":{"b":1}}"#), Sample.answer(200, [:], "{}"), ["body /a: object -> absent (3)"]),
      (Sample.answer(200, [:], "{}"), Sample.answer(200), ["body: object -> empty (3)"]),
      (
        Sample.answer(200, [:], "accepted"), Sample.answer(200, [:], "received"),
        [#"body: "accepted" -> "received" (3)"#]
      ),
      (Sample.answer(400, ["A": "1"], "{}"), Sample.answer(401, ["B": "1"], "[]"), ["status: 400 -> 401 (3)"]),
    ])
  func changes(before: ExchangeRecord, now: ExchangeRecord, changes: [String]) throws {
    #expect(try self.changes(before, now) == changes)
  }

  @Test(
    "are not listed if only generated values differ",
    arguments: [
      (#"{"id":"receipt-CpxUft5-TW8x"}"#, #"{"id":"receipt-oG8jR5JtFXr8"}"#),
      (#"{"access_token":"$TOKEN"}"#, #"{"access_token":"$ERP_TOKEN"}"#),
      (#"{"since":"2022-07-20T10:03:08Z"}"#, #"{"since":"2026-11-25T02:46:00Z"}"#),
      (#"{"epoch":1658311388}"#, #"{"epoch":1795435200}"#),
      (#"{"message":"order 17 was taken"}"#, #"{"message":"order 4711 was taken"}"#),
      (#"{"see":"http://127.0.0.1:1/x"}"#, #"{"see":"http://127.0.0.1:2/x"}"#),
      (#"{"clients":{"client-Hj6aET9vqkoE":{"a":1}}}"#, #"{"clients":{"client-AqICmf-HT0Bd":{"a":1}}}"#),
      (#"{"list":[]}"#, #"{"list":[{"a":1}]}"#),
      (#"{"list":["red","blue"]}"#, #"{"list":["blue"]}"#), ("plain qwertzuiop9", "plain asdfghjkl4"),
    ])
  func volatile(before: String, now: String) throws {
    #expect(try changes(Sample.answer(200, [:], before), Sample.answer(200, [:], now)) == [])
  }

  @Test("a response may repeat random words of the request or not: neither is a change")
  func echo() throws {
    let before = Sample.answer(200, [:], #"{"echo":"qwertzuiop"}"#, sent: #"{"id":"qwertzuiop"}"#)
    #expect(
      try changes(before, Sample.answer(200, [:], #"{"echo":"asdfghjklm"}"#, sent: #"{"id":"asdfghjklm"}"#)) == [])
    // nothing came back of what was sent
    #expect(try changes(before, Sample.answer(200, [:], #"{"echo":"nothing"}"#, sent: #"{"id":"asdfghjklm"}"#)) == [])
  }

  @Test("a number is compared only if each run always had the same one")
  func numbers() throws {
    func run(_ numbers: [Int]) -> [SampleCase] {
      numbers.enumerated().map {
        SampleCase("case-\($0)", .passed, answers: [Sample.answer(200, [:], "{\"limit\":\($1)}")])
      }
    }
    #expect(try Folder().compare(run([87, 87, 36]), run([86, 87, 36])).responses == [])
    #expect(try Folder().compare(run([87, 87]), run([86, 86])).responses == [])
    #expect(try Folder().compare(run([87, 87, 87]), run([87, 87, 86])).responses == [])
    #expect(try Folder().compare(run([87, 87, 87]), run([86, 86, 86])).responses?.map(\.now) == ["86"])
  }

  @Test("only cases that do not fail in either run are compared; those with different steps are counted")
  func which() throws {
    let one = Sample.answer(200), other = Sample.answer(500)
    let comparison = try Folder().compare(
      [
        SampleCase("bad", .failed, "x", answers: [one]), SampleCase("longer", .passed, answers: [one]),
        SampleCase("warned", .warned, "x", answers: [one]),
      ],
      [
        SampleCase("bad", .passed, answers: [other]), SampleCase("longer", .passed, answers: [other, other]),
        SampleCase("warned", .passed, answers: [other]),
      ])
    #expect(comparison.responses?.map(\.cases) == [1])
    #expect(comparison.responses?.first?.examples.map(\.id) == ["warned"])
    #expect(comparison.differentSteps == 1)
  }

  @Test("responses of concurrent steps are compared as a set")
  func concurrent() throws {
    func run(_ statuses: [Int]) -> SampleCase {
      SampleCase("race", .passed, answers: statuses.map { Sample.answer($0) })
    }
    let planned = Sample.planned(0, scenario: "race")
    func log(_ name: String, _ statuses: [Int]) throws -> [Event] {
      [Sample.start, .casePlanned(planned)]
        + statuses.map {
          .stepFinished(
            StepRecord(
              number: 0, line: 7, sentence: "race", wall: Sample.wall, simulated: .documented,
              exchange: Sample.answer($0), checks: []))
        } + [.caseFinished(Sample.finished(planned, .passed)), Sample.end()]
    }
    func responses(_ one: [Int], _ other: [Int]) throws -> [ChangedResponse]? {
      let folder = try Folder(), another = try Folder()
      return try Comparison(ComparedRun(folder.log(log("old", one))), ComparedRun(another.log(log("new", other))))
        .responses
    }
    #expect(try responses([201, 409], [409, 201]) == [])
    #expect(try responses([201, 409], [201, 201]) == [])
    #expect(try responses([201, 409], [201, 500])?.first?.now == "201 or 500")
  }
}
