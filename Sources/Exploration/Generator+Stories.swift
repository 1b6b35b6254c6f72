// How sequences begin and end: histories that chance makes too rarely, and what shows what was done.

import ConformanceModel

extension SequenceGenerator {
  mutating func begin(_ draft: inout Draft) {
    let story = stories[sequences % stories.count]
    let round = sequences / stories.count
    if story == .change { draft.add(.wait(.date(Pause.dates[round % Pause.dates.count]))) }
    let connector: ConnectorRole = model.facts.hasSecondConnector && numbers.chance(40) ? .second : .first
    draft.add(.create(CreateCall(name: draft.newClient(), connector: connector)))
    if numbers.chance(60) {
      let role = model.facts.hasSecondConnector && numbers.chance(50) ? connector.other : connector
      draft.add(.create(CreateCall(name: draft.newClient(), connector: role)))
    }
    for client in draft.world.clients(.alive) { firstToken(of: client, &draft) }
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

  /// A token that was asked for in an unusual way has to be worth as much as others in all that follows.
  private mutating func firstToken(of client: String, _ draft: inout Draft) {
    var call = TokenCall(client: client, name: draft.newToken())
    if numbers.chance(50) {
      let world = draft.world
      call = tokens.varyHarmlessly(call, using: &numbers) { model.rule($0, in: world)?.outcome }
    }
    guard draft.add(.token(call)), !call.deviations.isEmpty else { return }
    draft.unusual.append(call.name)
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
  enum Story: CaseIterable {
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

  /// What the sequence has done must show in what follows.
  func end(_ draft: inout Draft, limit: Int) {
    var last = endOfUnusualTokens(draft)
    let posted = Set(last.compactMap { if case .post(let call) = $0 { call.token } else { nil } })
    for token in draft.world.tokenNames.suffix(2) where !posted.contains(token) {
      last.append(.post(plainPost(token, draft)))
    }
    var requests: [ModelAction] = []
    for client in draft.world.clients(.deleted).suffix(1) + draft.world.clients(.alive).suffix(2) {
      requests.append(.token(TokenCall(client: client, name: draft.newToken())))
    }
    let connectors = [ConnectorRole.first, .second]
    let lists = connectors.map { ModelAction.list($0, .manager) }
    // there is not room for all of them
    let parts = [connectors.map(ModelAction.inbox), requests, lists]
    for index in parts.indices { last += parts[(index + sequences) % parts.count] }
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

  /// A token that was asked for in an unusual way lives as long as others, and ends as they do.
  private func endOfUnusualTokens(_ draft: Draft) -> [ModelAction] {
    let tokens = draft.unusual.suffix(2).filter { name in
      draft.world.tokens[name].map { draft.world.validity(of: $0) == .valid } ?? false
    }
    guard let first = tokens.first, let token = tokens.last else { return [] }
    let posts = tokens.map { ModelAction.post(plainPost($0, draft)) }
    var ends: [TokenEnd] = isAboutExpiry ? [.expiry, .expiry] : []
    if isAboutClients { ends += TokenEnd.allCases.filter { $0.isDeclared(model.facts) } }
    let owners = Set(tokens.compactMap { draft.world.tokens[$0]?.client }).sorted(by: World.byNumber)
    switch ends.isEmpty ? nil : ends[sequences % ends.count] {
    case .expiry:
      return [.wait(.border(token: first, seconds: -1))] + posts
        + [.wait(.border(token: token, seconds: 1)), .post(plainPost(token, draft))]
    case .deletion:
      return owners.map { .manage(ManageCall(client: $0, action: .delete)) } + posts
    case .replacement:
      var draft = draft
      return owners.map { owner in
        .manage(ManageCall(client: owner, replacement: draft.newClient(), action: .replace))
      } + posts
    case .revocation:
      return tokens.map { .tokenState(TokenStateCall(token: $0, endpoint: .revocation)) } + posts
    case nil: return []
    }
  }

  /// What ends a token.
  private enum TokenEnd: CaseIterable {
    case expiry, deletion, replacement, revocation

    /// Whether the target says that it does.
    func isDeclared(_ facts: Facts) -> Bool {
      switch self {
      case .expiry: false
      case .deletion: facts.capabilities.contains(.deleteClient) && facts.tokensEndWithTheirClient
      case .replacement: facts.capabilities.contains(.replaceClient) && facts.tokensEndWithTheirSet
      case .revocation: facts.capabilities.contains(.revocation)
      }
    }
  }
}
