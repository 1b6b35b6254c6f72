// Cases, targets and runs for the tests of the case runner.

public import ConformanceModel
import HTTPModel
public import JSONValue
import Redaction
import RunEvents
import TestSupport

@testable import Execution

/// Not that of the testing library.
typealias Expectation = ConformanceModel.Expectation

enum Fixture {
  static let baseURL = "http://target.test"

  /// A target with static clients whose token URL is `/token` and whose inbound URL is `/in`.
  static var target: Target {
    var connector = Target.Connector(name: "orders", inboundURL: "/in")
    connector.payloads = [Target.Sample(name: "valid", contentType: nil, payload: .json(["id": "1"]))]
    var target = Target(
      name: "Scripted", place: place(1), baseURL: .literal(.string(baseURL)), token: .init(url: "/token"),
      connectors: [connector])
    target.clients = .static(
      (1...3).map {
        .init(
          id: .literal(.string("client-\($0)")), secret: .literal(.string("the-secret-of-client-\($0)")),
          connector: .first)
      })
    return target
  }

  static func place(_ line: Int) -> Place { Place(file: "case.yaml", line: line, column: 3) }

  static func scenario(
    named id: String = "case", given: [Step] = [], _ steps: [Step], covers: [String] = ["TST-01"]
  ) -> Scenario {
    Scenario(
      id: id, suite: "suite", place: place(1), title: "A case", covers: covers, given: given, steps: steps)
  }

  static func invariant(
    named id: String = "invariant", of kinds: [StepActionKind] = [], where condition: [Expectation] = [],
    _ expectations: [Expectation]
  ) -> Invariant {
    Invariant(
      id: id, place: place(90), title: "An invariant", covers: ["TST-01"], operations: kinds, condition: condition,
      expectations: expectations)
  }

  static func session(_ target: Target, _ transport: any Transport) throws -> TargetSession {
    try TargetSession(
      target: target, transport: transport, makeTransport: { transport }, redactor: SecretRedactor(), environment: [:],
      runID: "run")
  }

  /// Runs scenarios, one case at a time.
  static func run(
    _ scenarios: [Scenario], invariants: [Invariant] = [], on target: Target = Fixture.target,
    _ transport: any Transport, clock: (any ClockDriver)? = nil, probes: Bool = false, maxFailures: Int? = nil
  ) async throws -> RunResult {
    let requirements = [("TST-01", Level.must), ("TST-02", .should)].map {
      Requirement(id: $0.0, level: $0.1, source: "here", text: "It holds.")
    }
    var plan = Plan(
      scenarios: scenarios, requirements: requirements, invariants: invariants, target: target,
      allowsSideEffects: true)
    if probes { plan.addProbe() }
    let session = try session(target, transport)
    let log = EventLog()
    var options = RunOptions()
    options.jobs = 1
    options.maxFailures = maxFailures
    let runner = Runner(
      plan: plan, session: session, options: options, clock: clock,
      listeners: [log])
    if let unusable = await runner.run() { throw unusable }
    return RunResult(events: log.events)
  }

  static func run(
    _ steps: [Step], given: [Step] = [], invariants: [Invariant] = [], on target: Target = Fixture.target,
    surpluses: [ConnectionSurplus] = [], _ respond: @escaping ScriptedTransport.Respond
  ) async throws -> RunResult {
    let transport = ScriptedTransport(surpluses: surpluses, respond: respond)
    var result = try await run([scenario(given: given, steps)], invariants: invariants, on: target, transport)
    // without the check that the target responds
    result.sent = Array(transport.sent.dropFirst())
    return result
  }
}

/// What a run emitted.
struct RunResult {
  var events: [Event]
  var sent: [ScriptedTransport.Sent] = []

  /// The last record of each case.
  func record(_ id: String = "case") throws -> CaseRecord {
    let found = events.compactMap {
      if case .caseFinished(let record) = $0, record.planned.id == id { record } else { nil }
    }
    guard let last = found.last else { throw TargetError("no record of '\(id)'") }
    return last
  }

  var exchanges: [ExchangeRecord] {
    events.compactMap { if case .stepFinished(let step) = $0 { step.exchange } else { nil } }
  }

  var notes: [String] {
    events.flatMap { event -> [String] in
      if case .runFinished(let summary) = event { summary.notes } else { [] }
    }
  }
}

/// Keeps all events.
final class EventLog: EventListener {
  private let log = Locked<[Event]>([])
  var events: [Event] { log.withLock { $0 } }
  var readsLines: Bool { false }
  func handle(_ event: Event, line: [UInt8]) { log.withLock { $0.append(event) } }
}

// MARK: - Steps

extension Template: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) { self = .literal(.string(text)) }
}

extension Template: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .literal(.object(elements.map { .init($0.0, $0.1) }))
  }
}

extension Matcher {
  static func equal(_ json: JSON) -> Matcher { .equals(.literal(json)) }
}

extension Expectation {
  static func must(_ subject: Subject) -> Expectation { Expectation(subject, place: Fixture.place(20)) }
  static func should(_ subject: Subject) -> Expectation {
    Expectation(subject, severity: .should, place: Fixture.place(21))
  }
}

extension Step {
  static func make(
    _ operation: StepAction, as name: String? = nil, _ expectations: [Expectation] = [], onlyIf: [Expectation] = [],
    line: Int = 10
  ) -> Step {
    var step = Step(place: Fixture.place(line), operation: operation, savedAs: name, expectations: expectations)
    step.condition = onlyIf
    return step
  }

  /// A request with the method and path, which expects the status.
  static func http(
    _ method: String = "GET", _ path: Template = "/", status: Int? = 200, onlyIf: Int? = nil,
    _ more: [Expectation] = []
  ) -> Step {
    var request = FreeRequest(url: path)
    request.method = method
    return make(
      .http(request), (status.map { [.must(.status(.equal(.int($0))))] } ?? []) + more,
      onlyIf: onlyIf.map { [.must(.status(.equal(.int($0))))] } ?? [])
  }

  static func client(_ name: String) -> Step {
    make(.createClient(name: nil, connector: .first), as: name, [.must(.success(.createClient))])
  }

  static func token(_ name: String, of client: String, _ expectations: [Expectation] = [.must(.success(.requestToken))])
    -> Step
  {
    make(.requestToken(TokenRequest(client: client)), as: name, expectations)
  }

  static func post(_ token: String? = nil, as name: String? = nil, _ expectations: [Expectation] = []) -> Step {
    make(.postPayload(PayloadPost(token: token)), as: name, expectations)
  }

  /// A text from `${…}`.
  static func reference(_ path: String...) -> Template {
    .text([.literal("/"), .reference(Reference(path: path))])
  }
}
