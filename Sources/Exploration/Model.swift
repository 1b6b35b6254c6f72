// The expected behaviour as a model: for each operation the set of right responses, and what is true afterwards.

import ConformanceModel

/// The documented behaviour of a service with these declared behaviours.
public struct Model: Sendable {
  public let facts: Facts

  public init(_ facts: Facts) { self.facts = facts }

  /// The set of right responses; `nil` if the operation makes no sense in this world or at this target.
  public func rule(_ operation: ModelAction, in world: World) -> Ruling? {
    switch operation {
    case .create(let call): rule(call, in: world)
    case .manage(let call): rule(call, in: world)
    case .token(let call): rule(call, in: world)
    case .post(let call): rule(call, in: world)
    case .tokenState(let call): rule(call, in: world)
    case .list(let connector, let manager): rule(listing: connector, by: manager, in: world)
    case .inbox(let connector): rule(inbox: connector, in: world)
    case .metadata(let call): rule(call)
    case .wait(let pause): length(of: pause, in: world) == nil ? nil : Ruling(.success)
    }
  }

  /// The rulings of a sequence, with the world before each operation; `nil` if one of them makes no sense.
  public func run(_ operations: [ModelAction]) -> [(ruling: Ruling, before: World)]? {
    var world = World(facts)
    var steps: [(ruling: Ruling, before: World)] = []
    for operation in operations {
      guard let ruling = rule(operation, in: world) else { return nil }
      steps.append((ruling, world))
      apply(operation, ruling, to: &world)
    }
    return steps
  }

  /// Whether the sequence goes on only if the service accepts what it may refuse.
  func assumesSuccess(_ operation: ModelAction, _ ruling: Ruling, _ world: World) -> Bool {
    guard ruling.outcome == .either else { return false }
    switch operation {
    case .create: return true
    case .token(let call):
      // what the documents leave open here makes a token that must be worth no more than others
      let open: [TokenCall.Parameters] = [.resource, .emptyScope]
      return open.contains(call.parameters) && call.deviations.count == 1
    case .post(let call):
      let isOpen = repeats(call, world) || call.coding == .chunked || call.coding == .compressed
      return isOpen && isHarmless(call.payload)
        && call.deviations.allSatisfy { ["payload", "coding"].contains($0.dimension) }
    default: return false
    }
  }

  /// The length of a wait in seconds; `nil` if it is in the past, or depends on what the target does not have.
  func length(of pause: Pause, in world: World) -> Int64? {
    guard facts.capabilities.contains(.moveClock), facts.knowsLifetime else { return nil }
    switch pause {
    case .seconds(let seconds): return seconds > 0 ? seconds : nil
    case .border(let name, let offset):
      guard let token = world.tokens[name], !token.hasEnded else { return nil }
      let slack = world.isExact ? 0 : World.tolerance + 1
      let margin = offset > 0 ? facts.leeway + slack : offset < 0 ? -slack : 0
      let length = token.expires + offset + margin - world.now
      return length > 0 ? length : nil
    case .date: return world == World(facts) ? 0 : nil
    }
  }

  // MARK: - What is true afterwards

  public func apply(_ operation: ModelAction, _ ruling: Ruling, to world: inout World) {
    let succeeds = ruling.outcome == .success || assumesSuccess(operation, ruling, world)
    switch operation {
    case .create(let call) where succeeds:
      world.clients[call.name] = World.Client(
        connector: call.connector, family: call.name, name: call.name,
        keepsName: ![.absent, .lineBreak].contains(call.naming))
    case .create(let call):
      if call.hasNameOfItsOwn { world.refusedNames[call.connector, default: []].append(call.ownName) }
    case .manage(let call) where succeeds: apply(call, to: &world)
    case .token(let call):
      if savesWrongAnswer(call, world) { world.hasWrongAnswer = true }
      if facts.hasOneWayPerClient, world.clients[call.client]?.way == nil {
        world.clients[call.client]?.way = call.way.registered
      }
      guard succeeds, let client = world.clients[call.client] else { return }
      if call.assertion == .again { world.usedAssertions[client.family] = world.now }
      world.tokens[call.name] = World.Token(
        client: call.client, connector: client.connector, issued: world.now, expires: world.now + facts.lifetime)
    case .post(let call):
      let isAccepted: Bool? = ruling.outcome == .either && !succeeds ? nil : succeeds
      world.payloads[call.name] = payload(of: call, isAccepted: isAccepted, in: world)
    case .tokenState(let call):
      if call.endpoint == .revocation, call.caller == .owner, call.subject == .token {
        world.tokens[call.token]?.endedBy = "BRR-11"
      }
    case .wait(let pause): world.now += length(of: pause, in: world) ?? 0
    case .manage, .list, .inbox, .metadata: break
    }
  }

  /// A set that was replaced is replaced again, at the same time: a service with one secret for each client keeps only
  /// one of the new ones.
  private func doubt(_ family: String, in world: inout World) {
    for (name, other) in world.clients where other.family == family && other.state == .alive {
      world.clients[name]?.state = .unknown
      for (token, value) in world.tokens where value.client == name { world.tokens[token]?.isUnknown = true }
    }
  }

  private func end(tokensOf client: String, by requirement: String, in world: inout World) {
    for (token, value) in world.tokens where value.client == client && !value.hasEnded {
      world.tokens[token]?.endedBy = requirement
    }
  }

  private func apply(_ call: ManageCall, to world: inout World) {
    guard let client = world.clients[call.client] else { return }
    switch call.action {
    case .show: break
    case .delete:
      world.clients[call.client]?.state = .deleted
      for (name, other) in world.clients where name != call.client && other.family == client.family {
        // a service may have one client with two secrets
        if other.state == .alive { world.clients[name]?.state = .unknown }
        for (token, value) in world.tokens where value.client == name && !value.hasEnded {
          world.tokens[token]?.isUnknown = true
        }
      }
      if facts.tokensEndWithTheirClient {
        end(tokensOf: call.client, by: "CLI-20", in: &world)
      }
    case .replace:
      guard let replacement = call.replacement else { return }
      if client.state != .alive { doubt(client.family, in: &world) }
      world.clients[replacement] = World.Client(
        connector: client.connector, family: client.family, name: client.name, keepsName: false)
      if !facts.oldSetStays { world.clients[call.client]?.state = .replaced }
      if facts.tokensEndWithTheirSet {
        end(tokensOf: call.client, by: "CLI-08", in: &world)
      }
    }
  }
}
