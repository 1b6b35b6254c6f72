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
  func needs(of operations: [ModelAction]) -> [Capability] {
    var needs: Set<Capability> = []
    for operation in operations {
      switch operation {
      case .wait: needs.insert(.exactClock)
      case .tokenState(let call):
        needs.formUnion([call.endpoint == .introspection ? .introspection : .revocation, .basicAuthentication])
      case .token(let call): needs.formUnion(call.way.needs)
      case .metadata(let call): needs.formUnion(call.part.needs + [.metadata])
      default: break
      }
    }
    return needs.filter { $0 != .exactClock || facts.capabilities.contains(.exactClock) }
      .sorted { $0.rawValue < $1.rawValue }
  }

  private func step(_ operation: ModelAction, _ ruling: Ruling, _ world: World, _ place: Place) -> Step {
    var step = bareStep(operation, world, place)
    if case .tokenState(let call) = operation, call.endpoint == .introspection, call.caller == .owner {
      step.condition.append(Expectation(.status(.equals(.literal(200))), place: place))
    }
    if operation.deviations.contains(where: { $0.value.hasSuffix("line break") }) {
      step.expectations.append(Expectation(.header(Model.injectedField, .absent(true)), place: place))
    }
    for subject in subjects(operation, ruling, world) {
      step.expectations.append(Expectation(subject, place: place))
    }
    for subject in recommended(operation, ruling, world) {
      step.expectations.append(Expectation(subject, severity: .should, place: place))
    }
    if assumesSuccess(operation, ruling, world) {
      step.condition.append(Expectation(.success(step.operation.kind), place: place))
    }
    return step
  }

  /// A step that expects nothing.
  func bareStep(_ operation: ModelAction, _ world: World, _ place: Place) -> Step {
    switch operation {
    case .create(let call): createStep(call, world, place)
    case .manage(let call): manageStep(call, world, place)
    case .token(let call): tokenStep(call, world, place)
    case .post(let call): postStep(call, place)
    case .tokenState(let call): tokenStateStep(call, world, place)
    case .list(let connector, let manager): listStep(connector, manager, world, place)
    case .inbox(let connector): Step(place: place, operation: .readInbox(connector: connector))
    case .metadata: metadataStep(place)
    case .wait(let pause): Step(place: place, operation: .wait(wait(pause, world)))
    }
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
    case .create(let call): createSubjects(call, ruling, world)
    case .manage(let call): manageSubjects(call, ruling, world)
    case .metadata(let call): metadataSubjects(call)
    }
  }

  /// What the documents only recommend.
  private func recommended(
    _ operation: ModelAction, _ ruling: Ruling, _ world: World
  ) -> [Expectation.Subject] {
    switch operation {
    case .create(let call): recommended(call, ruling)
    case .token(let call): recommended(call, ruling, world)
    case .post(let call): recommended(call, ruling, world)
    case .tokenState(let call): recommended(call, world)
    case .manage, .list, .inbox, .metadata, .wait: []
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
        case .error(let code): code == "invalid_client" ? [401] + facts.failedBody : [400]
        case .status(let status): [status]
        case .clientError, .redirection: []
        }
      for status in statuses where seen.insert(status).inserted { matchers.append(.equals(.literal(.int(status)))) }
    }
    if ruling.refusals.contains(.clientError) { matchers.append(.statusClass(4)) }
    if ruling.refusals.contains(.redirection) { matchers.append(.statusClass(3)) }
    return matchers.count == 1 ? matchers[0] : .oneOf(matchers)
  }
}
