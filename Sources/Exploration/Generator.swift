// Makes sequences of operations: random, but the same for the same seed.

import ConformanceModel

/// Sequences for one target.
public struct SequenceGenerator: Sendable {
  let model: Model
  var numbers: SplitMix
  var tokens: Combinations<TokenCall>
  var posts: Combinations<PostCall>
  var states: Combinations<TokenStateCall>
  var creations: Combinations<CreateCall>
  var metadata: Combinations<MetadataCall>
  /// What the bodies of sequences consist of.
  private let parts: [Part]
  private let stories: [Story]
  /// How many sequences were made: the story of the next depends on it.
  private var sequences = 0
  /// Payloads of several megabytes take long.
  private(set) var bigPayloads = 0

  /// The most payloads of several megabytes in a run.
  static let maxBigPayloads = 8

  /// - Parameter areas: What the sequences are about.
  public init(_ model: Model, seed: UInt64, areas: Set<ExplorationArea> = Set(ExplorationArea.allCases)) {
    self.model = model
    parts = Part.all.filter { !$0.areas.isDisjoint(with: areas) }
    // every second sequence is left to chance
    stories = Story.allCases.filter { $0 != .none && areas.contains($0.area) }.flatMap { [Story.none, $0] } + [.none]
    var numbers = SplitMix(seed: seed)
    tokens = Combinations(using: &numbers)
    posts = Combinations(using: &numbers)
    states = Combinations(using: &numbers)
    creations = Combinations(using: &numbers)
    metadata = Combinations(using: &numbers)
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
    case .names: share(client, &draft)
    }
  }

  /// Another client gets the name of the first one, which is then deleted.
  private mutating func share(_ client: String, _ draft: inout Draft) {
    let connector = draft.world.clients[client]?.connector ?? .first
    let isElsewhere = model.facts.hasSecondConnector && numbers.chance(50)
    let namesake = draft.newClient()
    draft.add(
      .create(
        CreateCall(
          name: namesake, connector: isElsewhere ? connector.other : connector, other: client,
          naming: isElsewhere ? .sameElsewhere : .same)))
    draft.add(.token(TokenCall(client: namesake, name: draft.newToken())))
    draft.add(.manage(ManageCall(client: client, action: .delete)))
    draft.add(.token(TokenCall(client: namesake, name: draft.newToken())))
    guard numbers.chance(50) else { return }
    draft.add(.manage(ManageCall(client: namesake, action: .delete)))
    draft.add(.create(CreateCall(name: draft.newClient(), connector: connector, other: client, naming: .used)))
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
    /// Two clients have one name.
    case names

    var area: ExplorationArea {
      switch self {
      case .none, .change, .laterToken: .expiry
      case .replacements, .names: .clients
      }
    }
  }

  /// A token is used in its last second and after its expiry.
  private func live(_ token: String, _ draft: inout Draft) {
    for offset in [Int64(-1), 1] where draft.add(.wait(.border(token: token, seconds: offset))) {
      draft.addPost(plainPost(token, draft))
    }
  }

  private mutating func step(_ draft: inout Draft) {
    var number = Int.random(in: 0..<parts.reduce(0) { $0 + $1.weight }, using: &numbers)
    let part = parts.first { part in
      number -= part.weight
      return number < 0
    }
    switch part?.kind {
    case .token: request(&draft)
    case .post: post(&draft)
    case .manage: manage(&draft)
    case .create: create(&draft)
    case .tokenState: tokenState(&draft)
    case .list: list(&draft)
    case .inbox: draft.add(.inbox(role()))
    case .metadata: draft.add(.metadata(metadata.vary(MetadataCall(), using: &numbers) { model.rule($0) != nil }))
    case .wait, nil: wait(&draft)
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
    guard draft.add(.token(call)) else { return }
    if call.assertion == .again {
      call.name = draft.newToken()
      draft.add(.token(call))
    }
    // a token that was asked for in an unusual way must be worth no more than others
    guard !call.deviations.isEmpty, draft.world.tokens[call.name] != nil else { return }
    var use = plainPost(call.name, draft)
    if numbers.chance(60), model.facts.hasSecondConnector { use.connector = use.connector.other }
    draft.addPost(use)
  }

  private mutating func post(_ draft: inout Draft) {
    guard let token = draft.world.tokenNames.randomElement(using: &numbers) else { return }
    var call = plainPost(token, draft)
    if numbers.chance(15), model.facts.hasSecondConnector { call.connector = call.connector.other }
    call.other =
      draft.world.payloads.filter { $0.value.connector == call.connector && $0.value.deliveries == 1 }
      .keys.sorted(by: World.byNumber).last
    if numbers.chance(90) {
      let world = draft.world
      let allowsBig = bigPayloads < SequenceGenerator.maxBigPayloads
      call = posts.vary(call, using: &numbers) {
        (allowsBig || !$0.payload.isBig) && model.rule(SequenceGenerator.again($0, world), in: world) != nil
      }
      call = SequenceGenerator.again(call, world)
      if call.payload.isBig { bigPayloads += 1 }
    }
    call.name = draft.newPayload()
    if call.payload != .again { call.size = draft.payloadSize }
    guard draft.add(.post(call)), call.method == .post, call.payload.hasContentOfItsOwn, numbers.chance(50) else {
      return
    }
    draft.add(.inbox(call.connector))
  }

  /// Gives a post that repeats another payload the size of that one.
  private static func again(_ call: PostCall, _ world: World) -> PostCall {
    guard call.payload == .again, let content = call.other.flatMap({ world.payloads[$0]?.content }),
      let size = content.split(separator: " ").first.flatMap({ Int($0) })
    else { return call }
    var call = call
    call.size = size
    return call
  }

  private func plainPost(_ token: String, _ draft: Draft) -> PostCall {
    let known = draft.world.tokens[token]
    return PostCall(
      name: "", token: token, client: known?.client ?? "", connector: known?.connector ?? .first, size: 0)
  }

  private mutating func manage(_ draft: inout Draft) {
    guard let client = draft.world.clientNames.randomElement(using: &numbers) else { return }
    var call = ManageCall(client: client)
    call.action = ManageCall.Action.allCases.randomElement(using: &numbers) ?? .show
    if call.action == .replace { call.replacement = draft.newClient() }
    if numbers.chance(40) { call.manager = Manager.allCases.randomElement(using: &numbers) ?? .manager }
    draft.add(.manage(call))
  }

  private mutating func create(_ draft: inout Draft) {
    var call = CreateCall(name: draft.newClient(), connector: role())
    call.other = draft.world.clientNames.randomElement(using: &numbers)
    if numbers.chance(80) {
      let world = draft.world
      call = creations.vary(call, using: &numbers) { model.rule($0, in: world) != nil }
    }
    guard draft.add(.create(call)), !call.deviations.isEmpty else { return }
    draft.add(.list(call.connector, .manager))
    draft.add(.token(TokenCall(client: call.name, name: draft.newToken())))
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
