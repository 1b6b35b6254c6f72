// Sequences in which some operations overlap.

import ConformanceModel

/// Operations one after the other, then some at the same time, then again one after the other.
public struct Overlap: Sendable, Hashable {
  public var before: [ModelAction]
  /// At most six.
  public var overlapping: [ModelAction]
  public var after: [ModelAction]

  /// In an order that need not be that in which they took effect.
  public var operations: [ModelAction] { before + overlapping + after }

  /// Without one operation, for each of them that is not needed by others; what comes after first.
  func smaller(_ model: Model) -> [Overlap] {
    var found: [Overlap] = []
    for index in after.indices.reversed() {
      var one = self
      one.after.remove(at: index)
      found.append(one)
    }
    // one alone does not overlap
    for index in overlapping.indices where overlapping.count > 2 {
      var one = self
      one.overlapping.remove(at: index)
      found.append(one)
    }
    for index in before.indices.reversed() {
      var one = self
      one.before.remove(at: index)
      found.append(one)
    }
    return found.filter { $0.isComplete }
  }

  /// Whether each client and token that an operation uses is made by another one.
  private var isComplete: Bool {
    var clients: Set<String> = []
    var tokens: Set<String> = []
    for operation in operations {
      switch operation {
      case .create(let call): clients.insert(call.name)
      case .manage(let call): if let name = call.replacement { clients.insert(name) }
      case .token(let call): tokens.insert(call.name)
      default: break
      }
    }
    return operations.allSatisfy { operation in
      switch operation {
      case .manage(let call): clients.contains(call.client)
      case .token(let call): clients.contains(call.client) && call.other.map(clients.contains) != false
      case .post(let call): tokens.contains(call.token) && clients.contains(call.client)
      case .tokenState(let call): tokens.contains(call.token)
      case .wait(.border(let token, _)): tokens.contains(token)
      default: true
      }
    }
  }
}

/// Makes overlaps: random, but the same for the same seed.
public struct OverlapGenerator: Sendable {
  let model: Model
  private var numbers: SplitMix
  private var made = 0

  public init(_ model: Model, seed: UInt64) {
    self.model = model
    numbers = SplitMix(seed: seed &+ 0x6F76_6572_6C61_70)
  }

  /// What overlaps, in turn.
  private enum Theme: CaseIterable {
    case replacements, deletion, border, doubledPosts, creations, tokens, mixed
  }

  /// The next one, with at most so many overlapping operations.
  public mutating func next(concurrency: Int) -> Overlap {
    var draft = Draft(model)
    let theme = Theme.allCases[made % Theme.allCases.count]
    made += 1
    let connector: ConnectorRole = model.facts.hasSecondConnector && numbers.chance(30) ? .second : .first
    for _ in 0..<2 { draft.add(.create(CreateCall(name: draft.newClient(), connector: connector))) }
    for client in draft.world.clients(.alive) { draft.add(.token(TokenCall(client: client, name: draft.newToken()))) }
    if theme == .border, let token = draft.world.tokenNames.first {
      draft.add(.wait(.border(token: token, seconds: [-1, 0, 1].randomElement(using: &numbers) ?? 0)))
    }
    let before = draft.operations
    let count = Int.random(in: 2...max(2, min(concurrency, History.maxOverlapping)), using: &numbers)
    var overlapping: [ModelAction] = []
    for index in 0..<count {
      guard let operation = operation(theme, index, connector, &draft) else { continue }
      if model.rule(operation, in: draft.world) != nil { overlapping.append(operation) }
    }
    return Overlap(before: before, overlapping: overlapping, after: probes(before, overlapping, connector, &draft))
  }

  private mutating func operation(
    _ theme: Theme, _ index: Int, _ connector: ConnectorRole, _ draft: inout Draft
  ) -> ModelAction? {
    let clients = draft.world.clientNames
    guard let client = clients.first, let token = draft.world.tokenNames.first else { return nil }
    func request(_ client: String) -> ModelAction { .token(TokenCall(client: client, name: draft.newToken())) }
    func post(_ token: String, _ number: Int? = nil) -> ModelAction {
      let name = draft.newPayload()
      return .post(
        PostCall(
          name: name, token: token, client: draft.world.tokens[token]?.client ?? client, connector: connector,
          size: number.map { 2000 + $0 } ?? draft.payloadSize))
    }
    func replace() -> ModelAction {
      .manage(ManageCall(client: client, replacement: draft.newClient(), action: .replace))
    }
    switch theme {
    case .replacements: return index < 2 || numbers.chance(60) ? replace() : request(client)
    case .deletion: return index == 0 ? .manage(ManageCall(client: client, action: .delete)) : request(client)
    case .border: return numbers.chance(70) ? post(token) : request(client)
    case .doubledPosts: return numbers.chance(50) ? post(token, 1) : post(token)
    case .creations: return .create(CreateCall(name: draft.newClient(), connector: connector))
    case .tokens: return request(clients.randomElement(using: &numbers) ?? client)
    case .mixed:
      let other = clients.randomElement(using: &numbers) ?? client
      switch Int.random(in: 0..<6, using: &numbers) {
      case 0: return .manage(ManageCall(client: other, action: .delete))
      case 1: return replace()
      case 2:
        guard model.facts.capabilities.contains(.revocation), connector == .first else { return post(token) }
        return .tokenState(TokenStateCall(token: token, endpoint: .revocation))
      case 3: return post(token)
      default: return request(other)
      }
    }
  }

  /// What shows which of the operations took effect.
  private mutating func probes(
    _ before: [ModelAction], _ overlapping: [ModelAction], _ connector: ConnectorRole, _ draft: inout Draft
  ) -> [ModelAction] {
    var probes: [ModelAction] = []
    let made = (before + overlapping).compactMap { operation -> (client: String, token: String)? in
      if case .token(let call) = operation { (call.client, call.name) } else { nil }
    }
    for (client, token) in made {
      let name = draft.newPayload()
      probes.append(
        .post(PostCall(name: name, token: token, client: client, connector: connector, size: draft.payloadSize)))
    }
    let clients = (before + overlapping).compactMap { operation -> String? in
      switch operation {
      case .create(let call): call.name
      case .manage(let call): call.replacement
      default: nil
      }
    }
    for client in clients { probes.append(.token(TokenCall(client: client, name: draft.newToken()))) }
    // one secret must not authenticate two clients
    for (client, other) in zip(clients.dropFirst(2), clients.dropFirst(3)) {
      var call = TokenCall(client: client, name: draft.newToken(), other: other)
      call.secret = .ofOther
      probes.append(.token(call))
    }
    if model.facts.capabilities.contains(.readInbox) { probes.append(.inbox(connector)) }
    if model.facts.capabilities.contains(.listClients) { probes.append(.list(connector, .manager)) }
    return probes
  }
}
