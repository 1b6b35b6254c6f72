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
