// The combinations of values that sequences try.

import ConformanceModel

extension SplitMix {
  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

/// The combinations of values that are still to be tried: first each value alone, then each pair.
struct Combinations<Call: VariedCall>: Sendable {
  private typealias Choice = (dimension: Int, value: Int)

  private struct Combination: Sendable {
    var choices: [Choice]
    /// How often no world was found that it is possible in.
    var failures = 0
    /// Each of its values is refused alone, so that one hides the other.
    var isDeferred = false
  }

  /// The next one is the last.
  private var pending: [Combination] = []
  private let singles: [Combination]

  /// How many combinations are tried for one call.
  private static var attempts: Int { 16 }
  /// After so many failures a combination waits until all others were tried.
  private static var patience: Int { 8 }

  init(using numbers: inout SplitMix) {
    // a call with one dimension has nothing else that could be plain
    let first = Call.dimensions.count == 1 ? 0 : 1
    let choices = Call.dimensions.enumerated().flatMap { dimension, varied in
      (first..<max(first, varied.values.count)).map { (dimension: dimension, value: $0) }
    }
    let pairs = choices.indices.flatMap { first in
      choices[first...].filter { $0.dimension > choices[first].dimension }
        .map { Combination(choices: [choices[first], $0]) }
    }
    singles = choices.map { Combination(choices: [$0]) }
    pending = pairs.shuffled(using: &numbers) + singles.shuffled(using: &numbers)
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
    if pending.isEmpty { pending = singles.shuffled(using: &numbers) }
    var impossible: [Combination] = []
    defer { for combination in impossible { postpone(combination) } }
    for _ in 0..<min(Self.attempts, pending.count) {
      var combination = pending.removeLast()
      if !combination.isDeferred, hidesItself(call, combination, outcome) {
        combination.isDeferred = true
        pending.insert(combination, at: 0)
        continue
      }
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

  private func hidesItself(_ call: Call, _ pair: Combination, _ outcome: (Call) -> Ruling.Outcome?) -> Bool {
    pair.choices.count > 1
      && pair.choices.allSatisfy { choice in
        changed(call, Combination(choices: [choice]), outcome).flatMap(outcome) == .refusal
      }
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
