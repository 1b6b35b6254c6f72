// The combinations of values that sequences try.

import ConformanceModel

extension SplitMix {
  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

/// The combinations of values that are still to be tried: first each value alone, then each pair.
struct Combinations<Call: VariedCall>: Sendable {
  private struct Choice: Hashable {
    var dimension: Int
    var value: Int
  }

  private struct Combination: Sendable {
    var choices: [Choice]
    /// How often no world was found that it is possible in.
    var failures = 0
  }

  /// The next one is the last.
  private var pending: [Combination] = []
  private let singles: [Combination]
  private var pairs: [Combination]

  /// How many combinations are tried for one call.
  private static var attempts: Int { 16 }
  /// After so many failures a combination waits until all others were tried.
  private static var patience: Int { 8 }

  init(using numbers: inout SplitMix) {
    // a call with one dimension has nothing else that could be plain
    let first = Call.dimensions.count == 1 ? 0 : 1
    let choices = Call.dimensions.enumerated().flatMap { dimension, varied in
      (first..<max(first, varied.values.count)).map { Choice(dimension: dimension, value: $0) }
    }
    pairs = choices.indices.flatMap { first in
      choices[first...].filter { $0.dimension > choices[first].dimension }
        .map { Combination(choices: [choices[first], $0]) }
    }.shuffled(using: &numbers)
    singles = choices.map { Combination(choices: [$0]) }
    pending = singles.shuffled(using: &numbers)
  }

  /// Gives a call the next values that are possible.
  ///
  /// - Parameter isRight: Whether nothing else is wrong with the call. If something is, it could hide what the values
  ///   do, and they stay to be tried.
  /// - Parameter outcome: What a call has to lead to; `nil` if it is not possible.
  mutating func vary(
    _ call: Call, isRight: Bool, using numbers: inout SplitMix, outcome: (Call) -> Ruling.Outcome?
  ) -> Call {
    guard isRight else {
      guard let single = singles.randomElement(using: &numbers) else { return call }
      return changed(call, single, outcome) ?? call
    }
    if !pairs.isEmpty {
      pending = ordered(pairs, call, outcome) + pending
      pairs = []
    }
    if pending.isEmpty { pending = singles.shuffled(using: &numbers) }
    var impossible: [Combination] = []
    defer { for combination in impossible { postpone(combination) } }
    for _ in 0..<min(Self.attempts, pending.count) {
      var combination = pending.removeLast()
      if let varied = changed(call, combination, outcome) { return varied }
      combination.failures += 1
      impossible.append(combination)
    }
    return call
  }

  private func changed(_ call: Call, _ combination: Combination, _ outcome: (Call) -> Ruling.Outcome?) -> Call? {
    var varied = call
    for choice in combination.choices { Call.dimensions[choice.dimension].set(&varied, choice.value) }
    return varied.completions.first { outcome($0) != nil }
  }

  /// Pairs in their order, the last ones first: what has to be refused must be so in each of the ways in which a right
  /// call can be made. Of two values that are refused alone, one hides the other.
  private func ordered(
    _ pairs: [Combination], _ call: Call, _ outcome: (Call) -> Ruling.Outcome?
  ) -> [Combination] {
    var alone: [Choice: Ruling.Outcome] = [:]
    for single in singles { alone[single.choices[0]] = changed(call, single, outcome).flatMap(outcome) }
    func rank(_ pair: Combination) -> Int {
      // what is not possible now is mostly refused
      let outcomes = pair.choices.map { alone[$0] ?? .refusal }
      let refused = outcomes.count { $0 == .refusal }
      return refused == 1 ? (outcomes.contains(.success) ? 0 : 1) : refused == 0 ? 2 : 3
    }
    return Dictionary(grouping: pairs, by: rank).sorted { $0.key > $1.key }.flatMap(\.value)
  }

  /// Another world may fit: soon if it was not tried often.
  private mutating func postpone(_ combination: Combination) {
    var combination = combination
    guard combination.failures < Self.patience else {
      combination.failures = 0
      pending.insert(combination, at: 0)
      return
    }
    pending.insert(combination, at: max(0, pending.count - Self.attempts * combination.failures))
  }
}
