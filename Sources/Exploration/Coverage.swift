// Which operations and values were run, and which were not.

import ConformanceModel

/// Counts of what sequences contain.
public struct Coverage: Sendable {
  /// A value of a dimension of an operation.
  private struct Key: Hashable {
    var kind: ModelAction.Kind
    var trait: Trait
  }

  /// Two values of one operation.
  private struct Pair: Hashable {
    var kind: ModelAction.Kind
    var traits: Set<Trait>
  }

  private let facts: Facts
  private var operations: [ModelAction.Kind: Int] = [:]
  private var values: [Key: Int] = [:]
  private var pairs: Set<Pair> = []
  /// The states of the model in which operations ran, by their names.
  private var states: [String: Int] = [:]

  public init(_ facts: Facts) { self.facts = facts }

  /// Counts the operations of a sequence that were run.
  ///
  /// - Parameter count: How many of them, from the first.
  public mutating func add(_ sequence: [ModelAction], first count: Int, model: Model) {
    guard let rulings = model.run(sequence) else { return }
    for (operation, step) in zip(sequence.prefix(count), rulings) {
      operations[operation.kind, default: 0] += 1
      let traits = operation.traits
      for (index, trait) in traits.enumerated() {
        values[Key(kind: operation.kind, trait: trait), default: 0] += 1
        for other in traits[(index + 1)...] { pairs.insert(Pair(kind: operation.kind, traits: [trait, other])) }
      }
      for state in operation.states(in: step.before) { states[state, default: 0] += 1 }
    }
  }

  /// A line of the table.
  public struct Line: Sendable, Hashable {
    public var kind: ModelAction.Kind
    public var dimension: String
    /// The values that were run, and how many there are.
    public var run: Int
    public var count: Int
    /// The pairs with values of the other dimensions that were run, and how many there are.
    public var pairsRun: Int
    public var pairs: Int
    /// The values that were not run, with the reason.
    public var missing: [String]
  }

  /// One line for each dimension of each operation.
  public var lines: [Line] {
    lines(.create, CreateCall.self) + lines(.manage, ManageCall.self) + lines(.token, TokenCall.self)
      + lines(.post, PostCall.self) + lines(.tokenState, TokenStateCall.self) + lines(.metadata, MetadataCall.self)
  }

  /// The states of the model in which operations were run, with how many.
  public var reached: [(state: String, count: Int)] {
    states.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The states that were not reached.
  public var unreached: [String] { ModelAction.allStates.filter { states[$0] == nil } }

  public func count(of kind: ModelAction.Kind) -> Int { operations[kind] ?? 0 }

  private func lines<Call: VariedCall>(_ kind: ModelAction.Kind, _: Call.Type) -> [Line] {
    Call.dimensions.map { dimension in
      let missing = dimension.values.filter {
        values[Key(kind: kind, trait: Trait(dimension: dimension.name, value: $0))] == nil
      }
      let others = Call.dimensions.filter { $0.name != dimension.name }.reduce(0) { $0 + $1.values.count }
      return Line(
        kind: kind, dimension: dimension.name, run: dimension.values.count - missing.count,
        count: dimension.values.count,
        pairsRun: pairs.count { pair in
          pair.kind == kind && pair.traits.contains { $0.dimension == dimension.name }
        }, pairs: dimension.values.count * others, missing: missing.map { "\($0): \(reason(kind, $0))" })
    }
  }

  /// Why a value was not run.
  private func reason(_ kind: ModelAction.Kind, _ value: String) -> String {
    let needed: Capability? =
      switch kind {
      case .tokenState: value == "revocation" ? .revocation : .introspection
      case .create: facts.createsClients ? nil : .createClient
      case .manage:
        value == "replace" ? .replaceClient : value == "delete" ? .deleteClient : .showClient
      case .token:
        if let way = TokenCall.Way(rawValue: value) {
          way.needs.sorted { $0.rawValue < $1.rawValue }.first { !facts.capabilities.contains($0) }
        } else if TokenCall.Assertion(rawValue: value) != nil, value != TokenCall.Assertion.right.rawValue {
          .clientAssertion
        } else {
          value == TokenCall.Endpoint.other.rawValue ? .secondConnector : nil
        }
      case .metadata:
        ([.metadata] + (MetadataCall.Part(rawValue: value)?.needs ?? [])).first { !facts.capabilities.contains($0) }
      case .post, .list, .inbox, .wait: nil
      }
    if let needed, !facts.capabilities.contains(needed) { return needed.missingReason }
    let isStranger = Manager.allCases.contains { $0 != .manager && $0.rawValue == value }
    if isStranger, !facts.capabilities.contains(.managerKey) {
      return Capability.managerKey.missingReason
    }
    if value == Manager.otherConnector.rawValue, !facts.capabilities.contains(.connectorManagers) {
      return Capability.connectorManagers.missingReason
    }
    let defect = kind == .post ? PostCall.Kind(rawValue: value)?.defect : nil
    if defect != nil, facts.acceptsJSON.isEmpty { return "the payloads of the target are not sent as application/json" }
    let isSample = kind == .post && PostCall.Kind(rawValue: value)?.isSample == true
    if isSample, facts.samples[.first]?.contains(value) != true {
      return "the target has no payload '\(value)'"
    }
    return "the run was too short"
  }
}

extension ModelAction {
  /// All values of the call, the plain ones as well.
  var traits: [Trait] {
    func all<Call: VariedCall>(_ call: Call) -> [Trait] {
      Call.dimensions.map { Trait(dimension: $0.name, value: $0.values[$0.index(call)]) }
    }
    return switch self {
    case .create(let call): all(call)
    case .manage(let call): all(call)
    case .token(let call): all(call)
    case .post(let call): all(call)
    case .tokenState(let call): all(call)
    case .metadata(let call): all(call)
    case .list, .inbox, .wait: []
    }
  }

  /// The states of clients and tokens in which it runs.
  func states(in world: World) -> [String] {
    switch self {
    case .token(let call): world.clients[call.client].map { ["token of a client that is \($0.state.rawValue)"] } ?? []
    case .post(let call):
      world.tokens[call.token].map { token in
        let place = token.connector == call.connector ? "" : " of another connector"
        let state = token.hasEnded ? "ended" : "\(world.validity(of: token))"
        let isBorder = token.expires == world.now ? ["post in the second of the expiry"] : []
        return ["post with a token\(place) that is \(state)"] + isBorder
      } ?? []
    default: []
    }
  }

  static let allStates =
    ["alive", "deleted"].map { "token of a client that is \($0)" }
    + ["", " of another connector"].flatMap { place in
      ["valid", "invalid", "ended"].map { "post with a token\(place) that is \($0)" }
    } + ["post in the second of the expiry"]
}
