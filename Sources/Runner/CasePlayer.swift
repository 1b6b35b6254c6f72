// Plays one test case, step by step.

import Conformance
import HTTPTransport

/// What all cases of a run share.
struct Stage: Sendable {
  let session: TargetSession
  let timeline: Timeline
  let stream: EventStream
  let patterns: PatternCache
}

/// Plays the steps of one case. An actor, since branches of `concurrently` report to it at the same time.
actor CasePlayer {
  let stage: Stage
  let planned: PlannedCase
  var scope: CaseScope
  /// How many given credentials this case has taken.
  var givenTaken: [ConnectorRole: Int] = [:]
  private(set) var problems: [Problem] = []
  private var exchanges = 0
  /// Wall seconds that the case rested, which are not its own.
  private var rested = 0.0
  private var preparing = false

  var session: TargetSession { stage.session }

  init(stage: Stage, planned: PlannedCase, scope: CaseScope) {
    self.stage = stage
    self.planned = planned
    self.scope = scope
  }

  /// Plays the whole case, and tells how it ended.
  func play(_ one: Plan.Case) async -> CaseRecord {
    let startedAt = WallClock.now
    let start = WallClock.monotonic
    let simulatedStart = stage.timeline.now
    stage.stream.emit(.caseStarted(CaseStart(number: planned.number, wall: startedAt, simulated: simulatedStart)))
    let scenario = one.entry.scenario
    var goesOn = bind(one)
    if goesOn {
      preparing = true
      goesOn = await play(scenario.given)
      preparing = false
    }
    if goesOn { _ = await play(scenario.steps) }
    return CaseRecord(
      planned: planned, verdict: verdict, startedAt: startedAt, seconds: max(0, WallClock.monotonic - start - rested),
      simulatedStart: simulatedStart, simulatedEnd: stage.timeline.now, exchanges: exchanges, problems: problems)
  }

  /// Lets go of what the case kept, once its last event is out.
  func retire() {
    scope.retire()
  }

  private var verdict: Verdict {
    if problems.contains(where: { $0.verdict == .failed }) { return .failed }
    if problems.contains(where: { $0.verdict == .errored }) { return .errored }
    return problems.isEmpty ? .passed : .warned
  }

  /// Gives the names of the case their values.
  private func bind(_ one: Plan.Case) -> Bool {
    do {
      let unique = CasePlayer.unique(planned.id, run: session.values["run"]?["id"]?.string ?? "")
      scope.save("unique", .string(unique))
      if let connector = session.target.connector(.first) {
        let values = try session.values(of: connector)
        scope.save("connector", values)
        scope.save("token-url", .string(try session.url(session.target.token.url, ["connector": values])))
        scope.save("inbound-url", .string(try inboundURL(connector)))
      }
      for member in one.row?.values ?? [] { scope.save(member.name, try scope.fill(member.value)) }
      return true
    } catch {
      note(Problem(.errored, .internal, "\(error)", place: one.entry.scenario.place))
      return false
    }
  }

  /// A text that no other case and no other run has: FNV-1a of both names.
  private static func unique(_ id: String, run: String) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in "\(run)/\(id)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return "c" + String(hash, radix: 36)
  }

  // MARK: - Steps

  /// Plays steps in order; `false` once the rest of the case has nothing to stand on.
  func play(_ steps: [Step]) async -> Bool {
    for step in steps {
      if case .repeat(let count, let inner) = step.operation {
        for index in 1...count {
          scope.save("index", .int(index))
          guard await play(inner) else { return false }
        }
        continue
      }
      if case .concurrently(let branches) = step.operation {
        guard await play(branches) else { return false }
        continue
      }
      guard await play(step) else { return false }
    }
    return true
  }

  private func play(_ step: Step) async -> Bool {
    do {
      if case .wait(let wait) = step.operation {
        try await rest(wait, step)
        return true
      }
      guard let answer = try await perform(step) else { return true }
      conceal(answer)
      return try judge(answer, step)
    } catch let error as TransportError where error.kind == .cancelled {
      note(Problem(.errored, .internal, (stage.timeline.stopped as? RunStopped)?.description ?? error.message), of: step)
    } catch let error as TransportError {
      note(Problem(.errored, Problem.Kind(error.kind), error.message), of: step)
    } catch let error as TargetError {
      note(Problem(.errored, error.kind, error.message), of: step)
    } catch let error as RunStopped {
      note(Problem(.errored, .internal, error.description), of: step)
    } catch {
      note(Problem(.errored, .internal, "\(error)"), of: step)
    }
    return false
  }

  /// Plays branches at the same time. Copies of the same steps save their names with `-1`, `-2` behind them.
  private func play(_ branches: [[Step]]) async -> Bool {
    let areCopies = branches.dropFirst().allSatisfy { $0 == branches[0] }
    let players = branches.enumerated().map { index, _ in
      var scope = scope
      scope.save("index", .int(index + 1))
      return CasePlayer(stage: stage, planned: planned, scope: scope)
    }
    let before = Set(scope.names.keys)
    let isPreparing = preparing
    let ended = await withTaskGroup(of: Bool.self) { group in
      for (player, steps) in zip(players, branches) {
        group.addTask { await player.playBranch(steps, preparing: isPreparing) }
      }
      return await group.reduce(true) { $0 && $1 }
    }
    for (index, player) in players.enumerated() {
      let (branch, found, count) = await player.outcome
      for (name, value) in branch.names where !before.contains(name) && name != "index" {
        scope.save(areCopies ? "\(name)-\(index + 1)" : name, value)
      }
      scope.adopt(branch)
      problems += found
      exchanges += count
    }
    return ended
  }

  private func playBranch(_ steps: [Step], preparing: Bool) async -> Bool {
    self.preparing = preparing
    return await play(steps)
  }

  private var outcome: (CaseScope, [Problem], Int) { (scope, problems, exchanges) }

  private func rest(_ wait: Wait, _ step: Step) async throws {
    let now = stage.timeline.now
    let wake: Instant
    switch wait {
    case .span(let span): wake = now + span
    case .until(let instant):
      guard instant >= now else {
        throw TargetError("the target's clock stands at \(now) already, and time only moves forward; restart the target or start the run earlier (--start)")
      }
      wake = instant
    }
    let start = WallClock.monotonic
    defer { rested += WallClock.monotonic - start }
    try await stage.timeline.wait(until: wake, number: planned.number)
    record(step, nil, [])
  }

  // MARK: - Operations

  /// Carries the operation out; `nil` where nothing was sent.
  private func perform(_ step: Step) async throws -> Answer? {
    switch step.operation {
    case .createClient(let name, let connector): return try await createClient(name: name, connector: connector, savedAs: step.savedAs)
    case .listClients(let connector): return try await listClients(connector)
    case .showClient(let client): return try await showClient(client)
    case .replaceClient(let client): return try await replaceClient(client, savedAs: step.savedAs)
    case .deleteClient(let client): return try await deleteClient(client)
    case .requestToken(let operation):
      let (request, _) = try tokenRequest(operation)
      return tokenAnswer(try await send(request), savedAs: step.savedAs)
    case .postPayload(let operation): return payloadAnswer(try await send(try payloadRequest(operation)))
    case .readInbox(let role):
      guard let inbox = session.target.inbox else { throw TargetError(Capability.readInbox.lack) }
      return inboxAnswer(try await send(try inboxRequest(role, inbox)), inbox)
    case .http(let operation): return Answer(try await send(try freeRequest(operation)))
    case .wait, .repeat, .concurrently: return nil
    }
  }

  private func freeRequest(_ operation: FreeRequest) throws -> HTTPRequest {
    var request = HTTPRequest(method: operation.method, url: session.absolute(try scope.fill(operation.url).plainText))
    if let json = operation.json {
      request.headers.append(HeaderField("Content-Type", "application/json"))
      request.body = try scope.fill(json).compactBytes
    } else if let form = operation.form {
      var pairs: [(String, String)] = []
      for field in form { pairs += FormParameters.pairs(field.name, try scope.fill(field.value)) }
      request.headers.append(HeaderField("Content-Type", "application/x-www-form-urlencoded"))
      request.body = Array(FormEncoding.encode(pairs).utf8)
    }
    try request.apply(operation.edits) { template throws(UnresolvedReference) in try scope.fill(template) }
    return request
  }

  func connector(_ role: ConnectorRole) throws -> Target.Connector {
    guard let connector = session.target.connector(role) else { throw TargetError(Capability.secondConnector.lack) }
    return connector
  }

  func send(_ request: HTTPRequest) async throws -> Exchange {
    exchanges += 1
    return try await session.client.send(request)
  }

  /// Tokens and secrets that an endpoint hands out unasked are kept out of the log as well.
  private func conceal(_ answer: Answer) {
    guard let body = answer.body else { return }
    for (name, value) in Credentials.found(in: body) where !session.redactor.knows(value) {
      scope.conceal(value, as: CaseScope.label(name))
    }
  }

  // MARK: - Verdicts

  private func judge(_ answer: Answer, _ step: Step) throws -> Bool {
    if let name = step.savedAs, let saved = answer.saved { scope.save(name, saved) }
    let judging = Judging(answer: answer, scope: scope, patterns: stage.patterns)
    var checks: [CheckRecord] = []
    var found: [Problem] = []
    for expectation in step.expectations {
      let mismatches = try judging.mismatches(expectation.subject)
      checks.append(CheckRecord(subject: expectation.subject.title, severity: expectation.severity, holds: mismatches.isEmpty))
      found += mismatches.map { problem($0, expectation) }
    }
    let exchange = ExchangeRecord(answer.exchange, redactor: session.redactor)
    record(step, exchange, checks)
    for var problem in found {
      problem.exchange = exchange
      note(problem, of: step)
    }
    try save(step.savings, of: answer)
    return !found.contains { $0.verdict != .warned }
  }

  private func problem(_ mismatch: Mismatch, _ expectation: Expectation) -> Problem {
    let subject = expectation.subject.title + (mismatch.path.hasPrefix("/") ? ", \(mismatch.path)" : mismatch.path)
    let message = "\(subject): expected \(mismatch.expected), got \(mismatch.actual)"
    let verdict: Verdict
    if preparing {
      verdict = .errored
    } else {
      let level = min(expectation.severity, planned.covers.map(\.level).max() ?? .must)
      verdict = level == .must ? .failed : .warned
    }
    var problem = Problem(verdict, .assertion, preparing ? "the preparation failed: \(message)" : message, place: expectation.place)
    problem.subject = subject
    problem.expected = mismatch.expected
    problem.actual = mismatch.actual
    return problem
  }

  private func save(_ savings: [Saving], of answer: Answer) throws {
    let response = answer.exchange.response
    for saving in savings {
      let value: JSON?
      switch saving.source {
      case .status: value = .int(response.status)
      case .text: value = .string(String(decoding: response.body, as: UTF8.self))
      case .header(let name): value = response.headers.first(name).map { .string($0) }
      case .json(let pointer): value = answer.body.flatMap { pointer.value(in: $0) }
      }
      guard let value else {
        throw TargetError("nothing could be saved as '\(saving.name)': the answer has no such part", kind: .protocol)
      }
      scope.save(saving.name, value)
    }
  }

  private func record(_ step: Step, _ exchange: ExchangeRecord?, _ checks: [CheckRecord]) {
    stage.stream.emit(
      .stepPlayed(
        StepRecord(
          number: planned.number, line: step.place.line, sentence: step.sentence, wall: WallClock.now,
          simulated: stage.timeline.now, exchange: exchange, checks: checks)))
  }

  private func note(_ problem: Problem, of step: Step) {
    var problem = problem
    problem.step = step.sentence
    problem.place = problem.place ?? step.place
    note(problem)
  }

  private func note(_ problem: Problem) {
    var problem = problem
    problem.requirements = planned.covers
    problem.simulated = stage.timeline.now
    problem.wall = WallClock.now
    problems.append(problem)
  }
}
