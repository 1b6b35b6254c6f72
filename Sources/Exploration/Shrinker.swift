// Makes a sequence smaller: fewer operations, plainer arguments, shorter waits.

import ConformanceModel

/// The smaller sequences to try, all of which the model accepts.
public struct Shrinker: Sendable {
  let model: Model

  public init(_ model: Model) { self.model = model }

  /// The sequence up to the operation that failed.
  public func cut(_ operations: [ModelAction], after index: Int) -> [ModelAction] {
    Array(operations.prefix(index + 1))
  }

  /// Smaller variants, the smallest first. The last operation stays: it is what fails.
  public func candidates(_ operations: [ModelAction]) -> [[ModelAction]] {
    var found: [[ModelAction]] = []
    func add(_ candidate: [ModelAction]) {
      guard candidate.count > 0, candidate != operations, !found.contains(candidate), model.run(candidate) != nil else {
        return
      }
      found.append(candidate)
    }
    let removable = operations.count - 1
    var width = removable
    while width >= 1 {
      for start in stride(from: 0, to: removable, by: width) {
        let removed = start..<min(start + width, removable)
        add(without(removed, of: operations))
      }
      width /= 2
    }
    for index in operations.indices {
      for plainer in plainer(operations[index]) {
        var candidate = operations
        candidate[index] = plainer
        add(candidate)
      }
    }
    add(operations.map(onFirstConnector))
    return found
  }

  /// The last operation after what the model needs to expect the same of it, with one or two of its deviations, or all;
  /// after operations as they were, and after plain ones. Few and short, so that most disagreements are small at once.
  public func essentials(_ operations: [ModelAction]) -> [[ModelAction]] {
    guard let last = operations.last, let ruling = model.run(operations)?.last?.ruling else { return [] }
    func expectsTheSame(_ candidate: [ModelAction]) -> Bool { model.run(candidate)?.last?.ruling == ruling }
    var needed = operations
    for index in operations.indices.dropLast().reversed() {
      var candidate = needed
      candidate.remove(at: index)
      if expectsTheSame(candidate) { needed = candidate }
    }
    var plain = needed
    for index in plain.indices.dropLast() {
      guard let plainest = plainest(plain[index]) else { continue }
      var candidate = plain
      candidate[index] = plainest
      if expectsTheSame(candidate) { plain = candidate }
    }
    var found: [[ModelAction]] = []
    for before in [plain, needed] {
      for end in variants(last) {
        let candidate = Array(before.dropLast()) + [end]
        if candidate != operations, !found.contains(candidate), model.run(candidate) != nil { found.append(candidate) }
      }
    }
    return found
  }

  /// The operation with each of its deviations alone, with each two of them, and with all.
  private func variants(_ operation: ModelAction) -> [ModelAction] {
    switch operation {
    case .create(let call): call.withFewDeviations.map { .create($0) }
    case .token(let call): call.withFewDeviations.map { .token($0) }
    case .post(let call): call.withFewDeviations.map { .post($0) }
    case .tokenState(let call): call.withFewDeviations.map { .tokenState($0) }
    case .manage, .list, .inbox, .metadata, .wait: [operation]
    }
  }

  /// The operation without any deviation; `nil` if it has none.
  private func plainest(_ operation: ModelAction) -> ModelAction? {
    switch operation {
    case .create(let call): call.plainest.map { .create($0) }
    case .token(let call): call.plainest.map { .token($0) }
    case .post(let call): call.plainest.map { .post($0) }
    case .manage, .list, .inbox, .metadata, .wait, .tokenState: nil
    }
  }

  /// Without some operations, and without those that depend on them.
  private func without(_ removed: Range<Int>, of operations: [ModelAction]) -> [ModelAction] {
    var world = World(model.facts)
    var kept: [ModelAction] = []
    for (index, operation) in operations.enumerated() where !removed.contains(index) {
      guard let ruling = model.rule(operation, in: world) else {
        // the operation that fails is not one to leave out
        if index == operations.count - 1 { return [] }
        continue
      }
      kept.append(operation)
      model.apply(operation, ruling, to: &world)
    }
    return kept
  }

  private func plainer(_ operation: ModelAction) -> [ModelAction] {
    switch operation {
    case .create(let call): call.plainer.map { .create($0) }
    case .manage(let call): call.manager == .manager ? [] : call.plainer.map { .manage($0) }
    case .token(let call): call.plainer.map { .token($0) }
    case .post(let call): call.plainer.map { .post($0) }
    case .tokenState(let call): call.plainer.map { .tokenState($0) }
    case .list(let connector, let manager): manager == .manager ? [] : [.list(connector, .manager)]
    case .inbox, .metadata: []
    case .wait(.seconds(let seconds)): seconds > 1 ? [.wait(.seconds(1)), .wait(.seconds(seconds / 2))] : []
    case .wait(.border(let token, let seconds)):
      [1, -1, 0].filter { abs($0) < abs(seconds) }.map { .wait(.border(token: token, seconds: $0)) }
    case .wait(.date): []
    }
  }

  private func onFirstConnector(_ operation: ModelAction) -> ModelAction {
    switch operation {
    case .create(var call):
      call.connector = .first
      return .create(call)
    case .post(var call):
      call.connector = .first
      return .post(call)
    case .list(_, let manager): return .list(.first, manager)
    case .inbox: return .inbox(.first)
    case .manage, .token, .tokenState, .metadata, .wait: return operation
    }
  }
}
