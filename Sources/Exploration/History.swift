// Whether the responses to overlapping operations are those of some order of them.

import ConformanceModel

/// What a service did with an operation.
public struct Observation: Sendable, Hashable {
  public var succeeded: Bool
  public var status: Int
  /// The error code of a token error response.
  public var error: String?
  /// The token that was issued, or its label.
  public var token: String?
  /// How often each payload was in the inbox, by its name.
  public var deliveries: [String: Int] = [:]
  /// Which clients were in the list, by their names.
  public var listed: [String: Bool] = [:]

  public init(succeeded: Bool, status: Int, error: String? = nil, token: String? = nil) {
    self.succeeded = succeeded
    self.status = status
    self.error = error
    self.token = token
  }
}

/// An operation of a history: what was asked for, what came back, and when.
public struct HistoryEntry: Sendable, Hashable {
  public var operation: ModelAction
  public var observation: Observation
  /// Positions in time. An operation that ended before another one began took effect before it.
  public var start: Int
  public var end: Int

  public init(_ operation: ModelAction, _ observation: Observation, start: Int, end: Int) {
    self.operation = operation
    self.observation = observation
    self.start = start
    self.end = end
  }
}

/// Operations of which some overlap, as a service responded to them.
public struct History: Sendable, Hashable {
  public var entries: [HistoryEntry]

  public init(_ entries: [HistoryEntry]) { self.entries = entries }

  /// The most operations that may overlap at one time: the number of their orders grows with its factorial.
  public static let maxOverlapping = 6

  /// Why no order of the operations explains the responses; `nil` if one does (linearizability: Herlihy and Wing 1990).
  public func contradiction(in model: Model) -> String? {
    if let twice = repeatedToken { return twice }
    var search = Search(model: model, entries: entries)
    if search.finds(World(model.facts), done: []) { return nil }
    let known = search.longest.sorted()
    let stuck = entries.indices.filter { !known.contains($0) && search.isNext($0, known) }
    let names = stuck.map { "\(entries[$0].operation.phrase) (\(entries[$0].observation.words))" }
    return "no order of the operations explains the responses: after \(known.count.counted("operation")) "
      + "none of these fits: \(names.joined(separator: "; "))"
  }

  /// No two requests get one token, unless the service hands out the token of a client again.
  private var repeatedToken: String? {
    var owners: [String: String] = [:]
    for entry in entries {
      guard case .token(let call) = entry.operation, let token = entry.observation.token else { continue }
      if let owner = owners.updateValue(call.client, forKey: token), owner != call.client {
        return "\(owner) and \(call.client) got the same token"
      }
    }
    return nil
  }

  private struct Search {
    let model: Model
    let entries: [HistoryEntry]
    /// What has been tried in vain.
    var visited: Set<Visit> = []
    /// The operations of the longest order that fits.
    var longest: Set<Int> = []

    struct Visit: Hashable {
      var world: World
      var done: Set<Int>
    }

    /// Whether nothing that ended before it began is still to come.
    func isNext(_ index: Int, _ done: some Collection<Int>) -> Bool {
      entries.indices.allSatisfy { other in
        done.contains(other) || other == index || entries[other].end >= entries[index].start
      }
    }

    mutating func finds(_ world: World, done: Set<Int>) -> Bool {
      if done.count > longest.count { longest = done }
      if done.count == entries.count { return true }
      guard visited.insert(Visit(world: world, done: done)).inserted else { return false }
      for index in entries.indices where !done.contains(index) && isNext(index, done) {
        let entry = entries[index]
        guard let after = model.world(after: entry, in: world) else { continue }
        if finds(after, done: done.union([index])) { return true }
      }
      return false
    }
  }
}

extension Model {
  /// The world after an operation with this response; `nil` if the response is not among the right ones.
  func world(after entry: HistoryEntry, in world: World) -> World? {
    let observed = entry.observation
    var after = world
    guard let ruling = rule(entry.operation, in: world) else {
      // the documents do not say what it does in this order
      apply(entry.operation, Ruling(observed.succeeded ? .success : .refusal), to: &after)
      return after
    }
    guard allows(observed, ruling), agrees(observed, entry.operation, world) else { return nil }
    apply(entry.operation, Ruling(observed.succeeded ? .success : .refusal), to: &after)
    return after
  }

  private func allows(_ observed: Observation, _ ruling: Ruling) -> Bool {
    if observed.succeeded { return ruling.outcome != .refusal }
    guard ruling.outcome != .success else { return false }
    return ruling.refusals.contains { refusal in
      switch refusal {
      case .error(let code): observed.error == code
      case .status(let status): observed.status == status
      case .clientError: observed.status / 100 == 4
      case .redirection: observed.status / 100 == 3
      }
    }
  }

  /// Whether an inbox or a list shows what the world has.
  private func agrees(_ observed: Observation, _ operation: ModelAction, _ world: World) -> Bool {
    switch operation {
    case .inbox(let connector):
      deliveries(at: connector, in: world).allSatisfy { name, times in
        observed.deliveries[name].map { $0 == times } ?? true
      }
    case .list(let connector, .manager):
      world.clients(.alive, at: connector).allSatisfy { observed.listed[$0] ?? true }
        && world.clients(.deleted, at: connector).allSatisfy { name in
          let isShared = world.clients.contains { $0.key != name && $0.value.family == world.clients[name]?.family }
          return isShared || observed.listed[name] != true
        }
    default: true
    }
  }
}

extension Observation {
  /// The response in words.
  var words: String {
    if !deliveries.isEmpty {
      return deliveries.sorted { World.byNumber($0.key, $1.key) }.map { "\($0.key) \($0.value) times" }
        .joined(separator: ", ")
    }
    return succeeded ? "it succeeded" : "HTTP \(status)" + (error.map { ", \($0)" } ?? "")
  }
}
