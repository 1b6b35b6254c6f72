// What the probe finds although each request succeeded.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("The probe looks once more at what succeeded")
struct ProbeCheckTests {
  private func text(_ record: CaseRecord) -> String {
    record.findings.map { "\($0.message); \($0.hint ?? "")" }.joined(separator: "\n")
  }

  // MARK: Deletion

  /// The reference service, whose clients are deleted and listed by these requests.
  private func deleting(
    _ method: String, _ url: [Template.Segment], _ statuses: [Int], fault: String? = nil, lists: Bool
  ) throws -> ReferenceFixture {
    try ReferenceFixture(fault: fault).with { target in
      guard case .http(var clients) = target.clients, let create = clients.requests[.create] else { return }
      var delete = Target.RequestTemplate(method: method, url: .text(url), place: Fixture.place(70))
      delete.headers = create.headers
      delete.statuses = statuses
      clients.requests[.delete] = delete
      if lists {
        var list = Target.RequestTemplate(
          method: "GET", url: "/connectors/orders/clients", place: Fixture.place(71))
        list.headers = create.headers
        list.answer = ["ids": .json(JSONPointer(tokens: ["clients", "*", "client_id"]))]
        clients.requests[.list] = list
      }
      target.clients = .http(clients)
    }
  }

  private static let client: [Template.Segment] = [
    .literal("/connectors/orders/clients/"), .reference(Reference(path: ["client", "id"])),
  ]
  private static let nobody: [Template.Segment] = [.literal("/connectors/orders/clients/nobody")]
  private static let deletion = Fixture.scenario(
    given: [.client("erp")], [.make(.deleteClient(client: "erp"), [.must(.success(.deleteClient))])])

  private typealias Deletion = (
    method: String, url: [Template.Segment], statuses: [Int], verdict: Verdict, text: String
  )

  private static let deletions: [Deletion] = [
    (
      "DELETE", nobody, [204, 404], .errored,
      "after its deletion, to which the response was HTTP 404; correct 'clients.delete' (its method and URL) in the "
    ),
    (
      "GET", client, [200], .failed,
      "after its deletion, to which the response was HTTP 200; either the service does not delete the client, or "
        + "'clients.delete' (its method, URL, headers and body) in the target file"
    ),
  ]

  @Test("and says that a deletion deletes nothing", arguments: deletions, [true, false])
  private func undeleted(_ slip: Deletion, lists: Bool) async throws {
    let fixture = try deleting(slip.method, slip.url, slip.statuses, lists: lists)
    let result = try await Fixture.run(
      [ProbeCheckTests.deletion], on: fixture.target, fixture.transport, probes: true)
    let probe = try result.record("probe"), one = try result.record()
    #expect(probe.verdict == slip.verdict && probe.findings.count == 1)
    #expect(text(probe).contains(slip.text), "\(text(probe))")
    #expect(text(probe).contains("the client \(lists ? "is listed and gets" : "gets") tokens"), "\(text(probe))")
    #expect(one.verdict == .errored && one.exchanges == 0)
  }

  @Test(
    "and leaves it to the cases if only the list or only the token endpoint forgets a deletion",
    arguments: [nil, "deleted-client-still-works", "deleted-client-is-listed"])
  func deleted(fault: String?) async throws {
    let fixture = try deleting("DELETE", ProbeCheckTests.client, [204], fault: fault, lists: true)
    let result = try await Fixture.run(
      [ProbeCheckTests.deletion], on: fixture.target, fixture.transport, probes: true)
    let probe = try result.record("probe")
    #expect(probe.verdict == .passed, "\(text(probe))")
    #expect(try result.record().verdict == .passed)
  }

  // MARK: Parts of values

  private static let noSecrets = Fixture.invariant(named: "secrets", [.must(.noSecrets)])
  private static let fits = Fixture.invariant(
    named: "fits", of: [.requestToken],
    [.must(.saved(.object([.init("value", .matches("^[A-Za-z0-9._~+/-]+=*$"))])))])

  // a name, a pattern, and a part of the finding
  @Test(
    "and no case and no invariant fails for a regular expression that takes too little or too much",
    arguments: [
      ("secret", #""client_secret":"([^"]{12})"#, "12 of the 43 characters of /client_secret in the response: "),
      ("secret", #""client_secret":\s*("[^"]+")"#, "has more than the value of /client_secret: correct 'secret' in "),
      ("id", #""client_id":"([^"]{6})"#, "6 of the 19 characters of /client_id in the response: correct 'id' in "),
      ("token", #""access_token":"([^"]{12})"#, "12 of the 43 characters of /access_token in the response: correct "),
      ("token", #""access_token":\s*("[^"]+")"#, "has more than the value of /access_token: correct 'access-token' "),
      ("lifetime", #""expires_in":(..)"#, "2 of the 5 digits of /expires_in in the response: correct 'expires-in' in "),
      ("token", #""token_type":"([^"]+)"#, "is not the access_token of the response: correct 'access-token' in "),
    ])
  func partial(part: String, pattern: String, text: String) async throws {
    let fixture = try ReferenceFixture().with { target in
      if part == "token" { return target.token.accessToken = .regex(pattern) }
      if part == "lifetime" { return target.token.expiresIn = .regex(pattern) }
      guard case .http(var clients) = target.clients else { return }
      clients.requests[.create]?.answer[part] = .regex(pattern)
      target.clients = .http(clients)
    }
    let creation = Fixture.scenario(named: "creation", [.client("erp")])
    let token = Fixture.scenario(given: [.client("erp")], [.token("token", of: "erp")])
    let post = Fixture.scenario(
      named: "post", given: [.client("erp")],
      [.token("token", of: "erp"), .post("token", [.must(.success(.postPayload))])])
    let result = try await Fixture.run(
      [creation, token, post], invariants: [ProbeCheckTests.noSecrets, ProbeCheckTests.fits], on: fixture.target,
      fixture.transport, probes: true)
    let probe = try result.record("probe")
    #expect(probe.verdict == .errored && self.text(probe).contains(text), "\(self.text(probe))")
    #expect(try result.record("post").verdict == .errored)
    for id in ["creation", "case", "secrets", "fits"] {
      let record = try result.record(id)
      #expect(record.verdict != .failed, "\(id): \(self.text(record))")
    }
  }

  @Test("and says that id and secret are exchanged")
  func exchanged() async throws {
    let fixture = try ReferenceFixture().with { target in
      guard case .http(var clients) = target.clients else { return }
      clients.requests[.create]?.answer = [
        "id": .json(JSONPointer(tokens: ["client_secret"])), "secret": .json(JSONPointer(tokens: ["client_id"])),
      ]
      target.clients = .http(clients)
    }
    let probe = try await Fixture.run(
      [ProbeCheckTests.deletion], on: fixture.target, fixture.transport, probes: true
    ).record("probe")
    #expect(probe.verdict == .errored)
    #expect(text(probe).contains("correct 'id' and 'secret' in 'clients.create: answer'"), "\(text(probe))")
  }

  @Test("and takes no value for a shown secret if what the target file locates as the secret does not work")
  func doubtedSecret() async throws {
    let fixture = try ReferenceFixture().with { target in
      guard case .http(var clients) = target.clients, let create = clients.requests[.create] else { return }
      clients.requests[.create]?.answer["secret"] = .json(JSONPointer(tokens: ["name"]))
      var show = Target.RequestTemplate(
        method: "GET", url: .text(ProbeCheckTests.client), place: Fixture.place(72))
      show.headers = create.headers
      clients.requests[.show] = show
      target.clients = .http(clients)
    }
    let shown = Fixture.scenario(given: [.client("erp")], [.make(.showClient(client: "erp"))])
    let result = try await Fixture.run(
      [shown], invariants: [ProbeCheckTests.noSecrets], on: fixture.target, fixture.transport, probes: true)
    let record = try result.record("secrets")
    #expect(record.verdict == .errored, "\(text(record))")
    #expect(text(record).contains("requesting the token failed: HTTP 401"), "\(text(record))")
  }

  @Test("and its exchanges are held against the invariants if the file fits", arguments: [true, false])
  func exchanges(fits: Bool) async throws {
    let fixture = try ReferenceFixture().with { target in
      if !fits { target.token.expiresIn = .json(JSONPointer(tokens: ["expires"])) }
    }
    // nothing but the probe sends requests
    let skipped = Fixture.scenario([.make(.readInbox(connector: .second))])
    let watch = Fixture.invariant(
      named: "watch", of: [.requestToken], [.must(.status(.equals(.literal(.int(418)))))])
    let result = try await Fixture.run(
      [skipped], invariants: [watch], on: fixture.target, fixture.transport, probes: true)
    #expect(try result.record("probe").verdict == (fits ? .passed : .errored))
    #expect(try result.record("watch").verdict == (fits ? .failed : .skipped), "\(result.events.count)")
  }

  @Test("and a case about names does not apply if the target file sends none", arguments: [true, false])
  func names(sends: Bool) async throws {
    let fixture = try ReferenceFixture().with { target in
      guard !sends, case .http(var clients) = target.clients else { return }
      clients.requests[.create]?.json = .object([Template.Member("name", "always the same")])
      target.clients = .http(clients)
    }
    var scenario = Fixture.scenario(
      [.make(.createClient(name: "nightly", connector: .first), [.must(.text(.contains(.equal("nightly"))))])])
    scenario.needs = [.clientNames]
    let record = try await Fixture.run([scenario], on: fixture.target, fixture.transport).record()
    #expect(record.verdict == (sends ? .passed : .skipped), "\(text(record))")
    #expect(record.reason == (sends ? nil : "'clients.create' of the target file does not send ${name} (client-names)"))
  }

  // MARK: One of several

  /// A service whose responses about clients have all of them.
  private static func listing(_ id: Locator, ids: Locator? = nil) -> (Target, ScriptedTransport) {
    var target = Fixture.target
    var create = Target.RequestTemplate(method: "POST", url: "/clients", place: Fixture.place(80))
    create.answer = ["id": id, "secret": .json(JSONPointer(tokens: ["secret"]))]
    var clients = Target.HTTPClients()
    clients.requests = [.create: create]
    if let ids {
      var list = Target.RequestTemplate(method: "GET", url: "/clients", place: Fixture.place(81))
      list.answer = ["ids": ids]
      clients.requests[.list] = list
    }
    target.clients = .http(clients)
    let count = Locked(0)
    let transport = ScriptedTransport { sent throws(TransportError) in
      switch (sent.request.method, sent.path) {
      case ("POST", "/clients"), ("GET", "/clients"):
        let last = count.withLock { count -> Int in
          if sent.request.method == "POST" { count += 1 }
          return count
        }
        let numbers = 1...max(1, last)
        if ids != nil, sent.request.method == "GET" {
          return WireResponse(200, "<list>\(numbers.map { "<id>client-\($0)</id>" }.joined())</list>")
        }
        let items = numbers.map { #"{"id":"client-\#($0)"}"# }.joined(separator: ",")
        return WireResponse(
          201, #"{"secret":"the-secret-of-client-\#(last)","id":"client-\#(last)","clients":[\#(items)]}"#)
      case (_, "/token"): return WireResponse(200, #"{"access_token":"a-token-of-the-service","expires_in":86400}"#)
      default: return WireResponse(status: 201)
      }
    }
    return (target, transport)
  }

  @Test(
    "and finds a locator that always takes the first client",
    arguments: [
      (Locator.json(JSONPointer(tokens: ["clients", "0", "id"])), nil, "'id' in 'clients.create: answer'"),
      (.regex(#""id":"(client-1)"#), nil, nil),
      (.json(JSONPointer(tokens: ["id"])), .xpath("/list/id[1]"), "'ids' in 'clients.list: answer'"),
      (.json(JSONPointer(tokens: ["id"])), .xpath("/list/id"), nil),
    ] as [(Locator, Locator?, String?)])
  func first(id: Locator, ids: Locator?, key: String?) async throws {
    let (target, transport) = ProbeCheckTests.listing(id, ids: ids)
    let result = try await Fixture.run([ProbeCheckTests.scenario], on: target, transport, probes: true)
    let probe = try result.record("probe")
    #expect(probe.verdict == (key == nil ? .passed : .errored), "\(text(probe))")
    if let key { #expect(text(probe).contains("correct \(key) of the target file"), "\(text(probe))") }
    #expect(try result.record().verdict == (key?.contains("create") == true ? .errored : .passed))
  }

  private static let scenario = Fixture.scenario(given: [.client("erp")], [.token("token", of: "erp")])

  @Test(
    "and knows which locators choose",
    arguments: [
      (Locator.xpath("/a/client[1]/id"), Locator.xpath("/a/client/id")),
      (.xpath("(//id)[last()]"), .xpath("(//id)")), (.xpath("//id[ position() = 2 ]"), .xpath("//id")),
      (.xpath("//id[@new]"), .xpath("//id[@new]")),
      (.json(JSONPointer(tokens: ["a", "0"])), .json(JSONPointer(tokens: ["a", "*"]))),
      (.json(JSONPointer(tokens: ["id"])), nil), (.header("Location"), nil), (.regex("a"), .regex("a")),
    ] as [(Locator, Locator?)])
  func choice(locator: Locator, all: Locator?) {
    #expect(locator.withoutChoice == all)
    #expect(locator.choosesItem == (all != nil && all != locator))
  }
}
