// Translates overlapping operations into a scenario whose steps record what the service did, and the record back.

public import ConformanceModel
import JSONValue

/// What a step of such a scenario did.
public struct StepOutcome: Sendable, Hashable {
  /// The line of the step: the number of its operation, from 1.
  public var line: Int
  public var status: Int
  public var body: String
  /// Which expectations held, in their order.
  public var holds: [Bool]

  public init(line: Int, status: Int, body: String, holds: [Bool]) {
    self.line = line
    self.status = status
    self.body = body
    self.holds = holds
  }
}

/// Runs scenarios, and returns what each step did, by the ids of the scenarios.
public typealias HistoryRunner = @Sendable ([Scenario]) async throws -> [String: [StepOutcome]]

extension Model {
  /// How often a payload can be in an inbox for its number to be seen.
  private static let maxDeliveries = 6

  /// The scenario of an overlap. It expects nothing that a right service could break: its expectations are questions.
  func scenario(_ overlap: Overlap, id: String) -> Scenario {
    let operations = overlap.operations
    var world = World(facts)
    var steps: [Step] = []
    let unsure = Overlap.names(madeBy: overlap.overlapping)
    for (index, operation) in operations.enumerated() {
      let place = Place(file: "\(id).yaml", line: index + 1, column: 1)
      var step = bareStep(operation, world, place)
      step.expectations = questions(operation, overlap).map { Expectation($0, severity: .may, place: place) }
      if index >= overlap.before.count + overlap.overlapping.count {
        let names = Overlap.names(usedBy: operation).filter(unsure.contains)
        if !names.isEmpty {
          var condition = StepCondition()
          condition.values = names.sorted().map { .init(Reference(path: [$0]), .absent(false)) }
          step.when = condition
        }
      }
      steps.append(step)
      apply(operation, Ruling(.success), to: &world)
    }
    let start = overlap.before.count
    let end = start + overlap.overlapping.count
    let place = Place(file: "\(id).yaml", line: start + 1, column: 1)
    let together = Step(place: place, operation: .concurrently(steps[start..<end].map { [$0] }))
    return Scenario(
      id: id, suite: "explore", place: Place(file: "\(id).yaml", line: 1, column: 1), title: id, covers: ["ISO-07"],
      tags: ["explore"], needs: needs(of: operations), given: [],
      steps: Array(steps[..<start]) + (overlap.overlapping.count > 1 ? [together] : Array(steps[start..<end]))
        + Array(steps[end...]))
  }

  /// What the record of a step has to answer.
  private func questions(_ operation: ModelAction, _ overlap: Overlap) -> [Expectation.Subject] {
    switch operation {
    case .create: [.success(.createClient)]
    case .manage(let call):
      switch call.action {
      case .show: [.success(.showClient)]
      case .replace: [.success(.replaceClient)]
      case .delete: [.success(.deleteClient)]
      }
    case .token: [.success(.requestToken)]
    case .post: [.success(.postPayload)]
    case .tokenState: [.status(.equals(.literal(200)))]
    case .metadata: [.status(.equals(.literal(200)))]
    case .inbox:
      [.success(.readInbox)]
        + overlap.payloads.flatMap { name in
          (0...Model.maxDeliveries).map { times in
            .delivered([Expectation.Delivery(payload: name, times: .equals(.literal(.int(times))))])
          }
        }
    case .list: [.success(.listClients)] + overlap.clients.map { .listed([$0]) }
    case .wait: []
    }
  }

  /// The history in the record of an overlap's scenario. Steps that did not run are left out.
  func history(of overlap: Overlap, _ outcomes: [StepOutcome]) -> History {
    let byLine = Dictionary(outcomes.map { ($0.line, $0) }, uniquingKeysWith: { $1 })
    let start = overlap.before.count
    let end = start + overlap.overlapping.count
    var entries: [HistoryEntry] = []
    for (index, operation) in overlap.operations.enumerated() {
      let interval = (start..<end).contains(index) ? (start, end - 1) : (index, index)
      if case .wait = operation {
        entries.append(
          HistoryEntry(operation, Observation(succeeded: true, status: 0), start: interval.0, end: interval.1))
        continue
      }
      guard let outcome = byLine[index + 1] else { continue }
      entries.append(
        HistoryEntry(operation, observation(operation, outcome, overlap), start: interval.0, end: interval.1))
    }
    return History(entries)
  }

  private func observation(_ operation: ModelAction, _ outcome: StepOutcome, _ overlap: Overlap) -> Observation {
    let json = try? JSON(parsing: Array(outcome.body.utf8))
    var observation = Observation(
      succeeded: outcome.holds.first ?? false, status: outcome.status, error: json?["error"]?.string)
    if case .token = operation, observation.succeeded { observation.token = json?["access_token"]?.string }
    let answers = outcome.holds.dropFirst()
    switch operation {
    case .inbox where answers.count == overlap.payloads.count * (Model.maxDeliveries + 1):
      for (index, name) in overlap.payloads.enumerated() {
        let from = answers.startIndex + index * (Model.maxDeliveries + 1)
        if let times = (0...Model.maxDeliveries).first(where: { answers[from + $0] }) {
          observation.deliveries[name] = times
        }
      }
    case .list where answers.count == overlap.clients.count:
      for (name, isListed) in zip(overlap.clients, answers) { observation.listed[name] = isListed }
    default: break
    }
    return observation
  }
}

extension Overlap {
  /// The payloads that may have been posted, in a fixed order.
  var payloads: [String] {
    operations.compactMap { if case .post(let call) = $0 { call.name } else { nil } }
  }

  /// The clients before and while operations overlap that are certainly known to the case.
  var clients: [String] { Overlap.names(madeBy: before).filter { $0.hasPrefix("client-") }.sorted(by: World.byNumber) }

  static func names(madeBy operations: [ModelAction]) -> Set<String> {
    Set(
      operations.flatMap { operation -> [String] in
        switch operation {
        case .create(let call): [call.name]
        case .manage(let call): [call.replacement].compactMap(\.self)
        case .token(let call): [call.name]
        case .post(let call): [call.name]
        default: []
        }
      })
  }

  static func names(usedBy operation: ModelAction) -> Set<String> {
    switch operation {
    case .manage(let call): [call.client]
    case .token(let call): Set([call.client, call.other].compactMap(\.self))
    case .post(let call): [call.token]
    case .tokenState(let call): [call.token]
    default: []
    }
  }
}
