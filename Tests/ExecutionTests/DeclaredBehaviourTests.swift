// What a target declares decides how long scenarios wait, and what they send.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("What a target declares")
struct DeclaredBehaviourTests {
  private static let issued = WireResponse(
    200, #"{"access_token":"a-token-of-the-test","token_type":"Bearer","expires_in":3600}"#)

  private func waits(_ wait: Wait, on target: Target) async throws -> SimulatedInstant {
    var target = target
    target.clock = .process(.init(library: .own))
    let scenario = Fixture.scenario([.make(.wait(wait)), .http()])
    let transport = ScriptedTransport { _ in WireResponse(200) }
    let record = try await Fixture.run([scenario], on: target, transport, clock: InstantClock()).record()
    #expect(record.verdict == .passed)
    return record.simulatedEnd
  }

  @Test("its lifetime of tokens is the length of a wait")
  func lifetime() async throws {
    var target = Fixture.target
    target.behaviour = [.tokenLifetime: 3600, .expiryLeeway: 60]
    let start = SimulatedInstant.documented
    #expect(try await waits(.span(WaitLength(parsing: "lifetime - 1s")), on: target) - start == .seconds(3599))
    #expect(try await waits(.span(WaitLength(parsing: "lifetime + leeway")), on: target) - start == .seconds(3660))
    let noon = try #require(SimulatedInstant(rfc3339: "2022-07-21T12:00:00Z"))
    let half = try WaitLength(parsing: "lifetime/2")
    #expect(try await waits(.until(noon, later: half.negated), on: target) - noon == .seconds(-1800))
    #expect(try await waits(.until(noon, later: half), on: target) - noon == .seconds(1800))
  }

  @Test("a wait that its lifetime makes negative takes no time")
  func negative() async throws {
    var target = Fixture.target
    target.behaviour = [.tokenLifetime: 10]
    #expect(
      try await waits(.span(WaitLength(parsing: "lifetime - 1m")), on: target) == .documented)
  }

  @Test("the parameters of its token requests can be added to a body that a scenario writes as a whole")
  func parameters() async throws {
    var target = Fixture.target
    target.token.parameters = [
      .init("scope", .literal("orders all")), .init("audience", .literal("a&b")), .init("none", .literal(.null)),
    ]
    var request = TokenRequest(client: "erp")
    request.authentication = .basic
    request.edits.body = .text([
      .literal("grant_type=client%5Fcredentials"), .reference(Reference(path: ["token-params"])),
    ])
    let result = try await Fixture.run(
      [.make(.requestToken(request), [.must(.success(.requestToken))])], given: [.client("erp")], on: target
    ) { _ in DeclaredBehaviourTests.issued }
    #expect(try result.record().verdict == .passed)
    let body = try #require(result.sent.last?.request.body)
    #expect(
      String(decoding: body, as: UTF8.self) == "grant_type=client%5Fcredentials&scope=orders+all&audience=a%26b")
  }

  @Test("of several URLs, the first with a response of 2xx counts, and every exchange is recorded")
  func alternatives() async throws {
    var request = FreeRequest(url: "/first")
    request.alternatives = ["/second", "/third"]
    let step = Step.make(.http(request), [.must(.status(.equal(200)))])
    let result = try await Fixture.run([step]) { WireResponse($0.path == "/first" ? 404 : 200) }
    #expect(try result.record().verdict == .passed)
    #expect(result.exchanges.map(\.url) == ["http://target.test/first", "http://target.test/second"])
    let none = try await Fixture.run([step]) { _ in WireResponse(404) }
    #expect(try none.record().verdict == .failed)
    #expect(none.exchanges.count == 3)
  }

  @Test(
    "the metadata of OpenID Connect Discovery is below the issuer",
    arguments: ["https://a.example/x", "https://a.example/x/"])
  func openID(issuer: String) {
    #expect(
      TargetSession.openIDMetadataURL(issuer: issuer) == "https://a.example/x/.well-known/openid-configuration")
  }

  @Test("a scenario says how it authenticates each client")
  func authentications() {
    func request(_ client: String, _ way: ClientAuthentication?) -> Step {
      var request = TokenRequest(client: client)
      request.authentication = way
      return .make(.requestToken(request))
    }
    var raw = TokenRequest()
    raw.authentication = ClientAuthentication.none
    raw.edits.headers = [
      .init("Authorization", .text([.literal("Basic "), .reference(Reference(path: ["d", "basic"]))]))
    ]
    var other = raw
    other.edits.headers = [["e", "secret"], ["f", "basic", "more"]].map {
      .init("Authorization", .reference(Reference(path: $0)))
    }
    let scenario = Fixture.scenario([
      request("a", nil), .make(.repeat(2, [request("a", .body)])), .make(.concurrently([[request("b", .basicRaw)]])),
      request("c", .both), .make(.requestToken(raw)), request("a", .basic), .make(.requestToken(other)),
    ])
    let ways = Fixture.target.token.authentications
    #expect(scenario.authentications(among: ways) == ["a": .body, "b": .basic, "d": .basic])
  }
}

extension SimulatedDuration {
  fileprivate static func seconds(_ seconds: Int64) -> SimulatedDuration {
    SimulatedDuration(milliseconds: seconds * 1000)
  }
}
