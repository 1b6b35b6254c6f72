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
  mutating func vary(
    _ call: Call, using numbers: inout SplitMix, isPossible: (Call) -> Bool
  ) -> Call {
    if pending.isEmpty { pending = singles.shuffled(using: &numbers) }
    var impossible: [Combination] = []
    defer { for combination in impossible { postpone(combination) } }
    for _ in 0..<min(Self.attempts, pending.count) {
      var combination = pending.removeLast()
      var varied = call
      for choice in combination.choices { Call.dimensions[choice.dimension].set(&varied, choice.value) }
      if let possible = varied.completions.first(where: isPossible) { return possible }
      combination.failures += 1
      impossible.append(combination)
    }
    return call
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
