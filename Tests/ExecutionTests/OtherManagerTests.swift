import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("The manager of another connector") struct OtherManagerTests {
  private static let names = ["orders", "products", "invoices"]

  private static func reference(_ path: String...) -> Template { .reference(Reference(path: path)) }

  /// A target whose managers have the keys of these files.
  private static func target(_ files: [String]) -> Target {
    var target = Fixture.target
    target.connectors = zip(names, files).map { name, file in
      var connector = Target.Connector(name: name, inboundURL: "/in")
      connector.values = [.init("key", reference("file", file))]
      return connector
    }
    target.files = Set(files).sorted().map { .init($0, .literal(.string("the-key-of-\($0)"))) }
    var list = Target.RequestTemplate(
      method: "GET", url: .text([.literal("/"), .reference(Reference(path: ["connector", "name"]))]),
      place: Fixture.place(70))
    list.headers = [
      .init("X-Key", reference("connector", "key")), .init("X-Connector", reference("connector", "name")),
    ]
    var clients = Target.HTTPClients()
    clients.requests = [.list: list]
    target.clients = .http(clients)
    return target
  }

  private static func list(_ manager: Template?, at connector: ConnectorRole) -> Step {
    var step = Step.make(.listClients(connector: connector), [.must(.status(.equal(403)))])
    step.manager = manager
    return step
  }

  @Test("sends its own key to the connector that the step is about")
  func others() async throws {
    let steps = ConnectorRole.allCases.flatMap { role in
      [nil, "other-connector", "none"].map { OtherManagerTests.list($0, at: role) }
    }
    let target = OtherManagerTests.target(["a", "b", "c"])
    let result = try await Fixture.run(steps, on: target) { _ in WireResponse(403) }
    #expect(try result.record().verdict == .passed)
    #expect(
      result.sent.map { "\($0.path) \($0.request.headers.first("X-Key") ?? "-")" } == [
        "/orders the-key-of-a", "/orders the-key-of-b", "/orders -",
        "/products the-key-of-b", "/products the-key-of-a", "/products -",
        "/invoices the-key-of-c", "/invoices the-key-of-a", "/invoices -",
      ])
    // what is no key stays that of the connector
    #expect(result.sent.allSatisfy { $0.path == "/\($0.request.headers.first("X-Connector") ?? "")" })
  }

  @Test("is there only where each connector has a key of its own")
  func notApplicable() async throws {
    func outcome(_ target: Target) async throws -> String? {
      let steps = [OtherManagerTests.list("other-connector", at: .first)]
      let result = try await Fixture.run(steps, on: target) { _ in WireResponse(403) }
      return try result.record().verdict == .skipped ? try result.record().reason : nil
    }
    let missing = "the manager's credentials are not others for each connector of the target (connector-managers)"
    #expect(try await outcome(OtherManagerTests.target(["a", "b"])) == nil)
    #expect(try await outcome(OtherManagerTests.target(["a", "a"])) == missing)
    #expect(try await outcome(OtherManagerTests.target(["a"])) == missing)
    var withSession = OtherManagerTests.target(["a", "b"])
    withSession.login = Target.Login(
      requests: [.init(method: "POST", url: "/login", place: Fixture.place(60))], place: Fixture.place(60))
    #expect(try await outcome(withSession) == missing)
  }

  @Test("is no test if the keys turn out to be the same")
  func equalKeys() async throws {
    var target = OtherManagerTests.target(["a", "b"])
    target.files = ["a", "b"].map { .init($0, .literal(.string("one-key-for-all"))) }
    let result = try await Fixture.run([OtherManagerTests.list("other-connector", at: .first)], on: target) { _ in
      WireResponse(403)
    }
    #expect(try result.record().verdict == .errored && result.sent.isEmpty)
    #expect(
      try result.record().findings.first?.message.contains(
        "case.yaml:70:3: the credentials in the header field 'X-Key' are the same for the connectors 'orders' and "
          + "'products'") == true)
  }
}
