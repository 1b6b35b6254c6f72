// Makes sequences of operations: random, but the same for the same seed.

import ConformanceModel

extension SplitMix {
  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

/// The combinations of values that are still to be tried: first each value alone, then each pair.
struct Combinations<Call: VariedCall>: Sendable {
  private typealias Choice = (dimension: Int, value: Int)

  /// The next one is the last.
  private var pending: [[Choice]] = []
  private let singles: [[Choice]]

  init(using numbers: inout SplitMix) {
    let choices = Call.dimensions.enumerated().flatMap { dimension, varied in
      (1..<max(1, varied.values.count)).map { (dimension: dimension, value: $0) }
    }
    let pairs = choices.indices.flatMap { first in
      choices[first...].filter { $0.dimension > choices[first].dimension }.map { [choices[first], $0] }
    }
    singles = choices.map { [$0] }
    pending = pairs.shuffled(using: &numbers) + singles.shuffled(using: &numbers)
  }

  /// Gives a call the next values that are possible.
  mutating func vary(
    _ call: Call, using numbers: inout SplitMix, isPossible: (Call) -> Bool
  ) -> Call {
    if pending.isEmpty { pending = singles.shuffled(using: &numbers) }
    for _ in 0..<min(16, pending.count) {
      let choices = pending.removeLast()
      var varied = call
      for choice in choices { Call.dimensions[choice.dimension].set(&varied, choice.value) }
      if isPossible(varied) { return varied }
      // another world may fit
      pending.insert(choices, at: 0)
    }
    return call
  }
}

/// Sequences for one target.
public struct SequenceGenerator: Sendable {
  let model: Model
  var numbers: SplitMix
  var tokens: Combinations<TokenCall>
  var posts: Combinations<PostCall>
  var states: Combinations<TokenStateCall>
  var creations: Combinations<CreateCall>
  /// How many sequences were made: the story of the next depends on it.
  private var sequences = 0
  /// Payloads of several megabytes take long.
  private(set) var bigPayloads = 0

  /// The most payloads of several megabytes in a run.
  static let maxBigPayloads = 4

  public init(_ model: Model, seed: UInt64) {
    self.model = model
    var numbers = SplitMix(seed: seed)
    tokens = Combinations(using: &numbers)
    posts = Combinations(using: &numbers)
    states = Combinations(using: &numbers)
    creations = Combinations(using: &numbers)
    self.numbers = numbers
  }

  /// The next sequence, with about this many operations.
  public mutating func next(steps: Int) -> [ModelAction] {
    var draft = Draft(model)
    begin(&draft)
    sequences += 1
    let body = max(2, steps - 6)
    // an operation that is not possible now is not counted, but not for ever
    for _ in 0..<steps * 4 where draft.operations.count < body { step(&draft) }
    end(&draft, limit: steps)
    return draft.operations
  }

  // MARK: - Parts of a sequence

  private mutating func begin(_ draft: inout Draft) {
    // every second sequence is left to chance
    let stories = Story.allCases.filter { $0 != .none }.flatMap { [Story.none, $0] }
    let story = stories[sequences % stories.count]
    let round = sequences / stories.count
    if story == .change { draft.add(.wait(.date(Pause.dates[round % Pause.dates.count]))) }
    let connector: ConnectorRole = model.facts.hasSecondConnector && numbers.chance(40) ? .second : .first
    draft.add(.create(CreateCall(name: draft.newClient(), connector: connector)))
    if numbers.chance(60) {
      let role = model.facts.hasSecondConnector && numbers.chance(50) ? connector.other : connector
      draft.add(.create(CreateCall(name: draft.newClient(), connector: role)))
    }
    for client in draft.world.clients(.alive) { draft.add(.token(TokenCall(client: client, name: draft.newToken()))) }
    guard let token = draft.world.tokenNames.first, let client = draft.world.clientNames.first else { return }
    switch story {
    case .none: break
    case .change: live(token, &draft)
    case .laterToken:
      draft.add(.wait(.seconds(max(1, model.facts.lifetime / 2))))
      let later = draft.newToken()
      draft.add(.token(TokenCall(client: client, name: later)))
      draft.addPost(plainPost(token, draft))
      live(token, &draft)
      draft.addPost(plainPost(later, draft))
    case .replacements:
      var lost = client
      for _ in 0..<2 {
        let replacement = draft.newClient()
        draft.add(.manage(ManageCall(client: lost, replacement: replacement, action: .replace)))
        draft.add(.token(TokenCall(client: replacement, name: draft.newToken())))
        lost = replacement
      }
    }
  }

  /// A history that chance makes too rarely, at the start of a sequence.
  private enum Story: CaseIterable {
    /// Chance alone.
    case none
    /// A token lives through a change of the calendar.
    case change
    /// A client gets another token before its first one expires.
    case laterToken
    /// A set is replaced, and its replacement is.
    case replacements
  }

  /// A token is used in its last second and after its expiry.
  private func live(_ token: String, _ draft: inout Draft) {
    for offset in [Int64(-1), 1] where draft.add(.wait(.border(token: token, seconds: offset))) {
      draft.addPost(plainPost(token, draft))
    }
  }

  private mutating func step(_ draft: inout Draft) {
    switch Int.random(in: 0..<100, using: &numbers) {
    case 0..<27: request(&draft)
    case 27..<60: post(&draft)
    case 60..<69: manage(&draft)
    case 69..<74: create(&draft)
    case 74..<82: tokenState(&draft)
    case 82..<85: list(&draft)
    case 85..<88: draft.add(.inbox(role()))
    default: wait(&draft)
    }
  }

  /// What the sequence has done must show in what follows.
  private func end(_ draft: inout Draft, limit: Int) {
    var last: [ModelAction] = []
    for token in draft.world.tokenNames.suffix(2) { last.append(.post(plainPost(token, draft))) }
    for client in draft.world.clients(.deleted).suffix(1) + draft.world.clients(.alive).suffix(2) {
      last.append(.token(TokenCall(client: client, name: draft.newToken())))
    }
    for connector in ConnectorRole.allCases {
      last.append(.inbox(connector))
      last.append(.list(connector, .manager))
    }
    for operation in last where draft.operations.count < limit {
      if case .post(var call) = operation {
        call.name = draft.newPayload()
        call.size = draft.payloadSize
        draft.add(.post(call))
      } else {
        draft.add(operation)
      }
    }
  }

  // MARK: - Operations

  private mutating func role() -> ConnectorRole {
    model.facts.hasSecondConnector && numbers.chance(40) ? .second : .first
  }

  private mutating func request(_ draft: inout Draft) {
    guard let client = draft.world.clientNames.randomElement(using: &numbers) else { return }
    var call = TokenCall(client: client, name: draft.newToken())
    call.other = others(than: client, draft).randomElement(using: &numbers)
    call.token = draft.world.tokenNames.randomElement(using: &numbers)
    if numbers.chance(90) {
      let world = draft.world
      call = tokens.vary(call, using: &numbers) { model.rule($0, in: world) != nil }
    }
    draft.add(.token(call))
  }

  private mutating func post(_ draft: inout Draft) {
    guard let token = draft.world.tokenNames.randomElement(using: &numbers) else { return }
    var call = plainPost(token, draft)
    if numbers.chance(15), model.facts.hasSecondConnector { call.connector = call.connector.other }
    if numbers.chance(90) {
      let world = draft.world
      let allowsBig = bigPayloads < SequenceGenerator.maxBigPayloads
      call = posts.vary(call, using: &numbers) {
        (allowsBig || !$0.payload.isBig) && model.rule($0, in: world) != nil
      }
      if call.payload.isBig { bigPayloads += 1 }
    }
    call.name = draft.newPayload()
    call.size = draft.payloadSize
    draft.add(.post(call))
  }

  private func plainPost(_ token: String, _ draft: Draft) -> PostCall {
    let known = draft.world.tokens[token]
    return PostCall(
      name: "", token: token, client: known?.client ?? "", connector: known?.connector ?? .first, size: 0)
  }

  private mutating func manage(_ draft: inout Draft) {
    guard let client = draft.world.clientNames.randomElement(using: &numbers) else { return }
    var call = ManageCall(client: client, token: draft.world.tokenNames.first)
    call.action = ManageCall.Action.allCases.randomElement(using: &numbers) ?? .show
    if call.action == .replace { call.replacement = draft.newClient() }
    if numbers.chance(40) { call.manager = Manager.allCases.randomElement(using: &numbers) ?? .manager }
    draft.add(.manage(call))
  }

  private mutating func create(_ draft: inout Draft) {
    var call = CreateCall(name: draft.newClient(), connector: role(), token: draft.world.tokenNames.first)
    call.other = draft.world.clientNames.randomElement(using: &numbers)
    if numbers.chance(60) {
      let world = draft.world
      call = creations.vary(call, using: &numbers) { model.rule($0, in: world) != nil }
    }
    draft.add(.create(call))
  }

  private mutating func tokenState(_ draft: inout Draft) {
    guard let token = draft.world.tokenNames.randomElement(using: &numbers) else { return }
    var call = TokenStateCall(token: token)
    call.other = others(than: draft.world.tokens[token]?.client ?? "", draft).randomElement(using: &numbers)
    call.endpoint = TokenStateCall.Endpoint.allCases.randomElement(using: &numbers) ?? .introspection
    if numbers.chance(60) {
      let (world, endpoint) = (draft.world, call.endpoint)
      call = states.vary(call, using: &numbers) { $0.endpoint == endpoint && model.rule($0, in: world) != nil }
    }
    draft.add(.tokenState(call))
    // what became of the token
    if numbers.chance(60) { draft.addPost(plainPost(token, draft)) }
  }

  private mutating func list(_ draft: inout Draft) {
    let manager = numbers.chance(70) ? .manager : Manager.allCases.randomElement(using: &numbers) ?? .manager
    draft.add(.list(role(), manager))
  }

  private mutating func wait(_ draft: inout Draft) {
    guard let token = draft.world.tokenNames.randomElement(using: &numbers), numbers.chance(75) else {
      draft.add(.wait(.seconds(Pause.lengths.randomElement(using: &numbers) ?? 1)))
      return
    }
    let offset = Pause.offsets.randomElement(using: &numbers) ?? 1
    guard draft.add(.wait(.border(token: token, seconds: offset))) else { return }
    draft.addPost(plainPost(token, draft))
    if numbers.chance(40) { draft.add(.tokenState(TokenStateCall(token: token))) }
  }

  private func others(than client: String, _ draft: Draft) -> [String] {
    draft.world.clients(.alive).filter { draft.world.clients[$0]?.family != draft.world.clients[client]?.family }
  }
}
