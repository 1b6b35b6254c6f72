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
    var last: [ModelAction] = []
    // it must live as long as others
    let unusual = draft.unusual.suffix(3).filter { name in
      draft.world.tokens[name].map { draft.world.validity(of: $0) == .valid } ?? false
    }
    if let first = unusual.first, let token = unusual.last, isAboutExpiry {
      last.append(.wait(.border(token: first, seconds: -1)))
      for token in unusual { last.append(.post(plainPost(token, draft))) }
      // and no longer
      last.append(.wait(.border(token: token, seconds: 1)))
      last.append(.post(plainPost(token, draft)))
    }
    for token in draft.world.tokenNames.suffix(2) where !unusual.contains(token) {
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
}
