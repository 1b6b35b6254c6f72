// The state of a pending case, which waits for real time to pass.

public import ConformanceModel
public import JSONValue
public import RunEvents

/// Everything that a case needs to continue later. It contains secrets, so it never goes into the run log.
public struct PendingState: Sendable, Hashable {
  /// The number of the case in its plan, and its id.
  public var number: Int
  public var id: String
  /// When it can continue.
  public var due: SimulatedInstant
  var startedAt: SimulatedInstant
  var simulatedStart: SimulatedInstant
  var exchanges: Int
  /// How many of its steps are done, those of `given` first; the wait is one of them.
  var stepsDone: Int
  /// How many steps it has: another number means that the scenario has changed.
  var stepCount: Int
  var names: [String: JSON]
  var confidential: [String: [String]]
  var givenTaken: [String: Int]
  /// The clients that it created at a live target: they are deleted once it has ended.
  var clients: [JSON]
  /// The lifetime of tokens in seconds, if it was observed and not declared.
  var lifetime: Int?
  /// Why steps were left out, by their place among all that run.
  var leftOut: [Int: String] = [:]
  /// A hash of the steps, expectations and values of the case when it began.
  public var fingerprint = ""
  /// The findings so far, taken from the run log.
  public var findings: [Finding] = []
  /// The case as the run log has it.
  public var planned: PlannedCase?
  /// Whether a process that was killed had begun to run the rest.
  public var wasBegun = false
  /// How often the run log has each of its steps, by their sentences; `nil` if that was not looked up.
  public var recorded: [String: Int]?

  /// The ids of the clients that it needs to continue.
  public var clientIDs: [String] { clients.compactMap { $0["id"]?.string } }

  public var json: JSON {
    .object(
      members + (lifetime.map { [JSON.Member("lifetime", .int($0))] } ?? [])
        + (leftOut.isEmpty
          ? []
          : [
            JSON.Member(
              "left-out", .object(leftOut.sorted { $0.key < $1.key }.map { .init("\($0.key)", .string($0.value)) }))
          ]))
  }

  private var members: [JSON.Member] {
    let json: JSON = [
      "n": .int(number), "id": .string(id), "due": .int(due.milliseconds), "started-at": .int(startedAt.milliseconds),
      "simulated-start": .int(simulatedStart.milliseconds), "exchanges": .int(exchanges), "steps-done": .int(stepsDone),
      "step-count": .int(stepCount), "fingerprint": .string(fingerprint),
      "names": .object(names.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }),
      "confidential": .object(
        confidential.sorted { $0.key < $1.key }.map { .init($0.key, .array($0.value.map { .string($0) })) }),
      "given-taken": .object(givenTaken.sorted { $0.key < $1.key }.map { .init($0.key, .int($0.value)) }),
      "clients": .array(clients),
    ]
    return json.object ?? []
  }

  /// The numbers that a state can have: no arithmetic with them overflows.
  private enum Limits {
    static let number = 0...PlannedCase.maxNumber
    /// From the year 0 to the year 9999, as RFC 3339 has them.
    static let instant = -62_167_219_200_000...253_402_300_799_999
    static let exchanges = 0...1_000_000_000
    static let steps = 1...1_000_000
    static let clients = 0...1_000_000
  }

  /// - Returns: `nil` if the value is not a pending state, or one of its numbers is impossible.
  public init?(_ json: JSON) {
    func int(_ name: String, in range: ClosedRange<Int>) -> Int? {
      json[name]?.int.flatMap { range.contains($0) ? $0 : nil }
    }
    guard let number = int("n", in: Limits.number), let id = json["id"]?.string,
      let due = int("due", in: Limits.instant), let startedAt = int("started-at", in: Limits.instant),
      let simulatedStart = int("simulated-start", in: Limits.instant),
      let exchanges = int("exchanges", in: Limits.exchanges),
      let stepCount = int("step-count", in: Limits.steps), let stepsDone = int("steps-done", in: 1...stepCount),
      let names = json["names"]?.object,
      let confidential = json["confidential"]?.object.flatMap(PendingState.texts),
      let givenTaken = json["given-taken"]?.object.flatMap(PendingState.counts), let clients = json["clients"]?.array,
      let fingerprint = json["fingerprint"]?.string
    else { return nil }
    lifetime = int("lifetime", in: TokenLifetimes.allowed)
    guard lifetime != nil || json["lifetime"] == nil else { return nil }
    for member in json["left-out"]?.object ?? [] {
      guard let slot = Int(member.name), let reason = member.value.string else { return nil }
      leftOut[slot] = reason
    }
    self.number = number
    self.id = id
    self.due = SimulatedInstant(milliseconds: Int64(due))
    self.startedAt = SimulatedInstant(milliseconds: Int64(startedAt))
    self.simulatedStart = SimulatedInstant(milliseconds: Int64(simulatedStart))
    self.exchanges = exchanges
    self.stepsDone = stepsDone
    self.stepCount = stepCount
    self.names = Dictionary(names.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    self.confidential = confidential
    self.givenTaken = givenTaken
    self.clients = clients
    self.fingerprint = fingerprint
  }

  /// The secrets by their labels; `nil` if one is not a text.
  private static func texts(_ members: [JSON.Member]) -> [String: [String]]? {
    var texts: [String: [String]] = [:]
    for member in members {
      guard let items = member.value.array else { return nil }
      let strings = items.compactMap(\.string)
      guard strings.count == items.count else { return nil }
      texts[member.name] = strings
    }
    return texts
  }

  /// The numbers of clients by their connectors; `nil` if one is impossible.
  private static func counts(_ members: [JSON.Member]) -> [String: Int]? {
    var counts: [String: Int] = [:]
    for member in members {
      guard let count = member.value.int, Limits.clients.contains(count) else { return nil }
      counts[member.name] = count
    }
    return counts
  }

  init(
    number: Int, id: String, due: SimulatedInstant, startedAt: SimulatedInstant, simulatedStart: SimulatedInstant,
    exchanges: Int, stepsDone: Int, stepCount: Int,
    names: [String: JSON], confidential: [String: [String]], givenTaken: [String: Int], clients: [JSON]
  ) {
    self.number = number
    self.id = id
    self.due = due
    self.startedAt = startedAt
    self.simulatedStart = simulatedStart
    self.exchanges = exchanges
    self.stepsDone = stepsDone
    self.stepCount = stepCount
    self.names = names
    self.confidential = confidential
    self.givenTaken = givenTaken
    self.clients = clients
  }
}

/// Thrown by a wait that is longer than `--max-wait`.
struct Pending: Error {
  var due: SimulatedInstant
}
