import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("Clients that a target manages by requests") struct ManagedClientTests {
  @Test(
    "are not managed at a URL that leads to another resource",
    arguments: ["/register/../admin", "/register/./1", "/register/1/..?x=1"])
  func dotSegments(path: String) async throws {
    var target = Fixture.target
    var registration = Target.Registration(url: "/register")
    registration.isManaged = true
    target.clients = .registration(registration)
    let show = Step.make(.showClient(client: "erp"), [.must(.success(.showClient))])
    let result = try await Fixture.run([.client("erp"), show], on: target) { sent throws(TransportError) in
      guard sent.path == "/register" else { return WireResponse(200, "{}") }
      let url = "\(Fixture.baseURL)\(path)"
      return WireResponse(
        201,
        #"{"client_id":"a","client_secret":"a-secret-of-a","registration_client_uri":"\#(url)","#
          + #""registration_access_token":"a-token-for-management"}"#)
    }
    let record = try result.record()
    #expect(record.verdict == .errored)
    #expect(record.findings.first?.message.contains("has a segment '.' or '..'") == true, "\(record.findings)")
    #expect(result.sent.count == 1)
  }

  /// A live target whose clients are managed by requests with their names and ids.
  private static func target(isLive: Bool = true) -> Target {
    func request(_ method: String, _ url: Template) -> Target.RequestTemplate {
      var request = Target.RequestTemplate(method: method, url: url, place: Fixture.place(70))
      request.headers = [.init("Authorization", .reference(Reference(path: ["run", "key"])))]
      request.answer = ["id": .json(JSONPointer(tokens: ["id"])), "secret": .json(JSONPointer(tokens: ["secret"]))]
      return request
    }
    let one = Template.text([.literal("/clients/"), .reference(Reference(path: ["client", "id"]))])
    var create = request("POST", "/clients")
    create.json = .object([.init("name", .reference(Reference(path: ["name"])))])
    var replace = request("PUT", one)
    replace.json = create.json
    var clients = Target.HTTPClients()
    clients.requests = [
      .create: create, .replace: replace, .show: request("GET", one), .delete: request("DELETE", one),
    ]
    var target = Fixture.target
    target.clients = .http(clients)
    target.environment = isLive ? .live : .disposable
    return target
  }

  /// Creates the clients `c-1`, `c-2` and so on, each with a secret of its own.
  private static let respond: ScriptedTransport.Respond = { sent in
    guard ["POST", "PUT"].contains(sent.request.method) else { return WireResponse(200, "{}") }
    let name = (try? JSON(parsing: sent.request.body ?? []))?["name"]?.string ?? ""
    return WireResponse(201, #"{"id":"c-\#(name)","secret":"a-secret-of-\#(name)"}"#)
  }

  private static func create(_ name: String) -> Step {
    .make(.createClient(name: .literal(.string(name)), connector: .first), as: name, [.must(.success(.createClient))])
  }

  private static func run(
    _ steps: [Step], given: [Step] = [], on target: Target = target(),
    _ respond: @escaping ScriptedTransport.Respond = respond
  ) async throws -> (result: RunResult, lines: String) {
    var run = try await PendingFixture.run([Fixture.scenario(given: given, steps)], on: target, respond)
    run.result.sent.removeAll { $0.path == "/" }
    return (run.result, run.lines.joined(separator: "\n"))
  }

  private static func identities(_ result: RunResult) -> [String] {
    result.events.compactMap {
      switch $0 {
      case .clientCreated(let client): "+\(client.id)"
      case .clientDeleted(let client): "-\(client.id)"
      default: nil
      }
    }
  }

  @Test("are deleted at a live target at the end of the run, and the log has both")
  func deleted() async throws {
    let (result, _) = try await ManagedClientTests.run([ManagedClientTests.create("a"), .http("GET", "/x")])
    #expect(try result.record().verdict == .passed)
    #expect(result.sent.map(\.request.method) == ["POST", "GET", "DELETE"])
    #expect(ManagedClientTests.identities(result) == ["+c-a", "-c-a"])
    let (other, _) = try await ManagedClientTests.run(
      [ManagedClientTests.create("a"), .make(.deleteClient(client: "a"))], on: ManagedClientTests.target(isLive: false))
    #expect(ManagedClientTests.identities(other) == [])
  }

  @Test("are not deleted again if their case deletes them, but are if that fails", arguments: [204, 500])
  func deletedByCase(status: Int) async throws {
    let steps = [ManagedClientTests.create("a"), .make(.deleteClient(client: "a"))]
    let (result, _) = try await ManagedClientTests.run(steps) { sent throws(TransportError) in
      let isFirst = sent.request.method == "DELETE" && sent.number == 1
      return isFirst ? WireResponse(status) : try ManagedClientTests.respond(sent)
    }
    #expect(ManagedClientTests.identities(result) == ["+c-a", "-c-a"])
    let summary = result.events.firstIndex { if case .caseFinished = $0 { true } else { false } }
    let deletion = result.events.firstIndex { if case .clientDeleted = $0 { true } else { false } }
    #expect((try #require(deletion) < (try #require(summary))) == (status == 204))
    #expect(result.sent.last?.path == "/clients/c-a")
  }

  @Test("of a pending case are kept, and belong to the run that continues it")
  func pending() async throws {
    var target = ManagedClientTests.target()
    target.clock = .wall
    let replace = Step.make(.replaceClient(client: "a"), as: "b")
    let scenario = Fixture.scenario(
      given: [ManagedClientTests.create("a")],
      [PendingFixture.day, ManagedClientTests.create("later"), PendingFixture.day, replace])
    let first = try await PendingFixture.run([scenario], on: target, ManagedClientTests.respond)
    #expect(first.states.map(\.clientIDs) == [["c-a"]])
    #expect(ManagedClientTests.identities(first.result) == ["+c-a"])
    let second = try await PendingFixture.run([scenario], from: first.states, on: target, ManagedClientTests.respond)
    #expect(second.states.map(\.clientIDs) == [["c-a", "c-later"]])
    #expect(ManagedClientTests.identities(second.result) == ["+c-later"])
    let stopped = try await PendingFixture.run(
      [scenario], from: second.states, on: target, stop: { $0() }, ManagedClientTests.respond)
    #expect(stopped.states == second.states)
    let third = try await PendingFixture.run([scenario], from: second.states, on: target, ManagedClientTests.respond)
    #expect(try third.result.record().verdict == .passed)
    #expect(Set(ManagedClientTests.identities(third.result)) == ["+c-a", "-c-a", "-c-later"])
  }

  @Test("have the names of the scenario, and another set keeps that of the client")
  func names() async throws {
    let steps = [
      ManagedClientTests.create("a"), .make(.replaceClient(client: "a"), as: "b"), .make(.showClient(client: "b")),
    ]
    let (result, _) = try await ManagedClientTests.run(steps)
    #expect(result.sent.prefix(3).map(\.path) == ["/clients", "/clients/c-a", "/clients/c-a"])
    let bodies = result.sent.prefix(2).map { String(decoding: $0.request.body ?? [], as: UTF8.self) }
    #expect(bodies == [#"{"name":"a"}"#, #"{"name":"a"}"#])
  }

  @Test("show a secret only where the target declares it", arguments: ["shown", "hidden"])
  func shown(declared: String) async throws {
    var target = ManagedClientTests.target()
    target.behaviour = [.secretOnShow: .string(declared)]
    let steps = [
      ManagedClientTests.create("a"), Step.make(.showClient(client: "a"), [.must(.noSecrets)]),
    ]
    let (result, lines) = try await ManagedClientTests.run(steps, on: target) { sent throws(TransportError) in
      sent.request.method == "GET"
        ? WireResponse(200, #"{"note":"a-secret-of-a"}"#) : try ManagedClientTests.respond(sent)
    }
    #expect(try result.record().verdict == (declared == "shown" ? .passed : .failed))
    #expect(!lines.contains("a-secret-of-a") && lines.contains("$A_SECRET"))
  }

  @Test("have Basic credentials that no report shows")
  func basic() async throws {
    let basic = Step.http("GET", Step.reference("a", "basic"))
    let (result, lines) = try await ManagedClientTests.run([ManagedClientTests.create("a"), basic])
    let encoded = Base64.encode(Array("c-a:a-secret-of-a".utf8))
    #expect(result.sent[1].path.contains(encoded.prefix(12)))
    #expect(!lines.contains(encoded.prefix(12)) && lines.contains("$A_BASIC"))
  }

  @Test("are managed with the key of the scenario in place of the manager's", arguments: ["none", "other-token"])
  func manager(token: String) async throws {
    var step = ManagedClientTests.create("a")
    step.manager = .literal(.string(token))
    let (result, _) = try await ManagedClientTests.run([step])
    let sent = try #require(result.sent.first { $0.path == "/clients" })
    #expect(sent.request.headers.first("Authorization") == (token == "none" ? nil : "Bearer \(token)"))
  }

  @Test("may show the secret in an unreadable response only if it means success", arguments: [201, 400])
  func unreadable(status: Int) async throws {
    let again = Step.make(.createClient(name: "b", connector: .first), [.must(.noSecrets)])
    let (result, _) = try await ManagedClientTests.run([ManagedClientTests.create("a"), again]) {
      sent throws(TransportError) in
      sent.number == 0 ? try ManagedClientTests.respond(sent) : WireResponse(status, #"{"secret":"a-secret-of-a"#)
    }
    #expect(try result.record().verdict == (status == 201 ? .passed : .failed))
  }

  @Test("that a resumed case created before the run was stopped stay with the case")
  func stopped() async throws {
    var target = ManagedClientTests.target()
    target.clock = .wall
    let scenario = Fixture.scenario(
      given: [ManagedClientTests.create("a")], [PendingFixture.day, ManagedClientTests.create("later"), .http()])
    let first = try await PendingFixture.run([scenario], on: target, ManagedClientTests.respond)
    let stop = Locked<(@Sendable () -> Void)?>(nil)
    let second = try await PendingFixture.run(
      [scenario], from: first.states, on: target, stop: { closure in stop.withLock { $0 = closure } }
    ) { sent throws(TransportError) in
      stop.withLock { $0 }?()
      return try ManagedClientTests.respond(sent)
    }
    #expect(second.states.map(\.clientIDs) == [["c-a", "c-later"]])
    #expect(ManagedClientTests.identities(second.result) == ["+c-later"])
  }

  @Test("are those of the connector if the target configures them, one for each that the case takes")
  func staticOnes() async throws {
    var target = Fixture.target
    target.connectors.append(target.connectors[0])
    target.clients = .static(
      [("s-1", ConnectorRole.second), ("f-1", .first), ("f-2", .first)].map {
        .init(id: .literal(.string($0.0)), secret: "the-secret-of-a-client", connector: $0.1)
      })
    let first = [Step.client("a"), .http("GET", Step.reference("a", "id"))]
    let (result, _) = try await ManagedClientTests.run(first, given: [], on: target)
    #expect(result.sent.isEmpty, "static clients replace those of the setup alone")
    let (taken, _) = try await ManagedClientTests.run([first[1]], given: [.client("a")], on: target)
    #expect(taken.sent.map(\.path) == ["/f-1"])
    let (many, _) = try await ManagedClientTests.run(
      [.http()], given: [.make(.repeat(3, [.client("a")]))], on: target)
    #expect(try many.record().verdict == .skipped && many.sent.isEmpty)
    #expect(try many.record().reason == "needs 3 clients on the first connector; the target configures 2")
  }
}
