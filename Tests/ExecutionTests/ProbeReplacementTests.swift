// What the probe and the cases say about a service that treats a lost secret in another way than its file declares.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("A replaced secret that does not do what the target file declares")
struct ProbeReplacementTests {
  /// How a scripted service replaces the secret of a client.
  enum Way: CaseIterable, Sendable { case dies, stays, second, secondDies }

  private final class Service: Sendable {
    private struct State {
      var count = 0
      var secrets: [String: Set<String>] = [:]
    }

    private let state = Locked(State())
    let way: Way

    init(_ way: Way) { self.way = way }

    var ids: [String] { state.withLock { $0.secrets.keys.sorted() } }

    func respond(_ sent: ScriptedTransport.Sent) -> WireResponse {
      let request = sent.request
      let parts = sent.path.split(separator: "/").map(String.init)
      return state.withLock { state in
        state.count += 1
        switch (request.method, parts.first) {
        case ("POST", "apps") where parts.count == 1: return create(&state)
        case ("POST", "apps"):
          let id = parts[1]
          if way == .second { return create(&state) }
          if way == .secondDies {
            state.secrets[id] = nil
            return create(&state)
          }
          let secret = "secret-of-\(id)-number-\(state.count)"
          state.secrets[id] = (way == .stays ? state.secrets[id] ?? [] : []).union([secret])
          return WireResponse(200, #"{"app":"\#(id)","blob":"\#(secret)"}"#)
        case ("DELETE", "apps"):
          return WireResponse(state.secrets.removeValue(forKey: parts[1]) == nil ? 404 : 204)
        case ("POST", "token"):
          let basic = state.secrets.flatMap { id, secrets in secrets.map { BasicCredentials.encode(id, $0) } }
          guard basic.contains(where: { request.headers.first("Authorization") == "Basic \($0)" }) else {
            return WireResponse(401, #"{"error":"invalid_client"}"#)
          }
          return WireResponse(200, #"{"access_token":"token-\#(state.count)-of-it","token_type":"Bearer"}"#)
        case ("POST", "in"): return WireResponse(201)
        default: return WireResponse(404)
        }
      }
    }

    private func create(_ state: inout State) -> WireResponse {
      let id = "app-\(state.count)", secret = "secret-of-app-\(state.count)"
      state.secrets[id] = [secret]
      return WireResponse(201, #"{"app":"\#(id)","blob":"\#(secret)"}"#)
    }
  }

  private func target(_ declared: String?, replace: [Template.Segment] = one + [.literal("/new")]) -> Target {
    var target = Fixture.target
    var clients = Target.HTTPClients()
    func request(_ method: String, _ url: [Template.Segment], _ line: Int) -> Target.RequestTemplate {
      var request = Target.RequestTemplate(method: method, url: .text(url), place: Fixture.place(line))
      request.answer = ["id": .json(JSONPointer(tokens: ["app"])), "secret": .json(JSONPointer(tokens: ["blob"]))]
      return request
    }
    clients.requests = [
      .create: request("POST", [.literal("/apps")], 40), .replace: request("POST", replace, 41),
      .delete: request("DELETE", ProbeReplacementTests.one, 42),
    ]
    target.clients = .http(clients)
    target.behaviour[.lostSecret] = declared.map { .string($0) }
    return target
  }

  private static let one: [Template.Segment] = [.literal("/apps/"), .reference(Reference(path: ["client", "id"]))]

  /// Only for what is declared, as the scenarios of the pack are.
  private func scenario(_ word: String) -> Scenario {
    var old = Step.make(.requestToken(TokenRequest(client: "lost")), [.must(.success(.requestToken))])
    if word == "old-set-dies" { old.expectations = [.must(.error(.equal("invalid_client")))] }
    old.place = Fixture.place(12)
    var replace = Step.make(.replaceClient(client: "lost"), [.must(.success(.replaceClient))])
    (replace.savedAs, replace.place) = ("found", Fixture.place(11))
    var scenario = Fixture.scenario(given: [.client("lost")], [replace, old])
    scenario.when = [BehaviourCondition(.lostSecret, .string(word))]
    return scenario
  }

  private func run(_ way: Way, _ declared: String?, probes: Bool, replace: [Template.Segment]? = nil) async throws -> (
    RunResult, Service
  ) {
    let service = Service(way)
    let target = self.target(declared, replace: replace ?? ProbeReplacementTests.one + [.literal("/new")])
    let transport = ScriptedTransport(respond: { service.respond($0) })
    return (
      try await Fixture.run([scenario(declared ?? "old-set-stays")], on: target, transport, probes: probes), service
    )
  }

  private func text(_ record: CaseRecord) -> String {
    record.findings.map { "\($0.message); \($0.hint ?? "")" }.joined(separator: "\n")
  }

  @Test(
    "is found by the probe, which names the line to write; the case is not judged",
    arguments: [
      (
        Way.dies, nil, "the old set gets no token after its replacement, and by default it is",
        "either the service is wrong, or declare 'behaviour: { lost-secret: old-set-dies }' in the target file"
      ),
      (
        .stays, "old-set-dies", "the old set still gets tokens after its replacement, and the target file declares",
        "either the service is wrong, or declare 'behaviour: { lost-secret: old-set-stays }' in the target file"
      ),
      (
        .second, "old-set-dies", "after its replacement, which created a second client, app-",
        "either the service is wrong, or 'clients.replace' only creates a client, or declare "
          + "'behaviour: { lost-secret: old-set-stays }' in the target file"
      ),
    ] as [(Way, String?, String, String)])
  func contradiction(way: Way, declared: String?, statement: String, hint: String) async throws {
    let (result, _) = try await run(way, declared, probes: true)
    let probe = try result.record("probe"), one = try result.record()
    #expect(probe.verdict == .failed && probe.findings.count == 1, "\(text(probe))")
    #expect(probe.findings.first?.message.contains(statement) == true, "\(text(probe))")
    #expect(probe.findings.first?.hint == hint, "\(text(probe))")
    #expect(one.verdict == .errored && one.exchanges == 0)
  }

  @Test(
    "passes the probe if it does what is declared, and leaves no client of the probe there",
    arguments: [
      (Way.dies, "old-set-dies"), (.stays, nil), (.second, "old-set-stays"), (.secondDies, "old-set-dies"),
    ] as [(Way, String?)])
  func fits(way: Way, declared: String?) async throws {
    let service = Service(way)
    let target = self.target(declared)
    let result = try await Fixture.run(
      [Fixture.scenario([.http()])], on: target, ScriptedTransport(respond: { service.respond($0) }), probes: true)
    let probe = try result.record("probe")
    #expect(probe.verdict == .passed, "\(text(probe))")
    #expect(service.ids.isEmpty, "\(service.ids)")
  }

  @Test("warns in the probe if it creates a second client, and the request does not say whose secret was lost")
  func nameless() async throws {
    let (result, _) = try await run(.second, nil, probes: true, replace: [.literal("/apps")])
    let probe = try result.record("probe")
    #expect(probe.verdict == .warned, "\(text(probe))")
    #expect(text(probe).contains("created a second client, app-"), "\(text(probe))")
    #expect(text(probe).contains("name it by ${client.id} in 'clients.replace' of the target file"))
    #expect(try result.record().verdict == .passed)
  }

  @Test(
    "fails its case with the line to write, without a probe",
    arguments: [
      (Way.dies, nil, "failed: HTTP 401", "old-set-dies"),
      (.stays, "old-set-dies", "a token was issued", "old-set-stays"),
    ] as [(Way, String?, String, String)])
  func caseOfIt(way: Way, declared: String?, message: String, word: String) async throws {
    let (result, _) = try await run(way, declared, probes: false)
    let record = try result.record()
    #expect(record.verdict == .failed && text(record).contains(message), "\(text(record))")
    #expect(
      record.findings.first?.hint
        == "either the service is wrong, or declare 'behaviour: { lost-secret: \(word) }' in the target file")
  }
}
