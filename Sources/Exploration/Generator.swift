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
  let stories: [Story]
  let isAboutExpiry: Bool
  let isAboutClients: Bool
  /// What strangers try with clients, in turn.
  private var intrusions: [ManageCall]
  /// The ways in which a client can authenticate, and how many requests of clients that ended were made.
  private let ways: [TokenCall.Way]
  private var requests = 0
  /// How many sequences were made: the story of the next depends on it.
  var sequences = 0
  /// Payloads of several megabytes take long.
  private(set) var bigPayloads = 0

  /// The most payloads of several megabytes in a run.
  static let maxBigPayloads = 8

  /// - Parameter areas: What the sequences are about.
  public init(_ model: Model, seed: UInt64, areas: Set<ExplorationArea> = Set(ExplorationArea.allCases)) {
    self.model = model
    let possible: [TokenCall.Way] = [
      .basic, .body, .keyAssertion, .secretAssertion, .certificate, .escapedBasic, .lowerCase,
    ]
    ways = possible.filter { model.facts.capabilities.isSuperset(of: $0.needs) }
    parts = Part.all.filter { !$0.areas.isDisjoint(with: areas) }
    isAboutExpiry = areas.contains(.expiry)
    isAboutClients = areas.contains(.clients)
    // every second sequence is left to chance
    stories = Story.allCases.filter { $0 != .none && areas.contains($0.area) }.flatMap { [Story.none, $0] } + [.none]
    var numbers = SplitMix(seed: seed)
    tokens = Combinations(using: &numbers)
    posts = Combinations(using: &numbers)
    states = Combinations(using: &numbers)
    creations = Combinations(using: &numbers)
    metadata = Combinations(using: &numbers)
    intrusions = ManageCall.Action.allCases.flatMap { action in
      Manager.allCases.filter { $0 != .manager }.map { ManageCall(client: "", action: action, manager: $0) }
    }.shuffled(using: &numbers)
    self.numbers = numbers
  }

  /// The next sequence, with about this many operations.
  public mutating func next(steps: Int) -> [ModelAction] {
    var draft = Draft(model)
    begin(&draft)
    sequences += 1
    let body = max(2, steps - 7)
    // an operation that is not possible now is not counted, but not for ever
    for _ in 0..<steps * 4 where draft.operations.count < body { step(&draft) }
    end(&draft, limit: steps)
    return draft.operations
  }

  private mutating func step(_ draft: inout Draft) {
    var number = Int.random(in: 0..<parts.reduce(0) { $0 + $1.weight }, using: &numbers)
    let part = parts.first { part in
      number -= part.weight
      return number < 0
    }
    switch part?.kind {
    case .token: severalIfRefused(&draft) { $0.request(&$1) }
    case .post: severalIfRefused(&draft) { $0.post(&$1) }
    case .manage: manage(&draft)
    case .create: create(&draft)
    case .tokenState: tokenState(&draft)
    case .list: list(&draft)
    case .inbox: draft.add(.inbox(role()))
    case .metadata:
      draft.add(.metadata(metadata.vary(MetadataCall(), isRight: true, using: &numbers) { model.rule($0)?.outcome }))
    case .wait, nil: wait(&draft)
    }
  }

  /// What is refused changes nothing, so there is room for others.
  private mutating func severalIfRefused(_ draft: inout Draft, _ make: (inout SequenceGenerator, inout Draft) -> Void) {
    for _ in 0..<SequenceGenerator.maxRefusals {
      let before = draft
      make(&self, &draft)
      guard draft.operations.count == before.operations.count + 1, let last = draft.operations.last,
        before.isRefused(last), numbers.chance(75)
      else { return }
    }
  }

  /// The most refusals in a row.
  private static let maxRefusals = 4

  // MARK: - Operations

  private mutating func role() -> ConnectorRole {
    model.facts.hasSecondConnector && numbers.chance(40) ? .second : .first
  }

  private mutating func request(_ draft: inout Draft) {
    guard let client = draft.world.clientNames.randomElement(using: &numbers) else { return }
    var call = TokenCall(client: client, name: draft.newToken())
    call.other = others(than: client, draft).randomElement(using: &numbers)
    call.token = draft.world.tokenNames.randomElement(using: &numbers)
    if draft.world.clients[client]?.state != .alive, numbers.chance(60) {
      // what has ended has ended for each way
      call.way = ways[requests % ways.count]
      requests += 1
    } else if numbers.chance(90) {
      let world = draft.world
      call = tokens.vary(call, isRight: draft.succeeds(.token(call)), using: &numbers) {
        model.rule($0, in: world)?.outcome
      }
    }
    let isWrongAnswer = model.savesWrongAnswer(call, draft.world)
    guard draft.add(.token(call)) else { return }
    if call.assertion == .again {
      call.name = draft.newToken()
      draft.add(.token(call))
    }
    if isWrongAnswer, numbers.chance(50) {
      // it is compared with the response to an unknown client
      draft.add(.token(TokenCall(client: client, name: draft.newToken(), id: .unknown)))
    }
    // a token that was asked for in an unusual way must be worth no more than others
    guard !call.deviations.isEmpty, draft.world.tokens[call.name] != nil else { return }
    draft.unusual.append(call.name)
    if numbers.chance(30), call.assertion != .again {
      // once is not for ever
      call.name = draft.newToken()
      draft.add(.token(call))
    }
    var use = plainPost(call.name, draft)
    if numbers.chance(60), model.facts.hasSecondConnector { use.connector = use.connector.other }
    draft.addPost(use)
  }

  private mutating func post(_ draft: inout Draft) {
    guard let token = draft.world.tokenNames.randomElement(using: &numbers) else { return }
    var call = plainPost(token, draft)
    if numbers.chance(15), model.facts.hasSecondConnector { call.connector = call.connector.other }
    call.other = repeatable(at: call.connector, draft)
    if call.other == nil {
      draft.addPost(plainPost(token, draft))
      call.other = repeatable(at: call.connector, draft)
    }
    if numbers.chance(4) {
      // a stranger must not learn which services there are
      call.credential = numbers.chance(50) ? .none : .unknown
      call.path = [.segment, .suffix, .otherCompany].randomElement(using: &numbers) ?? .suffix
    } else if numbers.chance(90) {
      let world = draft.world
      let allowsBig = bigPayloads < SequenceGenerator.maxBigPayloads
      call = posts.vary(call, isRight: draft.succeeds(.post(call)), using: &numbers) {
        guard !$0.payload.isBig || allowsBig && $0.hasBigVariants else { return nil }
        return model.rule(SequenceGenerator.again($0, world), in: world)?.outcome
      }
      call = SequenceGenerator.again(call, world)
      if call.payload.isBig { bigPayloads += 1 }
    }
    call.name = draft.newPayload()
    if call.payload != .again { call.size = draft.payloadSize }
    guard draft.add(.post(call)), call.method == .post,
      call.payload.hasContentOfItsOwn || [.chunked, .compressed].contains(call.coding),
      call.deviations.count == 1 || call.payload.isRefused || numbers.chance(50)
    else {
      return
    }
    draft.add(.inbox(call.connector))
  }

  /// A payload with bytes of its own that is in an inbox once.
  private func repeatable(at connector: ConnectorRole, _ draft: Draft) -> String? {
    draft.world.payloads.filter {
      $0.value.connector == connector && $0.value.deliveries == 1 && $0.value.content.hasSuffix(" bytes")
    }.keys.sorted(by: World.byNumber).last
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

  func plainPost(_ token: String, _ draft: Draft) -> PostCall {
    let known = draft.world.tokens[token]
    return PostCall(
      name: "", token: token, client: known?.client ?? "", connector: known?.connector ?? .first, size: 0)
  }

  private mutating func manage(_ draft: inout Draft) {
    guard let client = draft.world.clientNames.randomElement(using: &numbers) else { return }
    var call = ManageCall(client: client)
    call.action = ManageCall.Action.allCases.randomElement(using: &numbers) ?? .show
    let isIntrusion = numbers.chance(60)
    if isIntrusion, let next = intrusions.first { (call.action, call.manager) = (next.action, next.manager) }
    if call.action == .replace { call.replacement = draft.newClient() }
    draft.add(.manage(call))
    // also if it is not possible here
    if isIntrusion { intrusions.append(intrusions.removeFirst()) }
  }

  private mutating func create(_ draft: inout Draft) {
    var call = CreateCall(name: draft.newClient(), connector: role())
    call.other = draft.world.clientNames.randomElement(using: &numbers)
    if numbers.chance(80) {
      let world = draft.world
      call = creations.vary(call, isRight: draft.succeeds(.create(call)), using: &numbers) {
        model.rule($0, in: world)?.outcome
      }
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
      call = states.vary(call, isRight: !draft.isRefused(.tokenState(call)), using: &numbers) {
        $0.endpoint == endpoint ? model.rule($0, in: world)?.outcome : nil
      }
    }
    draft.add(.tokenState(call))
    // what became of the token
    if call.caller != .owner || numbers.chance(60) { draft.addPost(plainPost(token, draft)) }
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
