// The combinations of values that sequences try.

import ConformanceModel

extension SplitMix {
  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

/// The combinations of values that are still to be tried: first each value alone, then each pair.
///
/// A call with a pair gets further values that change nothing about its outcome, so that many pairs are tried at once:
/// a value that must be refused beside each way in which a right call can be made.
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
  private let pairs: [Combination]
  /// What each value leads to alone; empty until the first call that is right.
  private var alone: [Choice: Ruling.Outcome] = [:]
  /// The pairs that were tried beside others.
  private var tried: Set<[Choice]> = []

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
      // what is wrong is so in each way in which a right call can be made
      if numbers.chance(70) { return enriched(call, [], using: &numbers, outcome: outcome) }
      guard let single = singles.randomElement(using: &numbers) else { return call }
      return changed(call, single, outcome) ?? call
    }
    if alone.isEmpty {
      for single in singles { alone[single.choices[0]] = changed(call, single, outcome).flatMap(outcome) }
      pending = ordered(pairs) + pending
    }
    if pending.isEmpty {
      tried = []
      pending = pairs.isEmpty ? singles.shuffled(using: &numbers) : ordered(pairs.shuffled(using: &numbers))
    }
    var impossible: [Combination] = []
    defer { for combination in impossible { postpone(combination) } }
    while impossible.count < Self.attempts, var combination = pending.popLast() {
      if tried.contains(combination.choices) { continue }
      if let varied = changed(call, combination, outcome) {
        guard combination.choices.count > 1 else { return varied }
        return enriched(varied, combination.choices, using: &numbers, outcome: outcome)
      }
      combination.failures += 1
      impossible.append(combination)
    }
    return call
  }

  /// Gives a right call values that must not make it wrong, once each was tried alone.
  mutating func varyHarmlessly(
    _ call: Call, using numbers: inout SplitMix, outcome: (Call) -> Ruling.Outcome?
  ) -> Call {
    pending.last?.choices.count == 2 ? enriched(call, [], using: &numbers, outcome: outcome) : call
  }

  private func changed(_ call: Call, _ combination: Combination, _ outcome: (Call) -> Ruling.Outcome?) -> Call? {
    var varied = call
    for choice in combination.choices { Call.dimensions[choice.dimension].set(&varied, choice.value) }
    return varied.completions.first { outcome($0) != nil }
  }

  /// The call with further values that are harmless alone, or at most services if it is refused anyway, and leave its
  /// outcome as it is.
  private mutating func enriched(
    _ call: Call, _ choices: [Choice], using numbers: inout SplitMix, outcome: (Call) -> Ruling.Outcome?
  ) -> Call {
    let wanted = outcome(call)
    guard wanted == .success || wanted == .refusal else { return call }
    var enriched = call
    var choices = choices
    for (dimension, varied) in Call.dimensions.enumerated() where varied.index(enriched) == 0 {
      let possible = varied.values.indices.map { Choice(dimension: dimension, value: $0) }.filter {
        alone[$0] == .success || wanted == .refusal && isCommon($0)
      }
      // values that were not beside one of these come first
      let isNew = { [tried] (value: Choice) in choices.contains { !tried.contains(Combinations.pair($0, value)) } }
      let new = possible.filter(isNew)
      guard numbers.chance(new.isEmpty ? 50 : 80) else { continue }
      for choice in (new.isEmpty ? possible : new).shuffled(using: &numbers) {
        var candidate = enriched
        varied.set(&candidate, choice.value)
        guard outcome(candidate) == wanted else { continue }
        enriched = candidate
        choices.append(choice)
        break
      }
    }
    // a refusal shows nothing about two values that are not its reason
    let isShown = { [alone] (choice: Choice) in wanted == .success || alone[choice] ?? .refusal == .refusal }
    for (index, first) in choices.enumerated() {
      for second in choices[(index + 1)...] where isShown(first) || isShown(second) {
        tried.insert(Combinations.pair(first, second))
      }
    }
    return enriched
  }

  /// Whether it is a value that would rarely be the reason of a refusal.
  private func isCommon(_ choice: Choice) -> Bool {
    let dimension = Call.dimensions[choice.dimension]
    return Call.common.contains(Trait(dimension: dimension.name, value: dimension.values[choice.value]))
  }

  private static func pair(_ first: Choice, _ second: Choice) -> [Choice] {
    first.dimension < second.dimension ? [first, second] : [second, first]
  }

  /// Pairs in their order, the last ones first: what has to be refused must be so in each of the ways in which a right
  /// call can be made. Of two values that are refused alone, one hides the other.
  private func ordered(_ pairs: [Combination]) -> [Combination] {
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
