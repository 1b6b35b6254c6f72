// Translates a sequence into an ordinary scenario: steps with the expectations that the model makes.

public import ConformanceModel
import JSONValue

extension Model {
  /// The scenario of a sequence; `nil` if one of its operations makes no sense. The line of a step is its number, from
  /// 1.
  public func scenario(_ operations: [ModelAction], id: String, title: String) -> Scenario? {
    guard let rulings = run(operations) else { return nil }
    var steps: [Step] = []
    var covers: [String] = []
    for (index, operation) in operations.enumerated() {
      let place = Place(file: "\(id).yaml", line: index + 1, column: 1)
      steps.append(step(operation, rulings[index].ruling, rulings[index].before, place))
      covers += rulings[index].ruling.covers.filter { !covers.contains($0) }
    }
    addLetterConditions(to: &steps, operations)
    return Scenario(
      id: id, suite: "explore", place: Place(file: "\(id).yaml", line: 1, column: 1), title: title, covers: covers,
      tags: ["explore"], needs: needs(of: operations), given: [], steps: steps)
  }

  /// An id without letters has no other case: a sequence that sends one applies only to ids with letters.
  private func addLetterConditions(to steps: inout [Step], _ operations: [ModelAction]) {
    let clients = operations.compactMap { operation -> String? in
      if case .token(let call) = operation, call.id == .otherCase { call.client } else { nil }
    }
    for index in steps.indices {
      guard let name = steps[index].savedAs, clients.contains(name), steps[index].condition.isEmpty else { continue }
      let hasLetters = Matcher.object([.init("id", .matches(.literal("[A-Za-z]")))])
      steps[index].condition.append(Expectation(.saved(hasLetters), place: steps[index].place))
    }
  }

  /// The capabilities that the steps do not show.
  private func needs(of operations: [ModelAction]) -> [Capability] {
    var needs: Set<Capability> = []
    for operation in operations {
      switch operation {
      case .wait: needs.insert(.exactClock)
      case .tokenState(let call):
        needs.formUnion([call.endpoint == .introspection ? .introspection : .revocation, .basicAuthentication])
      case .token(let call) where call.way == .unknownScheme: needs.insert(.basicAuthentication)
      default: break
      }
    }
    return needs.filter { $0 != .exactClock || facts.capabilities.contains(.exactClock) }
      .sorted { $0.rawValue < $1.rawValue }
  }

  private func step(_ operation: ModelAction, _ ruling: Ruling, _ world: World, _ place: Place) -> Step {
    var step =
      switch operation {
      case .create(let call): createStep(call, place)
      case .manage(let call): manageStep(call, ruling, world, place)
      case .token(let call): tokenStep(call, world, place)
      case .post(let call): postStep(call, place)
      case .tokenState(let call): tokenStateStep(call, ruling, world, place)
      case .list(let connector, let manager): listStep(connector, manager, world, place)
      case .inbox(let connector): Step(place: place, operation: .readInbox(connector: connector))
      case .wait(let pause): Step(place: place, operation: .wait(wait(pause, world)))
      }
    for subject in subjects(operation, ruling, world) {
      step.expectations.append(Expectation(subject, place: place))
    }
    if assumesSuccess(operation, ruling) {
      step.condition.append(Expectation(.success(step.operation.kind), place: place))
    }
    return step
  }

  private func wait(_ pause: Pause, _ world: World) -> Wait {
    if case .date(let instant) = pause { return .until(instant, later: .none) }
    let seconds = length(of: pause, in: world) ?? 0
    let exact = WaitLength(SimulatedDuration(milliseconds: seconds * 1000))
    // `lifetime - 1s` says more than a number, if the whole lifetime is ahead
    guard case .border(let name, let offset) = pause, let token = world.tokens[name], token.issued == world.now,
      world.isExact,
      let length = try? WaitLength(
        parsing: "lifetime" + (offset > 0 && facts.leeway > 0 ? " + leeway" : "")
          + (offset == 0
            ? "" : (offset < 0 ? " - " : " + ") + "\(SimulatedDuration(milliseconds: Int64(offset.magnitude) * 1000))"))
    else { return .span(exact) }
    return .span(length)
  }

  // MARK: - Expectations

  private func subjects(_ operation: ModelAction, _ ruling: Ruling, _ world: World) -> [Expectation.Subject] {
    switch operation {
    case .wait: []
    case .inbox(let connector):
      [
        .success(.readInbox),
        .delivered(
          deliveries(at: connector, in: world).map {
            Expectation.Delivery(payload: $0.payload, times: .equals(.literal(.int($0.times))))
          }),
      ]
    case .list(let connector, _): listSubjects(connector, ruling, world)
    case .token(let call): tokenSubjects(call, ruling, world)
    case .post(let call): postSubjects(call, ruling)
    case .tokenState(let call): tokenStateSubjects(call, ruling, world)
    case .create: managementSubjects(.createClient, ruling, shows: true)
    case .manage(let call):
      switch call.action {
      case .show: managementSubjects(.showClient, ruling, shows: false) + shown(call.client, ruling)
      case .replace: managementSubjects(.replaceClient, ruling, shows: true)
      case .delete: managementSubjects(.deleteClient, ruling, shows: false)
      }
    }
  }

  /// A matcher for the statuses of a ruling.
  func statuses(_ ruling: Ruling, success: [Matcher]) -> Matcher {
    var matchers: [Matcher] = []
    var seen: Set<Int> = []
    if ruling.outcome != .refusal { matchers += success }
    for refusal in ruling.refusals.sorted() {
      let statuses: [Int] =
        switch refusal {
        // the status belongs to the error code (RFC 6749 section 5.2)
        case .error(let code): code == "invalid_client" ? [400, 401] : [400]
        case .status(let status): [status]
        case .clientError: []
        }
      for status in statuses where seen.insert(status).inserted { matchers.append(.equals(.literal(.int(status)))) }
    }
    if ruling.refusals.contains(.clientError) { matchers.append(.statusClass(4)) }
    return matchers.count == 1 ? matchers[0] : .oneOf(matchers)
  }

  private func managementSubjects(
    _ kind: StepActionKind, _ ruling: Ruling, shows: Bool
  ) -> [Expectation.Subject] {
    let isHTTP = facts.capabilities.contains(.httpClients)
    switch ruling.outcome {
    case .success where shows && isHTTP:
      return [.success(kind), .header("Cache-Control", .lists([.literal("no-store")])), .noSecrets]
    case .success: return [.success(kind)] + (isHTTP ? [.noSecrets] : [])
    case .refusal, .either:
      return isHTTP ? [.status(statuses(ruling, success: [.statusClass(2)])), .noSecrets] : []
    }
  }

  /// The client that was asked for is shown.
  private func shown(_ client: String, _ ruling: Ruling) -> [Expectation.Subject] {
    guard ruling.outcome == .success, facts.capabilities.contains(.httpClients) else { return [] }
    return [.someText(.contains(.equals(Template("${\(client).id}"))))]
  }

  private func listSubjects(
    _ connector: ConnectorRole, _ ruling: Ruling, _ world: World
  ) -> [Expectation.Subject] {
    guard ruling.outcome == .success else {
      return [.status(statuses(ruling, success: [])), .noSecrets]
    }
    let listed = world.clients(.alive, at: connector)
    let gone = world.clients(.deleted).filter { name in
      // one id for two sets is still listed
      !world.clients.contains { $0.key != name && $0.value.family == world.clients[name]?.family }
    }
    let unlisted = gone + world.clients(.alive, at: connector.other)
    return [.success(.listClients)] + (listed.isEmpty ? [] : [.listed(listed)])
      + (unlisted.isEmpty ? [] : [.unlisted(unlisted)])
      + (facts.capabilities.contains(.httpClients) ? [.noSecrets] : [])
  }
}
