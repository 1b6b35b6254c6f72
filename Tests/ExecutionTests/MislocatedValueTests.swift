import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("A locator that finds nothing in a successful response") struct MislocatedValueTests {
  /// A target whose clients are created and listed by requests.
  private static func target() -> Target {
    var target = Fixture.target
    var create = Target.RequestTemplate(method: "POST", url: "/clients", place: Fixture.place(70))
    create.json = ["name": "conform"]
    create.answer = ["id": .json(JSONPointer(tokens: ["id"])), "secret": .json(JSONPointer(tokens: ["secret"]))]
    var list = Target.RequestTemplate(method: "GET", url: "/clients", place: Fixture.place(80))
    list.answer = ["ids": .json(JSONPointer(tokens: ["items", "*", "id"]))]
    var clients = Target.HTTPClients()
    clients.requests = [.create: create, .list: list]
    target.clients = .http(clients)
    return target
  }

  private func created(_ body: String, on target: Target = target()) async throws -> (Verdict, String) {
    let step = Step.make(.createClient(name: nil, connector: .first), as: "erp", [.must(.success(.createClient))])
    let record = try await Fixture.run([step], on: target) { _ in WireResponse(201, body) }.record()
    return (record.verdict, record.findings.first?.message ?? "")
  }

  @Test(
    "is a slip of the target file if the value is elsewhere in the response",
    arguments: [
      (#"{"id":"c1","client_secret":"correct-horse-1"}"#, "/client_secret"),
      (#"{"client":{"id":"c1","secret":"correct-horse-1"}}"#, "/client/id"),
      (#"{"id":"c1","value":"zX81kQpL0vW5tR7yU3mN"}"#, "/value"),
      (#"[{"id":"c1","secret":"correct-horse-1"}]"#, "/0/id"),
    ])
  func slip(body: String, place: String) async throws {
    let (verdict, message) = try await created(body)
    #expect(verdict == .errored)
    #expect(message.contains("in this response, which has ") && message.contains(place), "\(message)")
    #expect(message.contains("of the target file"))
  }

  @Test(
    "is a fault of the service if nothing looks like the value",
    arguments: [
      "{}", #"{"id":"c1"}"#, #"{"id":"c1","name":"conform","created":"2022-07-20T10:03:08Z"}"#,
      #"{"id":"c1","secret":null}"#, #"{"id":"c1","secret":""}"#, "created", "",
    ])
  func fault(body: String) async throws {
    let (verdict, message) = try await created(body)
    #expect(verdict == .failed, "\(message)")
  }

  @Test(
    "is an empty list if the list is there",
    arguments: [
      (#"{"items":[]}"#, Verdict.passed), (#"{"clients":[{"id":"c1"}]}"#, .errored),
      (#"{"items":[{"client_id":"c1"}]}"#, .errored), (#"{"items":{"c1":{}}}"#, .errored), ("{}", .failed),
      ("[]", .errored),
    ])
  func list(body: String, verdict: Verdict) async throws {
    let step = Step.make(.listClients(connector: .first), [.must(.unlisted(["erp"]))])
    let create = Step.make(.createClient(name: nil, connector: .first), as: "erp", [.must(.success(.createClient))])
    let record = try await Fixture.run([create, step], on: MislocatedValueTests.target()) {
      $0.request.method == "GET"
        ? WireResponse(200, body) : WireResponse(201, #"{"id":"erp-1","secret":"correct-horse-1"}"#)
    }.record()
    #expect(record.verdict == verdict, "\(record.findings.map(\.message))")
  }

  @Test("of a token is a slip only if the target file writes the locator")
  func token() async throws {
    let body = #"{"token":"zX81kQpL0vW5tR7yU3mN"}"#
    var target = Fixture.target
    let steps = [Step.token("t", of: "erp")]
    let registered = try await Fixture.run(steps, given: [.client("erp")], on: target) { _ in WireResponse(200, body) }
    #expect(try registered.record().verdict == .failed)
    target.token.accessToken = .json(JSONPointer(tokens: ["data", "token"]))
    let own = try await Fixture.run(steps, given: [.client("erp")], on: target) { _ in WireResponse(200, body) }
    #expect(try own.record().verdict == .errored)
    #expect(try own.record().findings.first?.message.contains("nothing at /data/token") == true)
  }
}
