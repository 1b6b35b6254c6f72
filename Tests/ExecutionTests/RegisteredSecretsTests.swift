import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("A secret that a response discloses") struct RegisteredSecretsTests {
  private static let secret = "a-secret-1-of-no-other-test"
  private static let noSecrets = [Expectation.must(.noSecrets)]

  private func run(_ steps: [Step], given: [Step] = [], _ respond: @escaping ScriptedTransport.Respond) async throws
    -> (record: CaseRecord, lines: String)
  {
    let run = try await PendingFixture.run([Fixture.scenario(given: given, steps)], on: Fixture.target, respond)
    return (try run.result.record(), run.lines.joined(separator: "\n"))
  }

  @Test("by its name is masked, may be in this response, and in no later one")
  func named() async throws {
    let respond: ScriptedTransport.Respond = {
      WireResponse(
        200, $0.path == "/a" ? #"{"client_secret":"\#(RegisteredSecretsTests.secret)"}"# : RegisteredSecretsTests.secret
      )
    }
    let first = try await run([.http("GET", "/a", RegisteredSecretsTests.noSecrets)], respond)
    #expect(first.record.verdict == .passed && first.lines.contains("$CLIENT_SECRET"))
    let both = try await run([.http("GET", "/a"), .http("GET", "/b", RegisteredSecretsTests.noSecrets)], respond)
    #expect(both.record.verdict == .failed && !both.lines.contains(RegisteredSecretsTests.secret))
  }

  @Test("that was known before may not be in a response, whatever its name there")
  func known() async throws {
    let (record, _) = try await run([.http("GET", "/a", RegisteredSecretsTests.noSecrets)], given: [.client("erp")]) {
      _ in WireResponse(200, #"{"client_secret":"the-secret-of-client-1"}"#)
    }
    #expect(record.verdict == .failed)
  }

  @Test("as a word of a token response without a token is masked, and may be in it", arguments: [200, 400])
  func word(status: Int) async throws {
    let step = Step.token("t", of: "erp", RegisteredSecretsTests.noSecrets)
    let later = Step.http("GET", "/b", status: nil, RegisteredSecretsTests.noSecrets)
    let respond: ScriptedTransport.Respond = {
      WireResponse($0.path == "/b" ? 200 : status, "is \(RegisteredSecretsTests.secret)!")
    }
    let alone = try await run([step], given: [.client("erp")], respond)
    #expect(alone.record.verdict == .passed)
    #expect(alone.lines.contains("$T") == (status == 200))
    #expect(alone.lines.contains(RegisteredSecretsTests.secret) == (status != 200))
    let both = try await run([step, later], given: [.client("erp")], respond)
    #expect(both.record.verdict == (status == 200 ? .failed : .passed))
  }

  @Test("as a token that was issued before may not be in a refusal", arguments: [200, 400])
  func refusal(status: Int) async throws {
    let steps = [Step.token("a", of: "erp"), .token("b", of: "erp", RegisteredSecretsTests.noSecrets)]
    let (record, _) = try await run(steps, given: [.client("erp")]) {
      let isFirst = $0.number == 0
      return WireResponse(
        isFirst ? 200 : status, #"{"access_token":"\#(RegisteredSecretsTests.secret)"\#(isFirst ? "}" : "")"#)
    }
    #expect(record.verdict == (status == 200 ? .passed : .failed))
  }

  @Test("in a branch is one of the case, which is pending later")
  func branch() async throws {
    let token = #"{"access_token":"\#(RegisteredSecretsTests.secret)","token_type":"Bearer","expires_in":3600}"#
    let scenario = Fixture.scenario(
      given: [.client("erp")],
      [.make(.concurrently([[.token("t", of: "erp")], [.http()]])), PendingFixture.day, .post("t")])
    let run = try await PendingFixture.run([scenario]) { WireResponse(200, $0.path == "/token" ? token : "") }
    #expect(run.states.first?.confidential["T"] == [RegisteredSecretsTests.secret])
  }

  @Test("is registered with all others up to the limit, so that the response can be judged")
  func limit() async throws {
    let tokens = (0..<256).map { #"{"access_token":"a-token-number-\#($0)"}"# }.joined(separator: ",")
    let (record, lines) = try await run([.http("GET", "/a", RegisteredSecretsTests.noSecrets)]) { _ in
      WireResponse(200, "[\(tokens)]")
    }
    #expect(record.verdict == .passed && !lines.contains("a-token-number-255"))
  }

  @Test("does not change that a large response is judged", arguments: [true, false])
  func large(isMet: Bool) async throws {
    let body = String(repeating: "a", count: 70 << 10)
    let (record, _) = try await run([.http("GET", "/", [.must(.text(.equal(.string(isMet ? body : "b"))))]), .http()]) {
      _ in WireResponse(200, body)
    }
    #expect(record.verdict == (isMet ? .passed : .failed))
    #expect(record.exchanges == (isMet ? 2 : 1))
  }
}
